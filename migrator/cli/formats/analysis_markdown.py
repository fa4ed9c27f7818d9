"""Analyses as a page of Markdown that fits into an issue or a wiki: figures, where to start, what is in the way.

In: a `Report`. Out: Markdown in which no text of the analyzed code is markup. Places are links, as from a page at the top of
the repository. The whole table is for the page in HTML and for `migrator.documents.analysis`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from migrator.cli.formats.analysis_markdown_blockers import blockers_section, hazards_section, shared_section
from migrator.cli.formats.analysis_markdown_moves import Named, moves_section
from migrator.cli.formats.changes_markdown import changes_section, history_section
from migrator.cli.formats.places import linked_file
from migrator.domain.assessments import Analysis, Confidence, Verdict
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.wording import count
from migrator.markdown import cell_code, file_link, inline_code, inline_text, table

_LISTED: Final = 20  # entries that were not read, and findings; ours
_MEANING: Final[Mapping[Verdict, str]] = {
    Verdict.READY: "movable as is",
    Verdict.WITH_NETWORK: "movable once it can reach its database or cache",
    Verdict.REFACTOR: "needs a change first",
    Verdict.KEEP: "belongs on a server that stays up",
}


def markdown_of(report: Report) -> str:
    """The page, with a final newline; its sections are there where they have something to say."""
    names = names_of(analysis.root for analysis in report.analyses)
    several = len(report.analyses) > 1
    entries = [
        Named(rank, analysis, item, names[analysis.root] if several else "")
        for rank, (analysis, item) in enumerate(report.ranked, 1)
    ]
    sections = (
        _head(report, names),
        _repositories(report, names) if several else "",
        _verdicts(entries),
        changes_section(report),
        moves_section(entries),
        blockers_section(entries),
        shared_section(report, names) if several else "",
        hazards_section(entries),
        _to_mend(report.analyses),
        _not_read(report.analyses),
        history_section(report.history),
    )
    return "\n".join(section.rstrip("\n") + "\n" for section in sections if section)


def _head(report: Report, names: Mapping[str, str]) -> str:
    analyses = report.analyses
    what = inline_code(names[analyses[0].root]) if len(analyses) == 1 else f"{len(analyses):,} repositories"
    skipped = sum(len(analysis.skipped) for analysis in analyses)
    figures = (
        f"{count(sum(analysis.lines for analysis in analyses), 'line')} in "
        f"{count(sum(analysis.files for analysis in analyses), 'file')}, "
        f"{count(sum(len(analysis.candidates) for analysis in analyses), 'candidate')}"
    )
    unread = f"; {count(skipped, 'entry', 'entries')} not read" if skipped else ""
    lines = [f"# What can move out of {what}", "", f"{figures}{unread}."]
    failed = [f"- {inline_code(one.root)}: {inline_text(one.reason)}" for one in report.failed]
    return "\n".join([*lines, *(["", "Not analyzed:", "", *failed] if failed else [])])


def _repositories(report: Report, names: Mapping[str, str]) -> str:
    head = ("repository", "files", "lines", "not read", "candidates", *(verdict.value for verdict in reversed(Verdict)))
    return "\n".join(["## Repositories", "", table(head, (_repository(each, names) for each in report.analyses))])


def _repository(analysis: Analysis, names: Mapping[str, str]) -> tuple[str, ...]:
    verdicts = Counter(item.verdict for item in analysis.candidates)
    figures = (analysis.files, analysis.lines, len(analysis.skipped), len(analysis.candidates))
    return (
        cell_code(names[analysis.root]),
        *(f"{figure:,}" for figure in figures),
        *(f"{verdicts[verdict]:,}" for verdict in reversed(Verdict)),
    )


def _verdicts(entries: Sequence[Named]) -> str:
    if not entries:
        return "No event-shaped function was found."
    total = Counter(entry.item.verdict for entry in entries)
    unproven = Counter(entry.item.verdict for entry in entries if entry.item.confidence is Confidence.UNPROVEN)
    rows = (
        (verdict.value, f"{total[verdict]:,}", f"{unproven[verdict]:,}", _MEANING[verdict])
        for verdict in reversed(Verdict)
    )
    return "\n".join(["## Verdicts", "", table(("verdict", "candidates", "of these unproven", "meaning"), rows)])


def _to_mend(analyses: Sequence[Analysis]) -> str:
    told = [
        f"- {file_link(linked_file(analysis.root, finding.location.path), finding.location.line)} {inline_text(finding.reason)}"
        for analysis in analyses
        for finding in analysis.findings
    ]
    return "\n".join(["## To mend", "", *_first(told)]) if told else ""


def _not_read(analyses: Sequence[Analysis]) -> str:
    told = [
        f"- {file_link(linked_file(analysis.root, entry.path), entry.line)} {inline_text(entry.reason)}"
        for analysis in analyses
        for entry in analysis.skipped
    ]
    return "\n".join(["## Not read", "", "What stands here is unknown.", "", *_first(told)]) if told else ""


def _first(told: Sequence[str]) -> Iterator[str]:
    yield from told[:_LISTED]
    if len(told) > _LISTED:
        yield f"- and {len(told) - _LISTED:,} more"
