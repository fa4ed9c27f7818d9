"""Each gate at its borders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import Gate, LatencyGate, Outcome, ParityGate
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import RolloutState
from migrator.rollout.gates import measured, name_of, pooled
from migrator.rollout.statistics.buckets import number_of
from migrator.rollout.transitions import begun
from tests.support.fake_measures import compared, observed
from tests.support.rollout_world import PLAN


def state_with(*gates: Gate, baseline: Sample | None = None) -> RolloutState:
    return replace(begun(replace(PLAN, gates=gates), 0.0), step=0, baseline=baseline)


def outcome_of(gate: Gate, observation: Observation | NoData, comparison: Comparison | NoData) -> Outcome:
    return measured(state_with(gate), observation, comparison)[1].outcome


@pytest.mark.parametrize(
    ("comparison", "outcome"),
    [
        (compared(), Outcome.PASS),
        (compared(different=2), Outcome.PASS),
        (compared(different=3), Outcome.FAIL),
        (compared(inputs=0), Outcome.NO_DATA),
        (NoData("none"), Outcome.NO_DATA),
        (Comparison("tax", 10, 0, 0, 10, 0, ()), Outcome.NO_DATA),
        (Comparison("tax", 10, 7, 0, 0, 3, ()), Outcome.FAIL),
        (Comparison("tax", 10, 8, 0, 2, 0, ()), Outcome.PASS),
        (Comparison("tax", 10, 1, 0, 0, 0, ()), Outcome.FAIL),
    ],
)
def test_parity(comparison: Comparison | NoData, outcome: Outcome) -> None:
    assert outcome_of(ParityGate(different=2), observed(), comparison) is outcome


@pytest.mark.parametrize(
    ("p95_ms", "requests", "outcome"),
    [
        ((108.0, 100.0), 100, Outcome.PASS),
        ((121.0, 100.0), 100, Outcome.UNDECIDED),
        ((121.0, 100.0), 1000, Outcome.FAIL),
        ((121.0, 100.0), 99, Outcome.NO_DATA),
        ((None, 100.0), 1000, Outcome.NO_DATA),
        ((100.0, None), 1000, Outcome.NO_DATA),
    ],
)
def test_latency(p95_ms: tuple[float | None, float | None], requests: int, outcome: Outcome) -> None:
    seen = observed(canary=(requests, 0), legacy=(5000, 0), p95_ms=p95_ms)
    assert outcome_of(LatencyGate(quantile=0.95, ratio=1.2), seen, compared()) is outcome


def test_latency_at_100_percent_is_measured_against_the_finished_steps() -> None:
    state = state_with(LatencyGate(0.95, 1.2), baseline=Sample(5000, 0, {number_of(100.0): 5000}))
    seen = observed(canary=(2000, 0), legacy=(0, 0), p95_ms=(130.0, None))
    assert measured(state, seen, compared())[1].outcome is Outcome.FAIL


def test_names_say_the_quantile() -> None:
    assert name_of(LatencyGate(0.95, 1.2)) == "latency_p95"
    assert name_of(LatencyGate(0.999, 1.2)) == "latency_p99.9"


def test_pooled_counts_add_up() -> None:
    assert pooled(Sample(10, 1, {5: 10}), Sample(30, 2, {5: 1, 7: 29})) == Sample(40, 3, {5: 11, 7: 29})
    assert pooled(Sample(10, 1), NoData("none")) == Sample(10, 1)
    assert pooled(None, NoData("none")) is None
