"""What has changed since the baseline, and the figures since the first one, in Markdown.

In: a `Report` with changes. Out: sections of a page, of which no text of the analyzed code is markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from migrator.cli.formats.places import linked_file
from migrator.domain.assessments import Verdict
from migrator.domain.reports import Change, Report, Totals
from migrator.domain.repositories import names_of
from migrator.domain.wording import count, listed
from migrator.markdown import cell_code, cell_text, file_link, table
from migrator.verdicts.change_text import HEADINGS, change_text, evidence_of, place_of
from migrator.verdicts.changes import WORST_FIRST

_SHOWN: Final = 50
_ENTRIES: Final = 12
_COMMIT: Final = 10  # digits of a commit that tell it from the others


def changes_section(report: Report, *, shown: int = _SHOWN) -> str:
    """A heading, the number of each kind, and a row a change, the worst first; empty where nothing was compared.

    Args:
        shown: rows; how many more there are is said.
    """
    if report.changes is None:
        return ""
    lines = ["## Since the baseline", ""]
    if not report.changes:
        return "\n".join([*lines, "Nothing has changed.", ""])
    times = Counter(change.kind for change in report.changes)
    said = [f"{HEADINGS[kind].lower()}: {times[kind]:,}" for kind in WORST_FIRST if times[kind]]
    names = names_of(analysis.root for analysis in report.analyses) if len(report.analyses) > 1 else {}
    head = ("what", *(("repository",) if names else ()), "candidate", "change", "place", "reason")
    rows = [_row(change, names) for change in report.changes[:shown]]
    lines += [f"{listed(said).capitalize()}.", "", table(head, rows)]
    rest = len(report.changes) - shown
    if rest > 0:
        lines += [f"And {count(rest, 'more change')}.", ""]
    return "\n".join(lines)


def history_section(history: Sequence[Totals]) -> str:
    """A heading and a row an entry, the newest first; empty without a history."""
    if not history:
        return ""
    head = ("when", "commit", "files", "lines", "candidates", *(verdict.value for verdict in reversed(Verdict)))
    rows = [_entry(totals) for totals in reversed(history[-_ENTRIES:])]
    lines = ["## History", "", table(head, rows)]
    rest = len(history) - _ENTRIES
    if rest > 0:
        lines += [f"And {count(rest, 'older entry', 'older entries')}.", ""]
    return "\n".join(lines)


def _row(change: Change, names: Mapping[str, str]) -> tuple[str, ...]:
    at, evidence = place_of(change), evidence_of(change)
    return (
        change.kind.value,
        *((cell_code(names[change.root]),) if names else ()),
        cell_code(change.candidate),
        cell_text(change_text(change)),
        file_link(linked_file(change.root, at.path), at.line, cell=True) if at is not None else "",
        cell_text(evidence.reason) if evidence is not None else "",
    )


def _entry(totals: Totals) -> tuple[str, ...]:
    return (
        cell_text(totals.at[:10]),
        cell_code(totals.commit[:_COMMIT]) if totals.commit else "",
        f"{totals.files:,}",
        f"{totals.lines:,}",
        f"{totals.candidates:,}",
        *(f"{totals.verdicts.get(verdict, 0):,}" for verdict in reversed(Verdict)),
    )
