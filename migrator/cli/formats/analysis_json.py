"""A report as a JSON document: one repository's analysis as it always was, several as a fleet, changes by themselves.

In: a `Report`. Out: `migrator.analysis/1`, `migrator.fleet/1`, or `migrator.changes/1` where it was compared with a
baseline, as plain values or as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from migrator.domain.json import json_text

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue
    from migrator.domain.reports import Change, Report


def document_of(report: Report, failing: Sequence[Change] = ()) -> Mapping[str, JsonValue]:
    """The document; that of a fleet also where one repository was analyzed and another could not be.

    Args:
        failing: of the changes, where there are any, those that the run fails on.
    """
    if report.changes is not None:
        from migrator.documents.changes import CODEC as CHANGES
        from migrator.domain.reports import ReportedChanges

        roots = tuple(analysis.root for analysis in report.analyses)
        said = ReportedChanges(roots, report.changes, tuple(failing), report.history, report.failed)
        return CHANGES.dump(said)
    if len(report.analyses) == 1 and not report.failed:
        from migrator.documents.analysis import CODEC as ANALYSIS

        return ANALYSIS.dump(report.analyses[0])
    from migrator.documents.fleet import CODEC as FLEET
    from migrator.verdicts.across import fleet_of

    return FLEET.dump(fleet_of(report))


def json_of(report: Report) -> str:
    """The document as indented JSON with a final newline."""
    return json_text(document_of(report), indent=2) + "\n"
