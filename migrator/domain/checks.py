"""What checking a service folder found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class CheckOutcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # what is wrong: the check has failed
    WARNING = "warning"  # what a person should look at before anything is deployed
    NOTE = "note"  # what is worth knowing


class FailOn(StrEnum):
    """From what on the answer is no; each also holds what stands before it."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"  # a check that could not say anything, because a program or a service was not there


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing that a check has to say.

    Attributes:
        message: what was found.
        location: path in the folder, `path:line` or `path:line:column`, or an empty string.
        hint: what to do about it, or an empty string.
        severity: what it means for the check.
        rule: the id of the rule that was broken, as its program calls it, or an empty string.
    """

    message: str
    location: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR
    rule: str = ""


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


def judged(name: str, summary: str, findings: Iterable[CheckFinding], *, otherwise: CheckOutcome) -> Check:
    """A check that failed if one of its findings is an error, the errors first; else it ended as `otherwise` says."""
    told = sorted(findings, key=lambda finding: _WEIGHTS.index(finding.severity))
    failed = any(finding.severity is Severity.ERROR for finding in told)
    return Check(name, CheckOutcome.FAILED if failed else otherwise, summary, tuple(told))


_WEIGHTS = tuple(Severity)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All checks of one service folder, in the order in which they are listed.

    Attributes:
        deploy: the command that deploys the folder, or an empty string where it cannot be said.
    """

    folder: str
    candidate: str
    checks: tuple[Check, ...]
    deploy: str = ""

    @property
    def passed(self) -> bool:
        """Whether no check failed; one whose outcome is unknown did not."""
        return all(check.outcome is not CheckOutcome.FAILED for check in self.checks)

    def reaches(self, fail_on: FailOn) -> bool:
        """Whether the answer is no."""
        warned = any(finding.severity is Severity.WARNING for check in self.checks for finding in check.findings)
        unknown = any(check.outcome is CheckOutcome.UNKNOWN for check in self.checks)
        match fail_on:
            case FailOn.ERROR:
                return not self.passed
            case FailOn.WARNING:
                return not self.passed or warned
            case FailOn.UNKNOWN:
                return not self.passed or warned or unknown
            case _:
                assert_never(fail_on)
