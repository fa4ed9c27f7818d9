"""What every source of figures keeps to: each request once, no zeros that nobody counted, marks that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.adapters.marks import LONGEST
from migrator.domain.observations import NoData, Observation, Sample
from migrator.errors import RemoteError
from tests.support.figure_rigs import RIGS, ROUTE, Rig, Sides

STRANGE = (
    "",
    "unread",
    "x" * 5000,
    "[" * 1900,
    "null",
    "[]",
    "{}",
    '{"form":"envoy/1"}',
    '{"at":1,"started":2}',
    "\x00",
)

SCRIPT: tuple[Sides, ...] = (
    {"legacy": (5, 0)},
    {"legacy": (3, 1), "canary": (4, 0)},
    {"canary": (2, 2)},
    {"legacy": (1, 1), "canary": (6, 1)},
)
TOTALS = {"legacy": (9, 2), "canary": (12, 3)}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as made:
        yield made


def seen(rig: Rig, mark: str) -> Observation:
    answer = rig.source.since(ROUTE, mark)
    assert isinstance(answer, Observation), answer
    return answer


def counts(side: Sample) -> tuple[int, int]:
    return side.requests, side.first_try_errors


def test_looks_in_a_chain_add_up_to_one_look(rig: Rig) -> None:
    first = mark = rig.source.mark(ROUTE)
    legacy, canary, window_s = Sample(0, 0), Sample(0, 0), 0.0
    for sides in SCRIPT:
        rig.call(sides)
        rig.complete()
        look = seen(rig, mark)
        legacy, canary, window_s, mark = legacy + look.legacy, canary + look.canary, window_s + look.window_s, look.mark
        again = seen(rig, mark)
        assert (counts(again.legacy), counts(again.canary)) == ((0, 0), (0, 0)), "nothing is told twice"
        window_s, mark = window_s + again.window_s, again.mark
        legacy, canary = legacy + again.legacy, canary + again.canary
    once = seen(rig, first)
    assert (counts(legacy), counts(canary)) == (TOTALS["legacy"], TOTALS["canary"])
    assert (counts(once.legacy), counts(once.canary)) == (TOTALS["legacy"], TOTALS["canary"])
    assert window_s == pytest.approx(once.window_s, abs=2)
    if rig.source.about(ROUTE).times:
        assert sum(legacy.times.values()) <= 9 and sum(canary.times.values()) <= 12


def test_failures_are_never_more_than_requests_and_throttles_never_more_than_failures(rig: Rig) -> None:
    mark = rig.source.mark(ROUTE)
    for sides in SCRIPT:
        rig.call(sides)
        rig.complete()
        look = seen(rig, mark)
        mark = look.mark
        for side in (look.legacy, look.canary):
            assert 0 <= (side.throttled or 0) <= side.first_try_errors <= side.requests


def test_no_traffic_is_zeros_where_that_can_be_told(rig: Rig) -> None:
    mark = rig.source.mark(ROUTE)
    rig.complete()
    rig.complete()
    answer = rig.source.since(ROUTE, mark)
    if not rig.silence:
        assert isinstance(answer, NoData) and not answer.mark_lost
        return
    assert isinstance(answer, Observation), answer
    assert (counts(answer.legacy), counts(answer.canary)) == ((0, 0), (0, 0))
    assert answer.window_s >= 0 and answer.mark


def test_what_does_not_answer_has_no_figures(rig: Rig) -> None:
    mark = rig.source.mark(ROUTE)
    rig.call({"legacy": (2, 0)})
    rig.stop()
    assert rig.source.about(ROUTE).point, "how it measures is known without asking"
    try:
        answer = rig.source.since(ROUTE, mark)
    except RemoteError:
        return
    assert isinstance(answer, NoData) and not answer.mark_lost


def test_what_was_counted_anew_loses_the_mark(rig: Rig) -> None:
    rig.call({"legacy": (3, 1)})
    rig.complete()
    mark = rig.source.mark(ROUTE)
    rig.lose()
    answer = rig.source.since(ROUTE, mark)
    assert isinstance(answer, NoData) and answer.mark_lost, answer


@pytest.mark.parametrize("rig", ["prometheus", "load balancer", "alias"], indirect=True)
def test_late_figures_are_no_data_and_are_told_when_they_come(rig: Rig) -> None:
    assert rig.late is not None
    mark = rig.source.mark(ROUTE)
    rig.late()
    answer = rig.source.since(ROUTE, mark)
    assert isinstance(answer, NoData) and not answer.mark_lost, answer
    rig.call({"legacy": (4, 1), "canary": (3, 0)})
    rig.complete()
    rig.complete()
    look = seen(rig, mark)
    assert (counts(look.legacy), counts(look.canary)) == ((4, 1), (3, 0))


@pytest.mark.parametrize("rig", ["memory", "seam", "prometheus", "load balancer"], indirect=True)
def test_a_mark_of_nonsense_is_lost_and_no_error(rig: Rig) -> None:
    for mark in STRANGE:
        answer = rig.source.since(ROUTE, mark)
        assert isinstance(answer, NoData) and answer.mark_lost, (mark, answer)


def test_marks_are_short(rig: Rig) -> None:
    mark = rig.source.mark(ROUTE)
    assert 0 < len(mark) < LONGEST / 4
    rig.call({"legacy": (1, 0)})
    rig.complete()
    assert 0 < len(seen(rig, mark).mark) < LONGEST / 4
