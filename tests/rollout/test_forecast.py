"""How long a plan takes: the times are those of the engine, and every wait is in the calendar."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from migrator.documents.rollout_plan import CODEC
from migrator.domain.gates import AvailabilityGate, ColdStartGate, ErrorRateGate, LatencyGate, ParityGate
from migrator.domain.rollouts import Freeze, RolloutPlan, Step, Undecided, Window
from migrator.domain.traffic import Lognormal, RecordedTimes, Traffic, curved, flat
from migrator.rollout.forecast import deciding
from migrator.rollout.forecast.advice import advised
from migrator.rollout.forecast.deciding import Need, Sides
from migrator.rollout.forecast.judging import Faults
from migrator.rollout.forecast.plan import forecast
from migrator.rollout.forecast.walks import Walk, passage
from migrator.rollout.statistics import worse
from migrator.rollout.statistics.budget import BudgetTest
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence, Finding, GateTests, finding, raised, seen
from migrator.rollout.statistics.levels import PROMOTION
from migrator.rollout.statistics.within import WithinTest
from tools.bench.rollout import detection, promotion

LEVEL, MARGIN = 0.004, 0.01
MONDAY = 1_795_996_800.0
"""2026-11-30 00:00 UTC."""
TRAFFIC = Traffic(flat(600))
PLAN = RolloutPlan(
    "tax",
    (Step(5, 300), Step(25, 900), Step(100, 3600)),
    (ErrorRateGate(1), LatencyGate(0.95, 1.2), ColdStartGate(10, 20)),
)


def is_near(need: Need, median: float, high: float) -> bool:
    """Within a quarter, which is what a hundred campaigns can tell."""
    return abs(math.log(need.median / median)) < 0.25 and abs(math.log(need.high / high)) < 0.25


@pytest.mark.parametrize(
    ("legacy", "canary", "weight", "after"),
    [
        (0.005, 0.015, 0.05, 0),
        (0.005, 0.055, 0.05, 0),
        (0.005, 0.015, 0.5, 0),
        (0.005, 0.055, 0.05, 5000),
    ],
)
def test_a_worse_canary_is_found_when_the_engine_finds_it(
    legacy: float, canary: float, weight: float, after: int
) -> None:
    row = detection.errors(
        detection.Worse("", canary, legacy=legacy, weight=weight, after=after, horizon=12_000), 300, 5
    )
    median = float(row.note.rpartition(" ")[2].replace(",", ""))
    need = deciding.to_find_worse(Sides(legacy, canary, weight), LEVEL, after / weight)
    assert is_near(need, median, row.figure), (need, median, row.figure)


@pytest.mark.parametrize(
    ("legacy", "canary", "weight", "margin", "expected"),
    [(0.005, 0.005, 0.05, 0.01, 1.0), (0.0005, 0.0005, 0.05, 0.01, 1.0), (0.05, 0.0358, 0.1, 0.0, 0.5)],
)
def test_a_canary_like_legacy_is_shown_when_the_engine_shows_it(
    legacy: float, canary: float, weight: float, margin: float, expected: float
) -> None:
    case = promotion.Case("", legacy, canary, 20_000, None, weight, margin, expected)
    row = promotion.good(case, 300, 5)
    median = float(row.note.partition(";")[0].rpartition(" ")[2].replace(",", ""))
    need = deciding.to_show_within(Sides(legacy, canary, weight), WithinTest(PROMOTION, margin, expected))
    assert is_near(need, median, row.figure), (need, median, row.figure)


TESTS = GateTests(worse.WorseTest(LEVEL), WithinTest(PROMOTION, MARGIN))


def engine(canary: float, weight: float, campaigns: int, raises: int = 0) -> Need:
    """Canary requests until the engine finds a canary that it has shown within the margin before, after 100,000.

    Args:
        raises: how often the weight is raised before the fault begins.
    """
    dice = np.random.default_rng(11)

    def block(rate: float, share: float) -> Increment:
        size = 2000 if rate == 0.005 else 500 if share < 1 else 50
        asked = int(dice.binomial(size, share))
        return Increment(asked, int(dice.binomial(asked, rate)), size - asked, int(dice.binomial(size - asked, 0.005)))

    needed = []
    for _ in range(campaigns):
        known = Evidence()
        for _ in range(50):
            known = seen(known, block(0.005, 0.05), TESTS)
        for _ in range(raises):
            known = raised(known)
        requests = 0
        while known.assured and finding(known, TESTS) is not Finding.WORSE and requests < 40_000:
            look = block(canary, weight)
            known, requests = seen(known, look, TESTS), requests + look.canary_requests
        needed.append(requests)
    return Need(*(float(np.quantile([each for each in needed if each], share)) for share in (0.5, 0.97)))


@pytest.mark.parametrize(("canary", "raises"), [(0.035, 0), (0.035, 1), (0.025, 2)])
def test_a_fault_after_a_good_beginning_is_found_when_the_engine_finds_it(canary: float, raises: int) -> None:
    found = engine(canary, 0.05, 60, raises)
    need = deciding.to_find_beyond(Sides(0.005, canary, 0.05), LEVEL, MARGIN, 100_000, raises)
    # What is left of the level is taken for the same in all campaigns, so it is a third that can be told.
    assert 0.75 * found.median < need.median < 1.35 * found.median, (need, found)
    assert 0.75 * found.high < need.high < 1.6 * found.high, (need, found)


def test_a_fault_at_100_percent_is_found_when_the_engine_finds_it() -> None:
    found = engine(0.05, 1.0, 40)
    need = deciding.to_find_alone(0.05, TESTS.worse, Sides(0.005, 0.005, 0.05), 100_000, MARGIN)
    assert found.median / 1.6 < need.median < found.median * 1.6 and need.high > found.median, (need, found)


def test_a_canary_over_its_budget_is_found_when_the_engine_finds_it() -> None:
    row = detection.always_cold(400, 5)
    median = float(row.note.rpartition(" ")[2].replace(",", ""))
    need = deciding.to_find_overspent(0.5, BudgetTest(detection.COLD_LEVEL))
    assert is_near(need, median, row.figure), (need, median, row.figure)


def test_the_first_passage_is_that_of_a_random_walk() -> None:
    dice = random.Random(3)
    arrived = []
    for _ in range(1500):
        at, steps = 0.0, 0
        while at < 5:
            at, steps = at + dice.gauss(0.1, 0.3), steps + 1
        arrived.append(steps)
    arrived.sort()
    for share in (0.5, 0.99):
        assert passage(share, 5.0, Walk(0.1, 0.09)) == pytest.approx(arrived[int(share * 1500)], rel=0.12)
    assert passage(0.5, 5.0, Walk(0.1, 0.0)) == pytest.approx(50)
    assert passage(0.5, 5.0, Walk(-0.1, 0.09)) == math.inf


def test_evidence_carries_over_the_steps() -> None:
    first, second, _ = forecast(PLAN, TRAFFIC, MONDAY).steps
    held = {gate.gate: gate.show for gate in first.gates}
    errors = held["error_rate"]
    assert errors is not None and errors.median_s is not None
    # 30 requests a minute at 5 %: half are shown after half an hour, and the step holds beyond its 5 minutes.
    assert errors.median == pytest.approx(917, rel=0.05) and errors.median_s == pytest.approx(1834, rel=0.05)
    assert first.holds_s is not None and first.holds_s > errors.median_s - 300
    # What the first step has waited for is not asked again.
    assert all(gate.show is None for gate in second.gates) and second.holds_s == second.holds_high_s == 0
    lenient = replace(PLAN, steps=(replace(PLAN.steps[0], undecided=Undecided.GO_ON), Step(30, 900), *PLAN.steps[1:]))
    lenient = replace(lenient, steps=(lenient.steps[0], Step(25, 900), Step(50, 900), Step(100, 3600)))
    went_on, then, *_ = forecast(lenient, TRAFFIC, MONDAY).steps
    assert went_on.holds_s == went_on.holds_high_s == 0
    (left,) = [gate.show for gate in then.gates if gate.gate == "error_rate"]
    fresh = deciding.to_show_within(Sides(0.005, 0.005, 0.25), WithinTest(PROMOTION, 0.01))
    # 150 of about 917 requests were seen at the first step.
    assert left is not None and left.median == pytest.approx(fresh.median * (1 - 150 / 917), rel=0.05)


def test_windows_and_freezes_are_in_the_calendar() -> None:
    plan = replace(
        PLAN,
        gates=(),
        steps=(Step(5, 3 * 3600), Step(25, 3600), Step(100, 3600)),
        windows=(Window((0, 1, 2, 3, 4), 9 * 60, 12 * 60),),
        freezes=(Freeze(MONDAY + 86_400, MONDAY + 2 * 86_400),),
    )
    seen = forecast(plan, TRAFFIC, MONDAY)
    # Begun on Monday at 9, baked at 12 when the window closes; Tuesday is frozen.
    assert [step.earliest for step in seen.steps] == [
        "2026-11-30T09:00:00Z",
        "2026-12-02T09:00:00Z",
        "2026-12-02T10:00:00Z",
    ]
    assert seen.promoted_earliest == seen.promoted_latest == "2026-12-02T11:00:00Z"


def test_a_plan_that_is_never_open_or_never_asked_says_so() -> None:
    frozen = replace(PLAN, freezes=(Freeze(0, MONDAY + 10 * 366 * 86_400),))
    seen = forecast(frozen, TRAFFIC, MONDAY)
    assert seen.promoted_earliest is None and all(step.earliest is None for step in seen.steps)
    silent = Traffic(flat(0))
    seen = forecast(PLAN, silent, MONDAY)
    assert seen.steps[0].holds_s is None and seen.promoted_usual is None
    assert advised(PLAN, seen, silent, MONDAY) == (
        "there is no traffic: no gate that counts requests will ever decide",
    )


def test_availability_is_waited_for_before_promotion() -> None:
    plan = replace(PLAN, gates=(AvailabilityGate(99.99, 14 * 86_400), ParityGate(0)))
    first, *_, last = forecast(plan, TRAFFIC, MONDAY).steps
    assert first.holds_s == 0 and last.holds_s == pytest.approx(14 * 86_400 - 300 - 900 - 3600)
    few = forecast(plan, Traffic(flat(0.1)), MONDAY).steps[-1]
    # 10,000 canary requests at six an hour take longer than two weeks.
    assert few.holds_s is not None and few.holds_s > 60 * 86_400


def test_larger_faults_are_found_sooner_and_what_is_never_found_is_none() -> None:
    def needed(**sizes: float) -> list[float | None]:
        step = forecast(PLAN, TRAFFIC, MONDAY, Faults(**sizes)).steps[0]
        return [gate.find.median if gate.find else None for gate in step.gates]

    small, large = needed(worse_by_pp=1, slower=1.3, cold=20), needed(worse_by_pp=5, slower=2, cold=60)
    assert all(a is not None and b is not None and a > 2 * b for a, b in zip(small, large, strict=True))
    assert needed(cold=5)[2] is None


def test_recorded_times_count_as_they_are() -> None:
    drawn = random.Random(1)
    recorded = RecordedTimes(tuple(sorted(drawn.lognormvariate(math.log(50), 0.6) for _ in range(50_000))))
    as_drawn, as_described = (
        forecast(PLAN, replace(TRAFFIC, times=times), MONDAY).steps[0].gates[1]
        for times in (recorded, Lognormal(50, 0.6))
    )
    assert as_drawn.find is not None and as_described.find is not None and as_described.find.median is not None
    assert as_drawn.find.median == pytest.approx(as_described.find.median, rel=0.1)


def test_advice_names_what_holds_less() -> None:
    said = advised(PLAN, forecast(PLAN, TRAFFIC, MONDAY), TRAFFIC, MONDAY)
    assert [each.partition(":")[0] for each in said] == [
        "with a p95 ratio of 1.4",
        "with undecided",
        "with a weight of 10 % there",
    ]
    relaxed = replace(PLAN, steps=(Step(5, 40 * 86_400), *PLAN.steps[1:]))
    assert advised(relaxed, forecast(relaxed, TRAFFIC, MONDAY), TRAFFIC, MONDAY) == ()


def test_a_days_curve_keeps_its_mean() -> None:
    assert Traffic(curved(400, 1.8)).mean_per_minute == pytest.approx(400)
    assert min(curved(400, 2)) == pytest.approx(0) and max(curved(400, 1.8)) == pytest.approx(720)


def test_the_document_reads_back() -> None:
    seen = forecast(PLAN, TRAFFIC, MONDAY)
    assert CODEC.load(CODEC.dump(seen)) == seen
