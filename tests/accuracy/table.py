"""The figures as a table, with what each must reach; the README shows it between two markers.

In: scores by monolith. Out: Markdown lines, whether the bounds hold, and the README's new text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from tests.accuracy.scoring import Counts, Score

BOUNDS: Mapping[str, float] = {
    "entry recall": 0.97,
    "entry precision": 0.90,
    "trigger accuracy": 0.97,
    "trigger precision": 0.95,
    "effect precision": 0.92,
    "effect recall": 0.92,
    "verdict accuracy": 0.92,
}
"""Shares that must be reached over all monoliths together; two careful readers agree little better than that."""

MUST_BE_ZERO = ("unsafe + unsafe_unknown", "unsafe_proven")
BEGIN, END = "<!-- accuracy: written by make accuracy-write -->", "<!-- end of accuracy -->"


@dataclass(frozen=True, slots=True)
class Column:
    """The figures of one monolith, or of several together."""

    title: str
    counts: Counts


def together(scores: Sequence[Score]) -> Counts:
    """The counts of all, added up: a large monolith weighs more than a small one, as its functions do."""
    return reduce(Counts.__add__, (score.counts for score in scores), Counts())


def failures(counts: Counts) -> list[str]:
    """The figures that miss their bound."""
    figures = counts.figures()
    low = [name for name, bound in BOUNDS.items() if figures[name] < bound]
    return low + [name for name in MUST_BE_ZERO if figures[name]]


def markdown(columns: Sequence[Column], pooled: Counts, held_out: Sequence[Column] = ()) -> list[str]:
    """The table: a figure a row; bound, all together, whether that holds, each monolith, and the held-out ones."""
    shown = [*columns, *(Column(f"{item.title} (held out)", item.counts) for item in held_out)]
    missed = set(failures(pooled))
    head = ["figure", "bound", "together", "holds", *(item.title for item in shown)]
    rows = [_row(head), _row(["---"] * len(head))]
    for name, value in pooled.figures().items():
        bound = f">= {BOUNDS[name]:.2f}" if name in BOUNDS else "0"
        cells = [_cell(name, item.counts.figures()[name]) for item in shown]
        rows.append(_row([name, bound, _cell(name, value), "no" if name in missed else "yes", *cells]))
    bounds = [f"{item.counts.unsafe_upper:.1%}" for item in shown]
    rows.append(_row(["rate of unsafe, 95 % upper bound", "", f"{pooled.unsafe_upper:.1%}", "", *bounds]))
    for title, attribute in (("labels", "labels"), ("of them blocked", "blocked"), ("candidates", "candidates")):
        numbers = [f"{getattr(counts, attribute):,}" for counts in (pooled, *(item.counts for item in shown))]
        rows.append(_row([title, "", numbers[0], "", *numbers[1:]]))
    return rows


def written_into(readme: str, table: Sequence[str], *, day: str, note: str) -> str:
    """The README with the table and its date between the markers.

    Raises:
        ValueError: the markers are not there.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README lacks {BEGIN!r} and {END!r}")
    inner = "\n".join(table)
    return f"{before}{BEGIN}\n\nMeasured on {day}; {note}\n\n{inner}\n\n{END}{after}"


def _cell(name: str, value: float) -> str:
    return f"{value:.3f}" if name in BOUNDS else f"{value:.0f}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
