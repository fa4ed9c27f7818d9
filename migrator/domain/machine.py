"""What a machine has of what the program uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """Whether a thing is there."""

    PRESENT = "present"
    MISSING = "missing"
    OLD = "old"  # there, and older than it should be
    BROKEN = "broken"  # there, and does not run


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked for.

    Attributes:
        name: of the thing.
        group: what it belongs to, such as `tools`.
        detail: its version and where it is, or what is wrong with it.
        needed_for: what does not work without it.
        mend: what to do where it is not there, old or broken; else an empty string.
        required: whether nothing works without it.
    """

    name: str
    group: str
    presence: Presence
    detail: str
    needed_for: str = ""
    mend: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was looked for, by group."""

    parts: tuple[Part, ...]

    @property
    def healthy(self) -> bool:
        """Whether everything is there without which nothing works."""
        return all(part.presence in (Presence.PRESENT, Presence.OLD) for part in self.parts if part.required)
