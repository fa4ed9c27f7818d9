"""What checking a service folder found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckOutcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that a check has to say.

    Attributes:
        message: what was found.
        location: path in the folder, `path:line` or `path:line:column`, or an empty string.
        hint: what to do about it, or an empty string.
    """

    message: str
    location: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check and what came of it.

    Attributes:
        name: one word.
        summary: what was looked at, and how much of it.
        findings: for a check that failed its reasons; for one that passed what is worth knowing.
        seconds: how long it took.
    """

    name: str
    outcome: CheckOutcome
    summary: str
    findings: tuple[CheckFinding, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All checks of one service folder, in the order in which they ran."""

    folder: str
    candidate: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed; one whose outcome is unknown did not."""
        return all(check.outcome is not CheckOutcome.FAILED for check in self.checks)
