"""The checks of a service folder as annotations of GitHub Actions.

In: a report. Out: annotations, errors first as the report has them, and the step's summary. Their syntax is
`github_annotations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from migrator.cli.formats.github_annotations import Annotation, Level
from migrator.cli.formats.places import placed
from migrator.domain.checks import CheckOutcome, CheckReport, Severity
from migrator.markdown import cell_text, inline_code, table

_LEVELS: Final[Mapping[Severity, Level]] = {
    Severity.ERROR: Level.ERROR,
    Severity.WARNING: Level.WARNING,
    Severity.NOTE: Level.NOTICE,
}


def annotations_of(report: CheckReport) -> Iterator[Annotation]:
    """One for each finding, and one for each check that could not say anything."""
    for check in report.checks:
        unknown = check.outcome is CheckOutcome.UNKNOWN
        if unknown:
            yield Annotation(Level.WARNING, f"{check.name} could not say anything: {check.summary}", check.name)
        for finding in check.findings:
            if unknown and finding.severity is Severity.NOTE:
                continue
            path, line, column = placed(finding.location)
            message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
            title = f"{check.name}: {finding.rule}" if finding.rule else check.name
            where = str(PurePath(report.folder, path)) if path else ""
            yield Annotation(_LEVELS[finding.severity], message, title, where, line, column)


def summary_of(report: CheckReport) -> str:
    """A row for each check, in Markdown."""
    rows = ((check.name, check.outcome.value, cell_text(check.summary)) for check in report.checks)
    lines = [
        f"### migrator check {inline_code(report.folder)}",
        "",
        table(("check", "outcome", "what was looked at"), rows),
    ]
    return "\n".join([*lines, *([f"Deploy it with {inline_code(report.deploy)}."] if report.deploy else [])])
