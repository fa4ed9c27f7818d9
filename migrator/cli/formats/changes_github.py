"""What has changed since the baseline, as annotations of GitHub Actions: only for what got worse, at its place.

In: a `Report` with changes, what of it the run fails on. Out: annotations, the worst first, and the step's summary. Their
syntax is `github_annotations`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from migrator.cli.formats.analysis_github import report_annotations
from migrator.cli.formats.changes_markdown import changes_section, history_section
from migrator.cli.formats.github_annotations import Annotation, Level
from migrator.cli.formats.places import file_of
from migrator.domain.assessments import Analysis, Assessment
from migrator.domain.effects import Effect
from migrator.domain.reports import Change, ChangeKind, Report
from migrator.markdown import inline_code, inline_text
from migrator.verdicts.advice import mend_for
from migrator.verdicts.change_text import change_text, evidence_of, place_of
from migrator.verdicts.changes import LOSSES


def annotations_of(
    report: Report, failing: Collection[Change], at_fault: Sequence[tuple[Analysis, Assessment]] = ()
) -> Iterator[Annotation]:
    """What the run fails on is an error, what else got worse a warning; what got better is in the summary alone.

    Args:
        at_fault: candidates with a verdict that the run fails on, new or not.
    """
    for change in report.changes or ():
        if change.kind in LOSSES:
            yield _annotation(change, Level.ERROR if change in failing else Level.WARNING)
    yield from (each for each in report_annotations(report, at_fault) if each.level is Level.ERROR)


def summary_of(report: Report) -> str:
    """Every change and the history, in Markdown."""
    roots = " ".join(inline_code(analysis.root) for analysis in report.analyses)
    failed = [f"Not analyzed: {inline_code(one.root)}: {inline_text(one.reason)}\n" for one in report.failed]
    parts = [f"### migrator analyze {roots}\n", *failed, changes_section(report), history_section(report.history)]
    return "\n".join(part for part in parts if part)


def _annotation(change: Change, level: Level) -> Annotation:
    evidence, at = evidence_of(change), place_of(change)
    lines = [f"{change.candidate} {change_text(change)}" + (f": {evidence.reason}" if evidence is not None else "")]
    mend = mend_for(Effect(change.now), evidence) if evidence and change.kind is ChangeKind.NEW_BLOCKER else None
    if mend is not None:
        lines.append(mend.title)
    if at is None:
        return Annotation(level, "\n".join(lines), change.kind.value)
    return Annotation(
        level, "\n".join(lines), change.kind.value, str(file_of(change.root, at.path)), at.line, at.column
    )
