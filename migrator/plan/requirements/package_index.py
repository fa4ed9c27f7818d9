"""The port to whoever knows which wheels there are, and what it answers.

In: requirement lines, a platform. Out: an `IndexAnswer`. What follows from it is `fit`; the contract suite runs on the
fake and on pip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from migrator.plan.requirements.platforms import Platform


class Answer(StrEnum):
    """Yes, no, or that nobody could say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AvailableWheel:
    """A wheel that would be installed.

    Attributes:
        unzipped_bytes: what its files take on the disk; None where the wheel was not at hand.
        requested: whether it was asked for, and is not only needed by another one.
    """

    distribution: str
    version: str
    unzipped_bytes: int | None
    requested: bool


@dataclass(frozen=True, slots=True)
class MissingWheel:
    """A requirement without a wheel.

    Attributes:
        requirement: the line as it was asked.
        answer: `no` where the index has the distribution but no wheel for the platform, of it or of what it needs;
            `unknown` where that could not be found out.
        reason: one sentence, without addresses.
    """

    requirement: str
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """What an index has for some requirements.

    Attributes:
        wheels: for all requirements that are not missing, with all that they need, sorted by name.
        missing: in the order of the requirements.
        notes: what is true of the whole, such as requirements that exclude each other.
    """

    wheels: tuple[AvailableWheel, ...] = ()
    missing: tuple[MissingWheel, ...] = ()
    notes: tuple[str, ...] = ()


class PackageIndex(Protocol):
    """Knows which wheels there are."""

    def wheels(self, requirements: Sequence[str], platform: Platform) -> IndexAnswer:
        """The wheels that would be installed on a platform.

        Returns within a bounded time, builds and installs nothing, and never raises for what an index can do wrong:
        each requirement is answered by its wheel or stands among the missing.

        Args:
            requirements: lines as PEP 508 writes them.
        """
        ...
