"""What a simulation says: one figure a row, beside its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure.

    Attributes:
        table: which table it belongs to.
        name: what was simulated.
        figure: requests, or a share from 0 to 1; infinite where more campaigns than allowed for came to no end.
        target: the highest figure that is good enough, or None for one that is only shown.
        share: whether it is a share.
        note: what else was seen.
    """

    table: str
    name: str
    figure: float
    target: float | None = None
    share: bool = False
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the figure is above its target."""
        return self.target is not None and self.figure > self.target

    def as_json(self) -> dict[str, object]:
        """An object; an infinite figure is null."""
        return {**asdict(self), "figure": self.figure if self.figure < float("inf") else None, "missed": self.missed}


def printed(rows: Sequence[Row]) -> str:
    """All tables as text, a missed target marked."""
    lines: list[str] = []
    table = ""
    for row in rows:
        if row.table != table:
            table = row.table
            lines += ["", table]
        target = "" if row.target is None else f"at most {_figure(row.target, row.share)}"
        mark = "  MISSED" if row.missed else ""
        lines.append(f"  {row.name:<74} {_figure(row.figure, row.share):>9}  {target:<15} {row.note}{mark}".rstrip())
    return "\n".join(lines[1:])


def as_markdown(rows: Sequence[Row]) -> str:
    """All tables for the page that keeps them."""
    lines: list[str] = []
    table = ""
    for row in rows:
        if row.table != table:
            table = row.table
            lines += ["", f"| {table} | figure | at most | |", "|---|---|---|---|"]
        target = "" if row.target is None else _figure(row.target, row.share)
        figure = f"**{_figure(row.figure, row.share)}** (missed)" if row.missed else _figure(row.figure, row.share)
        lines.append(f"| {row.name} | {figure} | {target} | {row.note} |")
    return "\n".join(lines[1:])


def _figure(value: float, share: bool) -> str:
    if share:
        return f"{value:.2%}"
    return f"{value:,.0f}" if value < float("inf") else "more"
