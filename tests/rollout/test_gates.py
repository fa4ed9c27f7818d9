"""What each kind of gate says of figures, comparisons and answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    GateResult,
    LatencyGate,
    Outcome,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.looks import Answer, Look, Reading, Verdict
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import Phase, RolloutPlan, RolloutState, Step
from migrator.domain.routes import Weight
from migrator.rollout import gates
from migrator.rollout.figures import taken_in
from migrator.rollout.statistics.buckets import number_of
from migrator.rollout.transitions import begun
from tests.support.fake_measures import compared, observed

NOW = 1_700_000_000.0


def state_with(*plan_gates: Gate, step: int = 0) -> RolloutState:
    plan = RolloutPlan("tax", (Step(5, 60), Step(100, 60)), plan_gates)
    return replace(begun(plan, NOW - 100), phase=Phase.SHIFTING, step=step, weight=5.0)


def look(
    seen: Observation | NoData,
    comparison: Comparison | NoData | None = None,
    answers: dict[str, Answer] | None = None,
    now: float = NOW,
) -> Look:
    return Look(now, Weight(5), seen, comparison or compared(), answers=answers or {})


def after(state: RolloutState, *seen: Look) -> tuple[RolloutState, GateResult]:
    """The state after looks, and what its one gate says at the last of them."""
    for each in seen:
        state = taken_in(state, each)
    [result] = gates.judged(state, seen[-1])
    return state, result


def outcome_of(gate: Gate, *seen: Observation, step: int = 0) -> GateResult:
    return after(state_with(gate, step=step), *(look(each) for each in seen))[1]


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([observed(canary=(0, 0))], Outcome.NO_DATA),
        ([observed(canary=(40, 0), legacy=(760, 0))], Outcome.UNDECIDED),
        ([observed(canary=(40, 0), legacy=(760, 0))] * 20, Outcome.PASS),
        ([observed(canary=(400, 8), legacy=(7600, 152))] * 20, Outcome.PASS),
        ([observed(canary=(20, 20), legacy=(380, 0))], Outcome.FAIL),
        ([observed(canary=(400, 20), legacy=(7600, 76))] * 3, Outcome.FAIL),
    ],
)
def test_error_rate(seen: list[Observation], outcome: Outcome) -> None:
    assert outcome_of(ErrorRateGate(1), *seen).outcome is outcome


def test_evidence_carries_over_and_says_how_far_it_has_come() -> None:
    results = [
        outcome_of(ErrorRateGate(1), *[observed(canary=(40, 0), legacy=(760, 0))] * looks).strength
        for looks in (1, 5, 10)
    ]
    grown = [result.for_it[0] for result in results if result is not None and result.for_it is not None]
    assert grown == sorted(grown) and grown[0] < grown[-1]


def test_what_was_found_within_the_margin_stays_so_however_small_the_difference() -> None:
    """A canary that fails a little more often than legacy, within the margin, is not rolled back by many requests."""
    seen = [observed(canary=(1000, 7), legacy=(19_000, 95))] * 60
    assert outcome_of(ErrorRateGate(1), *seen).outcome is Outcome.PASS


SLOW, USUAL = 150.0, 100.0


def timed(canary_ms: float, legacy_ms: float = USUAL, canary: int = 100, legacy: int = 1900) -> Observation:
    """One answer in twenty takes so long, the others a tenth of it."""

    def times(each_ms: float, answers: int) -> dict[int, int]:
        slow = answers // 10
        return {number_of(each_ms / 10): answers - slow, number_of(each_ms): slow}

    return Observation(60.0, Sample(legacy, 0, times(legacy_ms, legacy)), Sample(canary, 0, times(canary_ms, canary)))


def test_latency_is_learned_first_then_found_slower_or_within() -> None:
    gate = LatencyGate(0.95, 1.2)
    learning = outcome_of(gate, timed(SLOW, legacy=300))
    assert (learning.outcome, learning.evidence) == (
        Outcome.NO_DATA,
        "legacy's p95 is learned from 300 of 400 answers",
    )
    assert outcome_of(gate, timed(USUAL), timed(USUAL, canary=10, legacy=190)).outcome is Outcome.UNDECIDED
    assert outcome_of(gate, *[timed(USUAL)] * 20).outcome is Outcome.PASS
    slower = replace(timed(USUAL), canary=Sample(100, 0, {number_of(10): 70, number_of(SLOW): 30}))
    assert outcome_of(gate, timed(USUAL), *[slower] * 10).outcome is Outcome.FAIL


def test_latency_without_times_of_the_canary_is_no_data() -> None:
    seen = replace(timed(USUAL), canary=Sample(100, 0))
    assert outcome_of(LatencyGate(0.99, 1.5), *[seen] * 2).outcome is Outcome.NO_DATA


def coarse(canary: dict[int, int], bounds: tuple[int, ...], legacy: dict[int, int] | None = None) -> Observation:
    """Figures of a histogram with few buckets; legacy answers one in ten above 250 ms unless told otherwise."""
    usual = legacy or {number_of(250): 1800, number_of(500): 200}
    return Observation(
        60.0,
        Sample(sum(usual.values()), 0, usual, bounds=bounds),
        Sample(sum(canary.values()), 0, canary, bounds=bounds),
    )


def test_between_coarse_buckets_no_canary_is_shown_within_a_ratio_that_they_cannot_tell() -> None:
    """Twice as slow is not told from as fast where the next bound is twice as far."""
    bounds = tuple(map(number_of, (100, 250, 500, 1000)))
    slower = coarse({number_of(250): 50, number_of(500): 50}, bounds)
    as_legacy = coarse({number_of(250): 90, number_of(500): 10}, bounds)
    gate = LatencyGate(0.95, 1.2)
    assert outcome_of(gate, as_legacy, *[slower] * 20).outcome is Outcome.FAIL, "worse is found all the same"
    undecided = outcome_of(gate, as_legacy, *[as_legacy] * 60)
    assert undecided.outcome is Outcome.UNDECIDED and "too coarse" in undecided.evidence
    fine = (*bounds[:2], *range(number_of(250) + 1, number_of(500)), *bounds[2:])
    assert outcome_of(gate, *[coarse({number_of(200): 99, number_of(500): 1}, fine)] * 60).outcome is Outcome.PASS


def test_without_a_bound_below_legacys_quantile_there_is_no_data() -> None:
    seen = coarse({number_of(250): 90, number_of(500): 10}, (number_of(500), number_of(1000)))
    result = outcome_of(LatencyGate(0.95, 1.2), *[seen] * 3)
    assert result.outcome is Outcome.NO_DATA and "finer buckets" in result.evidence


def test_a_look_that_was_counted_between_other_bounds_is_left_out() -> None:
    bounds = tuple(range(number_of(100), number_of(1000)))
    gate, state = LatencyGate(0.95, 1.2), state_with(LatencyGate(0.95, 1.2))
    first = coarse({number_of(250): 90, number_of(500): 10}, bounds)
    state, _ = after(state, look(first), look(first))
    odd = coarse({number_of(250): 10, number_of(500): 90}, (number_of(700),))
    assert after(state, look(odd))[0].memory == state.memory
    assert after(state, look(first))[0].memory != state.memory
    assert gate in state.plan.gates


def cold(requests: int, starts: int | None) -> Observation:
    return Observation(60.0, Sample(1900, 0), Sample(requests, 0, cold_starts=starts, throttled=starts))


def test_cold_starts_have_a_budget_and_free_ones_at_every_weight() -> None:
    gate = ColdStartGate(10, 20)
    assert outcome_of(gate, cold(20, 20)).outcome is Outcome.PASS, "the first ones are free"
    assert outcome_of(gate, cold(20, 20), *[cold(10, 8)] * 4).outcome is Outcome.FAIL
    assert outcome_of(gate, cold(100, None)).outcome is Outcome.NO_DATA
    state = state_with(gate)
    state, _ = after(state, look(cold(20, 20)))
    state = replace(state, memory=gates.raised(state), step=1)
    assert after(state, look(cold(20, 20)))[1].outcome is Outcome.PASS
    assert (
        after(replace(state, memory=after(state_with(gate), look(cold(20, 20)))[0].memory), look(cold(20, 20)))[
            1
        ].outcome
        is not Outcome.PASS
    ), "without a raise nothing more is free"


def test_throttles() -> None:
    assert outcome_of(ThrottleGate(1), cold(200, 1)).outcome is Outcome.PASS
    assert outcome_of(ThrottleGate(1), cold(200, 4)).outcome is Outcome.UNDECIDED
    assert outcome_of(ThrottleGate(1), *[cold(200, 30)] * 2).outcome is Outcome.FAIL


def test_availability_is_asked_for_before_promotion_and_breaks_anywhere() -> None:
    gate = AvailabilityGate(99.9, 600.0)
    good, bad = observed(canary=(1000, 0)), observed(canary=(1000, 40))
    assert outcome_of(gate, good, step=0).outcome is Outcome.PASS, "not asked for yet"
    assert outcome_of(gate, *[good] * 9, step=1).outcome is Outcome.UNDECIDED, "nine minutes of ten"
    assert outcome_of(gate, *[good] * 10, step=1).outcome is Outcome.PASS
    few = observed(canary=(50, 0))
    assert outcome_of(gate, *[few] * 11, step=1).outcome is Outcome.UNDECIDED, "too few to tell one in a thousand"
    assert outcome_of(gate, bad, bad, step=0).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("comparison", "outcome"),
    [
        (NoData("none"), Outcome.NO_DATA),
        (compared(different=0), Outcome.PASS),
        (compared(different=2), Outcome.PASS),
        (compared(different=3), Outcome.FAIL),
        (Comparison("tax", 0, 0, 0, 0, 0, ()), Outcome.NO_DATA),
        (Comparison("tax", 10, 0, 0, 10, 0, ()), Outcome.NO_DATA),
        (Comparison("tax", 10, 7, 0, 0, 3, ()), Outcome.FAIL),
        (Comparison("tax", 10, 8, 0, 2, 0, ()), Outcome.PASS),
        (Comparison("tax", 10, 1, 0, 0, 0, ()), Outcome.FAIL),
    ],
)
def test_parity(comparison: Comparison | NoData, outcome: Outcome) -> None:
    assert after(state_with(ParityGate(2)), look(observed(), comparison))[1].outcome is outcome


def test_a_comparison_must_be_fresh_before_the_first_weight_and_of_this_revision() -> None:
    gate = ParityGate(0, fresh_s=100.0)
    pending = replace(state_with(gate), phase=Phase.PENDING, step=-1)

    def said(state: RolloutState, at: float | None) -> GateResult:
        return after(state, look(NoData("pending"), replace(compared(), at=at)))[1]

    assert said(pending, NOW - 99).outcome is Outcome.PASS
    assert "older than 1.67 m" in said(pending, NOW - 101).evidence
    assert said(pending, None).outcome is Outcome.NO_DATA
    assert said(state_with(gate), NOW - 101).outcome is Outcome.PASS, "it may grow old once real calls count"
    again = replace(pending, compared_after=NOW - 50)
    assert "before this revision" in said(again, NOW - 60).evidence
    assert said(again, NOW - 40).outcome is Outcome.PASS


def test_a_reading_fails_once_it_was_beyond_its_limits_for_long_enough() -> None:
    gate = ReadingGate("depth", ReadingKind.DEAD_LETTERS, at_most=2, for_s=60)

    def at(seconds: float, value: float) -> Look:
        return look(observed(), None, {"depth": Reading(value, NOW + seconds)}, NOW + seconds)

    state = state_with(gate)
    assert after(state, at(0, 2))[1].outcome is Outcome.PASS
    assert after(state, at(0, 3))[1].outcome is Outcome.UNDECIDED
    assert after(state, at(0, 3), at(60, 3))[1].outcome is Outcome.FAIL
    assert after(state, at(0, 3), at(30, 1), at(60, 3))[1].outcome is Outcome.UNDECIDED, "well in between"
    silent = look(observed(), None, {"depth": NoData("no answer")}, NOW + 30)
    assert after(state, at(0, 3), silent)[1] == GateResult("depth", Outcome.NO_DATA, "no answer")
    assert after(state, at(0, 3), silent, at(60, 3))[1].outcome is Outcome.FAIL, "silence is no improvement"
    low = ReadingGate("orders", ReadingKind.PROMETHEUS, at_least=5)
    assert after(state_with(low), look(observed(), None, {"orders": Reading(4, NOW)}))[1].outcome is Outcome.FAIL


def test_a_webhook_says_itself() -> None:
    gate = WebhookGate("checks", "https://example.com/")
    for outcome in Outcome:
        answers: dict[str, Answer] = {"checks": Verdict(outcome, "so")}
        assert after(state_with(gate), look(observed(), None, answers))[1] == GateResult("checks", outcome, "so")
    assert after(state_with(gate), look(observed()))[1].outcome is Outcome.NO_DATA


def test_names_are_unique_and_say_the_quantile() -> None:
    assert gates.name_of(LatencyGate(0.95, 1.2)) == "latency_p95"
    assert gates.name_of(LatencyGate(0.99, 1.2)) == "latency_p99"


def test_the_level_is_split_over_the_gates_that_test() -> None:
    plan = state_with(ErrorRateGate(1), LatencyGate(0.95, 1.2), ParityGate(0), ColdStartGate(10, 20)).plan
    levels = gates.levels_of(plan)
    assert set(levels) == {"error_rate", "latency_p95", "cold_starts"}
    assert sum(levels.values()) == pytest.approx(0.01)
