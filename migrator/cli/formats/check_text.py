"""How the checks of a service folder look on a terminal.

In: a check, or a report. Out: lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from migrator.domain.checks import Check, CheckOutcome, CheckReport, Severity


def check_lines(check: Check, folder: Path) -> Iterator[str]:
    """One line of the check, then its findings, each with its place and its mend."""
    yield f"{check.outcome.value:8}{check.name:15}{check.summary}  ({check.seconds:.1f} s)"
    for finding in check.findings:
        place = f"{folder / finding.location}: " if finding.location else ""
        kind = "" if finding.severity is Severity.ERROR else f"{finding.severity.value}: "
        yield from (f"  {line}" for line in f"{place}{kind}{finding.message}".splitlines())
        if finding.hint:
            yield from (f"    hint: {line}" for line in finding.hint.splitlines())


def closing_lines(report: CheckReport) -> Iterator[str]:
    """How many passed, which could not say anything, and how the folder is deployed."""
    passed = sum(check.outcome is CheckOutcome.PASSED for check in report.checks)
    unknown = [check.name for check in report.checks if check.outcome is CheckOutcome.UNKNOWN]
    told = f"; unknown: {', '.join(unknown)}" if unknown else ""
    yield f"{passed} of {len(report.checks)} checks passed{told}"
    if report.deploy:
        yield f"deploy it with: {report.deploy}"
