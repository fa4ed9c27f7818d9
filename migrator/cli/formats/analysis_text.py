"""An analysis as a person wants to read it first: counts, verdicts, where to start, what is in the way, what to type.

In: an `Analysis`. Out: lines on a page. JSON is `migrator.documents.analysis`.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from migrator.cli.formats.analysis_sections import (
    FIRST_MOVES,
    MOVABLE,
    Entry,
    write_blockers,
    write_entries,
    write_first_moves,
    write_verdicts,
)
from migrator.cli.formats.page import Page, count, listed, place
from migrator.domain.assessments import Analysis, Assessment
from migrator.domain.locations import Location

_SKIPPED_SHOWN = 5


def write_analysis(page: Page, analysis: Analysis, *, looked_for: Sequence[str], quiet: bool = False) -> None:
    """The default text.

    Args:
        looked_for: the frameworks whose registrations the analyzer knows, named where nothing was found.
        quiet: leave out the advice on what to type next.
    """
    _counts(page, analysis)
    _skipped(page, analysis)
    _findings(page, analysis)
    if not analysis.candidates:
        page.gap()
        page.line(f"No event-shaped function was found. Looked for: {listed(looked_for)}.")
        return
    entries = [Entry(item.rank, item) for item in analysis.candidates]
    write_verdicts(page, analysis.candidates)
    moves = [entry for entry in entries if entry.item.verdict in MOVABLE]
    write_first_moves(page, moves[:FIRST_MOVES])
    write_blockers(page, entries)
    if not quiet:
        _next(page, analysis, (moves or entries)[0].item)


def write_table(page: Page, analysis: Analysis) -> None:
    """Every candidate on a line of its own, by rank; folded to a second line where a terminal is too narrow."""
    _counts(page, analysis)
    _skipped(page, analysis)
    _findings(page, analysis)
    write_entries(page, [Entry(item.rank, item) for item in analysis.candidates])


def _counts(page: Page, analysis: Analysis) -> None:
    page.line(
        (analysis.root, "bold"),
        f": {count(analysis.files, 'file')}, {count(analysis.lines, 'line')}, "
        f"{count(len(analysis.candidates), 'candidate')}, {analysis.seconds:.1f} s",
    )


def _skipped(page: Page, analysis: Analysis) -> None:
    if not analysis.skipped:
        return
    page.heading("Not read", f"  {count(len(analysis.skipped), 'entry', 'entries')}: what stands there is unknown")
    for entry in analysis.skipped[:_SKIPPED_SHOWN]:
        at = Location(entry.path, entry.line, column=entry.column)
        page.line(place(at), f"  {entry.reason}", indent="  ", hang="      ")
    if len(analysis.skipped) > _SKIPPED_SHOWN:
        page.line(f"and {len(analysis.skipped) - _SKIPPED_SHOWN} more (--format json lists them)", indent="  ")


def _findings(page: Page, analysis: Analysis) -> None:
    if not analysis.findings:
        return
    page.heading("To mend", f"  {count(len(analysis.findings), 'finding')}")
    for finding in analysis.findings[:_SKIPPED_SHOWN]:
        page.line(place(finding.location), f"  {finding.reason}", indent="  ", hang="      ")
    if len(analysis.findings) > _SKIPPED_SHOWN:
        page.line(f"and {len(analysis.findings) - _SKIPPED_SHOWN} more (--format json lists them)", indent="  ")


def _next(page: Page, analysis: Analysis, best: Assessment) -> None:
    page.heading("Next")
    page.command(f"migrator explain {shlex.quote(best.name)} --root {shlex.quote(analysis.root)}")
