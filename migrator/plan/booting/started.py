"""What a slice starts before anything of it runs, as the ways of starting hand it on.

In: nothing. Out: `Started` values.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.plans import Boot, Dropped
from migrator.plan.slicing.third_party import ThirdParty

START = "application_start"
"""The generated module that starts the application; it stands beside the handler."""


@dataclass(frozen=True, slots=True)
class Started:
    """An application that starts with the slice.

    Attributes:
        modules: what travels for it, before its imports are followed.
        external: modules of other distributions that it imports by name.
        settings: modules whose texts are read as settings, as far as starting needs them.
        dropped: what was chosen among several, with the other choices.
    """

    boot: Boot
    modules: tuple[str, ...]
    dropped: tuple[Dropped, ...] = ()
    external: tuple[ThirdParty, ...] = ()
    settings: tuple[str, ...] = ()
