"""What somebody states about a function over the head of the analysis, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.effects import Effect
from migrator.domain.locations import Location


class OverrideKind(StrEnum):
    """What is stated."""

    ALLOW = "allow"  # the function does not have the effect, whatever the analysis finds in it
    EFFECT = "effect"  # the function has the effect, though the analysis does not find it


@dataclass(frozen=True, slots=True)
class Override:
    """One statement about one function.

    Attributes:
        function: qualified name; empty while only the place of the `def` is known.
        location: of the comment, or of the entry in `migrator.toml`.
        reason: why, in the words of whoever stated it.
    """

    kind: OverrideKind
    effect: Effect
    function: str
    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Stated:
    """An override with the code that it speaks of.

    Attributes:
        definition: path and line of the `def`; None where `override.function` names it.
        line: the only line that it speaks of; 0 for the whole function.
    """

    override: Override
    definition: tuple[str, int] | None = None
    line: int = 0
