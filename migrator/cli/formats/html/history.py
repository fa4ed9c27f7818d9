"""The chart of the monolith's shrinking: candidates by verdict, and lines of code, over time.

In: the history of a `Report`. Out: `Chart` values with their points in pixels. How they become SVG is the template's
business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

from migrator.cli.formats.html.rows import VERDICTS
from migrator.cli.formats.html.texts import shown
from migrator.domain.reports import Totals

WIDTH: Final = 560
HEIGHT: Final = 230
_LEFT: Final = 58
_RIGHT: Final = 14
_TOP: Final = 12
_BOTTOM: Final = 26
_STEPS: Final = (1, 2, 2.5, 5, 10)
_LINES_WANTED: Final = 4  # of the grid
_DATE_WIDTH: Final = 76  # of a date below the chart
_COMMIT: Final = 10  # characters


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis with what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Shape:
    """An area or a line: its class in the style sheet, its name, and its points as SVG has them."""

    style: str
    name: str
    points: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One of the two drawings."""

    title: str
    areas: tuple[Shape, ...]
    lines: tuple[Shape, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


@dataclass(frozen=True, slots=True)
class Day:
    """A row of the table that says the same as the drawings."""

    at: str
    commit: str
    cells: tuple[str, ...]


def charts_of(history: Sequence[Totals]) -> tuple[Chart, ...]:
    """Candidates by verdict, then lines of code; nothing where there are not two days to compare."""
    if len(history) < 2:
        return ()
    across = _across(history)
    marks = _dates(history, across)
    stacked = [
        list(accumulate((totals.verdicts.get(verdict, 0) for verdict in reversed(VERDICTS)), initial=0))
        for totals in history
    ]
    scale, up = _scale(max(levels[-1] for levels in stacked))
    areas = tuple(
        Shape(
            verdict.value,
            verdict.value,
            _points(across, [scale(levels[index + 1]) for levels in stacked])
            + " "
            + _points(reversed(across), [scale(levels[index]) for levels in reversed(stacked)]),
        )
        for index, verdict in enumerate(reversed(VERDICTS))
    )
    height, lines_up = _scale(max(totals.lines for totals in history))
    lines = (
        Shape("all-lines", "the whole code", _points(across, [height(totals.lines) for totals in history])),
        Shape(
            "candidate-lines",
            "of candidates",
            _points(across, [height(totals.candidate_lines) for totals in history]),
        ),
    )
    return (
        Chart("Candidates by verdict", areas, (), marks, up),
        Chart("Lines of code", (), lines, marks, lines_up),
    )


def days_of(history: Sequence[Totals]) -> tuple[Day, ...]:
    """Every entry, the newest first: candidates, one number a verdict, lines, lines of the candidates."""
    return tuple(
        Day(
            shown(totals.at),
            shown(totals.commit[:_COMMIT]),
            tuple(
                f"{number:,}"
                for number in (
                    totals.candidates,
                    *(totals.verdicts.get(verdict, 0) for verdict in VERDICTS),
                    totals.lines,
                    totals.candidate_lines,
                )
            ),
        )
        for totals in reversed(history)
    )


def _instant(at: str) -> float | None:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _across(history: Sequence[Totals]) -> list[float]:
    """By time; evenly where an entry has none that can be read, or all have the same."""
    found = [_instant(totals.at) for totals in history]
    known = [instant for instant in found if instant is not None]
    instants = known if len(known) == len(found) and known[-1] > known[0] else [float(i) for i in range(len(found))]
    share = (WIDTH - _LEFT - _RIGHT) / (instants[-1] - instants[0])
    return [round(_LEFT + (instant - instants[0]) * share, 1) for instant in instants]


def _dates(history: Sequence[Totals], across: Sequence[float]) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for totals, x in zip(reversed(history), reversed(across), strict=True):  # the newest has a date in any case
        if not marks or marks[-1].at - x >= _DATE_WIDTH:
            marks.append(Mark(x, shown(totals.at[:10])))
    return tuple(reversed(marks))


def _scale(highest: int) -> tuple[Callable[[float], float], tuple[Mark, ...]]:
    rough = max(highest, 1) / _LINES_WANTED
    power = 10.0 ** (len(str(int(rough))) - 1)
    step = max(1, int(next(factor for factor in _STEPS if factor * power >= rough) * power))
    top = step * -(-max(highest, 1) // step)
    room = HEIGHT - _TOP - _BOTTOM

    def height(value: float) -> float:
        return round(HEIGHT - _BOTTOM - value / top * room, 1)

    return height, tuple(Mark(height(value), f"{value:,}") for value in range(0, top + 1, step))


def _points(across: Iterable[float], up: Iterable[float]) -> str:
    return " ".join(f"{x},{y}" for x, y in zip(across, up, strict=True))
