"""What has changed since the baseline, as a person wants to read it: the worst first, with the place and the mend.

In: a `Report` with changes. Out: lines on a page. As JSON it is `migrator.documents.changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

from migrator.cli.formats.page import Page, count, place
from migrator.cli.formats.places import file_of
from migrator.domain.effects import Effect
from migrator.domain.reports import Change, ChangeKind, Report
from migrator.domain.repositories import names_of
from migrator.verdicts.advice import mend_for
from migrator.verdicts.change_text import HEADINGS, change_text, evidence_of, place_of
from migrator.verdicts.changes import LOSSES

_SHOWN = 10  # of one kind
_GAINS = frozenset({ChangeKind.LOST_EFFECT, ChangeKind.BETTER_VERDICT, ChangeKind.MORE_CONFIDENT})


def write_changes(page: Page, report: Report, *, show_all: bool = False) -> None:
    """A line of counts for each repository, then the changes by kind; of several, each is led by its repository.

    Args:
        show_all: every change, and not the first ones of each kind.
    """
    changes = report.changes or ()
    for analysis in report.analyses:
        found = [change for change in changes if change.root == analysis.root]
        page.line(
            (analysis.root, "bold"),
            f": {count(len(analysis.candidates), 'candidate')}, {count(len(found), 'change')} since the baseline",
        )
    if not changes:
        page.gap()
        page.line("Nothing has changed since the baseline.")
        return
    names = names_of(analysis.root for analysis in report.analyses) if len(report.analyses) > 1 else {}
    for kind, group in groupby(changes, key=lambda change: change.kind):
        told = list(group)
        page.heading(HEADINGS[kind], f"  {count(len(told), 'change')}")
        for change in told if show_all else told[:_SHOWN]:
            _write(page, change, names)
        if not show_all and len(told) > _SHOWN:
            page.line(f"and {len(told) - _SHOWN:,} more (--all shows them)", indent="  ")


def _write(page: Page, change: Change, names: Mapping[str, str]) -> None:
    style = "bold red" if change.kind in LOSSES else "bold green" if change.kind in _GAINS else "bold"
    repository = f"{names[change.root]}  " if change.root in names else ""
    page.line((repository, "dim"), (change.candidate, style), f"  {change_text(change)}", indent="  ", hang=" " * 6)
    at, evidence = place_of(change), evidence_of(change)
    if at is None:
        return
    if names:
        at = replace(at, path=str(file_of(change.root, at.path)))
    reason = f"  {evidence.reason}" if evidence is not None else ""
    page.line(place(at), reason, indent=" " * 6, hang=" " * 8)
    mend = mend_for(Effect(change.now), evidence) if evidence and change.kind is ChangeKind.NEW_BLOCKER else None
    if mend is not None:
        page.line(mend.title, indent=" " * 6, hang=" " * 8)
