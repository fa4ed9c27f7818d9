"""What a slice is told from outside: its settings, and which of them are credentials.

In: the carried code, the application that is started. Out: an `Outside`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.plans import Boot, Secret, Setting
from migrator.plan.outside.secrets import secrets_of
from migrator.plan.outside.settings_read import settings_assigned, settings_of, settings_read
from migrator.plan.slicing.carried import Carried


@dataclass(frozen=True, slots=True)
class Outside:
    """Settings and credentials, by name.

    Attributes:
        secrets: each is among the settings too.
    """

    settings: tuple[Setting, ...]
    secrets: tuple[Secret, ...]


def read_outside(carried: Mapping[str, Carried], boot: Boot | None) -> Outside:
    """Find them; a settings module that travels is also looked at for credentials that stand in it."""
    read = settings_read(carried)
    secrets = secrets_of(read, carried)
    home = carried.get(boot.settings_module) if boot is not None else None
    assigned = settings_assigned(home) if home is not None else ()
    known = {secret.name for secret in secrets}
    written = tuple(each for each in secrets_of(assigned, {}) if each.name not in known)
    names = {secret.name for secret in written}
    settings = settings_of((*read, *(each for each in assigned if each.setting.name in names)))
    return Outside(settings, tuple(sorted((*secrets, *written), key=lambda each: each.name)))
