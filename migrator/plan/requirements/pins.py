"""What a monolith says of the distributions that it uses.

In: nothing. Out: `Pin`, `Problem` and what a reader of one file hands out (`Reading`). Reading the files is
`sources`, finding them `discovery`, choosing between them `choice`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from migrator.domain.locations import Location


class Kind(IntEnum):
    """How binding a place is; the smaller one wins where two places name an exact version."""

    LOCK = 0
    REQUIREMENT = 1
    CONSTRAINT = 2
    MANIFEST = 3


class Group(IntEnum):
    """Who needs the distribution: the running system, some installations of it, or its developers."""

    MAIN = 0
    OPTIONAL = 1
    DEVELOPMENT = 2


@dataclass(frozen=True, slots=True)
class Pin:
    """One place that speaks of a distribution.

    Attributes:
        name: the distribution as written there.
        specifier: the versions that are allowed; empty for any.
        place: the file, relative to the monolith's root (`../` for a folder above it), and the line.
        extras: the extras that are asked for.
        reference: where it is fetched from instead of an index (`git+https://...`, a path), without
            credentials; an empty string for an index.
        with_credentials: whether the file had credentials in that address.
    """

    name: str
    specifier: SpecifierSet
    place: Location
    kind: Kind
    group: Group = Group.MAIN
    extras: frozenset[str] = frozenset()
    reference: str = ""
    with_credentials: bool = False

    @property
    def key(self) -> NormalizedName:
        """The normalized name, by which pins of one distribution find each other."""
        return canonicalize_name(self.name)

    @property
    def exact(self) -> str:
        """The one version that is allowed, as written, or an empty string."""
        for part in self.specifier:
            if part.operator in ("==", "===") and not part.version.endswith("*"):
                return part.version
        return ""

    def allows(self, version: str) -> bool:
        """Whether a version lies within what this place allows; a version that no rule can read does not."""
        try:
            return self.specifier.contains(Version(version), prereleases=True)
        except InvalidVersion:
            return self.exact == version


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or used, and where."""

    place: Location
    message: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Another file that a file asks to be read: its path as written, relative to the file that names it."""

    path: str
    kind: Kind
    group: Group
    place: Location


@dataclass(frozen=True, slots=True)
class PinFile:
    """A file to read pins from.

    Attributes:
        shown: its path as messages show it.
        kind, group: what a plain line of it is; readers of files that say so themselves ignore both.
    """

    shown: str
    text: str
    kind: Kind = Kind.REQUIREMENT
    group: Group = Group.MAIN

    def at(self, line: int) -> Location:
        """A line of the file, counted from 1."""
        return Location(self.shown, line)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says."""

    pins: tuple[Pin, ...] = ()
    problems: tuple[Problem, ...] = ()
    follows: tuple[Follow, ...] = ()


@dataclass(frozen=True, slots=True)
class Pins:
    """Everything that a monolith says: normalized name to its pins, the nearest and most binding file first."""

    by_name: Mapping[NormalizedName, tuple[Pin, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
