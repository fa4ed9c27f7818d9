"""Many analyses as a person wants to read them first: what each repository holds, where to start in all of them, what
stands in the way of several.

In: a `Report` of several repositories. Out: lines on a page. One repository is `analysis_text`'s; JSON is
`migrator.documents.fleet`.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from migrator.cli.formats.analysis_sections import (
    FIRST_MOVES,
    MOVABLE,
    Entry,
    write_blockers,
    write_entries,
    write_first_moves,
    write_verdicts,
)
from migrator.cli.formats.page import VERDICT_STYLE, Page, count, listed, one_line
from migrator.domain.assessments import Analysis, Verdict
from migrator.domain.fleets import Fleet
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.verdicts.across import fleet_of

_CAUSES_SHOWN = 5
_LIBRARIES_SHOWN = 5
_NAMED = 3  # repositories named where something is shared
_WIDEST = 40  # columns of a repository's name in the table; a longer one pushes the rest to the right

_COLUMNS: Mapping[Verdict, str] = {
    Verdict.READY: "READY",
    Verdict.WITH_NETWORK: "NETWORK",
    Verdict.REFACTOR: "REFACTOR",
    Verdict.KEEP: "KEEP",
}


def write_fleet(page: Page, report: Report, *, looked_for: Sequence[str], quiet: bool = False) -> None:
    """The default text.

    Args:
        looked_for: the frameworks whose registrations the analyzer knows, named where nothing was found.
        quiet: leave out the advice on what to type next.
    """
    fleet = fleet_of(report)
    names = _names(report)
    _write_head(page, fleet, names)
    entries = _entries(report, names)
    if not entries:
        page.gap()
        page.line(f"No event-shaped function was found. Looked for: {listed(looked_for)}.")
        return
    write_verdicts(page, [entry.item for entry in entries])
    moves = [entry for entry in entries if entry.item.verdict in MOVABLE]
    write_first_moves(page, moves[:FIRST_MOVES])
    write_blockers(page, entries)
    _write_causes(page, fleet, names)
    _write_libraries(page, fleet, names)
    if not quiet:
        _write_next(page, report, (moves or entries)[0])


def write_fleet_table(page: Page, report: Report) -> None:
    """Every candidate of every repository on a line of its own, those to move first at the head."""
    names = _names(report)
    _write_head(page, fleet_of(report), names)
    write_entries(page, _entries(report, names))


def _names(report: Report) -> Mapping[str, str]:
    return names_of(analysis.root for analysis in report.analyses)


def _entries(report: Report, names: Mapping[str, str]) -> list[Entry]:
    return [
        Entry(rank, item, names[analysis.root], analysis.root)
        for rank, (analysis, item) in enumerate(report.ranked, start=1)
    ]


def _write_head(page: Page, fleet: Fleet, names: Mapping[str, str]) -> None:
    sums = fleet.sums
    page.line(
        (count(sums.repositories, "repository", "repositories"), "bold"),
        f": {count(sums.files, 'file')}, {count(sums.lines, 'line')}, {count(sums.candidates, 'candidate')}",
    )
    _write_failed(page, fleet)
    _write_repositories(page, fleet.repositories, names)
    if sums.skipped:
        page.line(
            f"{count(sums.skipped, 'entry', 'entries')} not read: what stands there is unknown "
            "(--format json lists them)",
            indent="  ",
        )


def _write_failed(page: Page, fleet: Fleet) -> None:
    if not fleet.failed:
        return
    page.heading("Not analyzed", f"  {count(len(fleet.failed), 'repository', 'repositories')}")
    for one in fleet.failed:
        page.line((one.reason, VERDICT_STYLE[Verdict.KEEP]), indent="  ", hang="      ")
        if one.hint:
            page.line(one.hint, indent="      ")


def _write_repositories(page: Page, analyses: Sequence[Analysis], names: Mapping[str, str]) -> None:
    page.gap()
    width = min(max(len(one_line(name)) for name in (*names.values(), "REPOSITORY")), _WIDEST)
    page.line(
        (_row(width, "REPOSITORY", "FILES", "LINES", "FOUND", *_COLUMNS.values(), "NOT READ"), "dim"), indent="  "
    )
    for analysis in analyses:
        verdicts = Counter(item.verdict for item in analysis.candidates)
        figures = [analysis.files, analysis.lines, len(analysis.candidates), *(verdicts[one] for one in _COLUMNS)]
        texts = [f"{figure:,}" for figure in (*figures, len(analysis.skipped))]
        page.line(_row(width, one_line(names[analysis.root]), *texts), indent="  ", hang=" " * 8)


def _row(width: int, name: str, *cells: str) -> str:
    files, lines, *rest = cells
    return f"{name:<{width}}  {files:>7}  {lines:>9}  " + "  ".join(f"{cell:>8}" for cell in rest)


def _write_causes(page: Page, fleet: Fleet, names: Mapping[str, str]) -> None:
    if not fleet.causes:
        return
    page.heading("In the way of several repositories", f"  {count(len(fleet.causes), 'cause')}")
    for cause in fleet.causes[:_CAUSES_SHOWN]:
        frees = f", the only cause at {cause.frees:,}" if cause.frees else ""
        page.line((cause.effect, "bold"), f"  {cause.reason}", indent="  ", hang=" " * 8)
        blocked = f"{count(cause.candidates, 'candidate')}{frees}, in {_named(cause.repositories, names)}"
        page.line(blocked, indent=" " * 6, hang=" " * 8)
        if cause.mend:
            page.line(cause.mend, indent=" " * 6, hang=" " * 8)


def _write_libraries(page: Page, fleet: Fleet, names: Mapping[str, str]) -> None:
    unknown = [library for library in fleet.libraries if library.unknown]
    if not unknown:
        return
    said = "  called in several repositories; one knowledge file (--knowledge) that describes them serves all"
    page.heading("Unknown libraries", said)
    for library in unknown[:_LIBRARIES_SHOWN]:
        calls = f"  called by {count(library.unknown, 'candidate')} in {_named(library.repositories, names)}"
        page.line((library.name, "bold"), calls, indent="  ", hang=" " * 8)
    if len(unknown) > _LIBRARIES_SHOWN:
        page.line(f"and {len(unknown) - _LIBRARIES_SHOWN} more (--format json lists them)", indent="  ")


def _named(roots: Sequence[str], names: Mapping[str, str]) -> str:
    """Some of the repositories by name."""
    rest = len(roots) - _NAMED
    shown = [names[root] for root in roots[:_NAMED]]
    return listed([*shown, *([f"{rest} more"] if rest > 0 else [])])


def _write_next(page: Page, report: Report, best: Entry) -> None:
    page.heading("Next")
    page.command(f"migrator explain {shlex.quote(best.item.name)} --root {shlex.quote(best.folder)}")
    page.command(shlex.join(["migrator", "report", *(analysis.root for analysis in report.analyses)]))
