"""The chart of shrinking: where its points lie, and what its table says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.cli.formats.html.history import HEIGHT, WIDTH, charts_of, days_of
from migrator.domain.assessments import Verdict
from migrator.domain.reports import Totals

FIRST = Totals("2026-01-01T00:00:00Z", "abcdef0123456789", 10, 1_000, 4, {Verdict.READY: 1, Verdict.KEEP: 3}, 400)
SECOND = replace(FIRST, at="2026-01-11T00:00:00Z", lines=900, candidates=2, verdicts={Verdict.READY: 2})
THIRD = replace(
    FIRST, at="2026-01-31T00:00:00Z", lines=500, candidates=1, verdicts={Verdict.READY: 1}, candidate_lines=100
)


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def test_one_day_is_no_chart() -> None:
    assert charts_of(()) == ()
    assert charts_of((FIRST,)) == ()


def test_days_lie_as_far_apart_as_they_are() -> None:
    _, lines = charts_of((FIRST, SECOND, THIRD))
    (a, _), (b, _), (c, _) = points(lines.lines[0].points)
    assert (b - a) / (c - a) == pytest.approx(1 / 3, abs=0.01)
    assert (a, c) == (lines.left, lines.right)


def test_fewer_lines_are_lower() -> None:
    _, lines = charts_of((FIRST, SECOND, THIRD))
    heights = [lines.bottom - y for _, y in points(lines.lines[0].points)]
    assert [height / heights[0] for height in heights] == pytest.approx([1, 0.9, 0.5], abs=0.01)
    assert next(lines.bottom - y for _, y in points(lines.lines[1].points)) == pytest.approx(0.4 * heights[0], abs=0.2)
    assert points(lines.lines[0].points)[0][1] == lines.up[-1].at  # 1,000 lines
    assert [mark.text for mark in lines.up] == ["0", "250", "500", "750", "1,000"]


def test_verdicts_are_stacked_on_each_other() -> None:
    verdicts, _ = charts_of((FIRST, SECOND))
    shapes = {area.name: points(area.points) for area in verdicts.areas}
    tall = {
        name: [low[1] - high[1] for high, low in zip(shape[:2], reversed(shape[2:]), strict=True)]
        for name, shape in shapes.items()
    }
    unit = tall["ready"][0]
    assert tall["keep"] == pytest.approx([3 * unit, 0], abs=0.2)
    assert tall["ready"] == pytest.approx([unit, 2 * unit], abs=0.2)
    assert shapes["ready"][0][1] == pytest.approx(verdicts.bottom - 4 * unit, abs=0.2)


@pytest.mark.parametrize("at", ["", "some day", "2026-01-01T00:00:00Z"])
def test_days_that_cannot_be_told_apart_are_spread_evenly(at: str) -> None:
    for chart in charts_of(tuple(replace(each, at=at) for each in (FIRST, SECOND, THIRD))):
        for shape in (*chart.areas, *chart.lines):
            assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points(shape.points))
        assert len(set(points(chart.lines[0].points) if chart.lines else [1, 2, 3])) == 3


@pytest.mark.parametrize("highest", [0, 1, 3, 7, 10, 99, 1_234, 8_000_000])
def test_the_scale_holds_what_there_is(highest: int) -> None:
    _, lines = charts_of((replace(FIRST, lines=highest), replace(SECOND, lines=highest)))
    top = int(lines.up[-1].text.replace(",", ""))
    assert max(highest, 1) <= top <= max(4, 2.5 * highest)
    assert 2 <= len(lines.up) <= 6


def test_the_table_has_the_newest_first() -> None:
    newest, oldest = days_of((FIRST, SECOND))
    assert (newest.at, newest.cells) == ("2026-01-11T00:00:00Z", ("2", "2", "0", "0", "0", "900", "400"))
    assert (oldest.commit, oldest.cells) == ("abcdef0123", ("4", "1", "0", "0", "3", "1,000", "400"))
