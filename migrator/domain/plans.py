"""What will be cut out and where it will run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.locations import Location


class Strategy(StrEnum):
    """How much of the monolith travels with the candidate."""

    FUNCTION = "function"
    MODULE = "module"
    APPLICATION = "application"


class Target(StrEnum):
    """What the candidate becomes."""

    ZIP = "zip"
    IMAGE = "image"
    STATE_MACHINE = "state-machine"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SlicedDefinition:
    """A definition that travels: its qualified name, where it stands, how many lines it has."""

    name: str
    location: Location
    lines: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that the slice imports.

    Attributes:
        version: as the monolith pins it, or an empty string where it does not.
        reason: the import that asks for it.
    """

    distribution: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """What the slice leaves behind, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided before a file is written.

    Attributes:
        candidate: the qualified name.
        modules: dotted names of the modules in the slice, the candidate's first.
        settings: settings read by the slice.
        secrets: those of them that are secrets.
        data_files: files of the code's own package that it reads, relative to the root.
        runtime: the Lambda runtime, such as `python3.13`.
        architecture: `arm64` or `x86_64`.
        seam: where legacy code will ask the router: `http`, `task`, `schedule` or `none`.
    """

    candidate: str
    strategy: Strategy
    definitions: tuple[SlicedDefinition, ...]
    modules: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    settings: tuple[str, ...]
    secrets: tuple[str, ...]
    data_files: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    target: Target
    runtime: str
    architecture: str
    memory_mb: int
    timeout_s: int
    seam: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A generated file and the hash of what was written."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service folder was generated from, so that hand edits and drift of the source show.

    Attributes:
        candidate: the qualified name.
        plan_hash: SHA-256 of the plan document.
        source_hashes: path in the monolith to SHA-256 of the file that was sliced.
        files: the generated files, sorted by path.
    """

    candidate: str
    plan_hash: str
    source_hashes: Mapping[str, str]
    files: tuple[WrittenFile, ...]
