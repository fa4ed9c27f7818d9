"""The gates on a share of the canary's requests that has a budget: cold starts, throttles, and failures over weeks.

In: how many of the canary's requests were of the costly kind. Out: over the budget by the evidence (fail), within it as
far as was seen (pass), or neither.
"""

from __future__ import annotations

from math import exp, log

from migrator.domain.gates import AvailabilityGate, ColdStartGate, GateResult, Outcome, Strength, ThrottleGate
from migrator.domain.observations import Observation, Sample
from migrator.rollout.gates.rules import Case, Memory, Rules
from migrator.rollout.statistics import budget, record
from migrator.rollout.statistics.budget import BudgetTest, Spending
from migrator.rollout.statistics.levels import Kind
from migrator.rollout.statistics.mixture import log_mean
from migrator.rollout.times import span

COLD_STARTS, THROTTLES, AVAILABILITY = "cold_starts", "throttles", "availability"


def _cold_test(case: Case[ColdStartGate]) -> BudgetTest:
    return BudgetTest(case.level, case.gate.at_most / 100, case.gate.free)


def _throttle_test(case: Case[ThrottleGate]) -> BudgetTest:
    return BudgetTest(case.level, case.gate.at_most / 100, 0)


def _failure_test(case: Case[AvailabilityGate]) -> BudgetTest:
    return BudgetTest(case.level, 1 - case.gate.at_least / 100, 0)


def _known(memory: Memory, free: int) -> Spending:
    return record.spending(memory["spending"]) if "spending" in memory else Spending(free=free)  # type: ignore[arg-type]


def _after(memory: Memory, canary: Sample, spent: int | None, test: BudgetTest) -> Memory:
    if spent is None or not canary.requests:
        return memory
    known = _known(memory, test.free)
    if memory.get("raised"):
        known = budget.raised(known, test)
    return {"spending": record.dumped(budget.seen(known, canary.requests, spent, test))}


def _raised(memory: Memory) -> Memory:
    return {**memory, "raised": True}


def _cold_taken_in(case: Case[ColdStartGate]) -> Memory:
    seen = case.look.observation
    if not isinstance(seen, Observation):
        return case.memory
    return _after(case.memory, seen.canary, seen.canary.cold_starts, _cold_test(case))


def _throttles_taken_in(case: Case[ThrottleGate]) -> Memory:
    seen = case.look.observation
    if not isinstance(seen, Observation):
        return case.memory
    return _after(case.memory, seen.canary, seen.canary.throttled, _throttle_test(case))


def _failures_taken_in(case: Case[AvailabilityGate]) -> Memory:
    seen = case.look.observation
    if not isinstance(seen, Observation):
        return case.memory
    observed = float(case.memory.get("observed_s", 0.0)) + seen.window_s  # type: ignore[arg-type]
    spent = _after(case.memory, seen.canary, seen.canary.first_try_errors, _failure_test(case))
    return {**spent, "observed_s": observed}


def _judge_cold(case: Case[ColdStartGate]) -> GateResult:
    return _judged(COLD_STARTS, case, _cold_test(case), case.state.counted.canary.cold_starts, "began cold")


def _judge_throttles(case: Case[ThrottleGate]) -> GateResult:
    return _judged(THROTTLES, case, _throttle_test(case), case.state.counted.canary.throttled, "were throttled")


def _judged(
    name: str, case: Case[ColdStartGate] | Case[ThrottleGate], test: BudgetTest, spent: int | None, what: str
) -> GateResult:
    requests = case.state.counted.canary.requests
    if not requests:
        return GateResult(name, Outcome.NO_DATA, "no canary request yet")
    if spent is None:
        return GateResult(name, Outcome.NO_DATA, f"where the figures are from it is not told which requests {what}")
    known = _known(case.memory, test.free)
    free = f" beside {test.free} free ones at each weight" if test.free else ""
    said = f"{spent}/{requests} ({spent / requests:.2%}) {what}, {case.gate.at_most:g} % allowed{free}"
    # What is free does not count against the budget; so many were at most.
    counted = max(0, spent - test.free * (case.state.step + 1))
    outcome = Outcome.PASS if counted <= test.share * requests else Outcome.UNDECIDED
    return _with_evidence(name, known, test, outcome, said)


def _judge_availability(case: Case[AvailabilityGate]) -> GateResult:
    test = _failure_test(case)
    canary = case.state.counted.canary
    if not canary.requests:
        return GateResult(AVAILABILITY, Outcome.NO_DATA, "no canary request yet")
    observed = float(case.memory.get("observed_s", 0.0))  # type: ignore[arg-type]
    said = (
        f"{1 - canary.error_rate:.3%} of {canary.requests} first tries were good in {span(observed)}, "
        f"{case.gate.at_least:g} % in {span(case.gate.over_s)} wanted before promotion"
    )
    if case.state.step + 1 < len(case.state.plan.steps):
        # Weeks are asked for before the canary is promoted, and not before it gets its next weight.
        good = True
    else:
        # With fewer requests a single failure would decide.
        enough = observed >= case.gate.over_s and canary.requests * test.share >= 1
        good = enough and canary.error_rate <= test.share
    known = _known(case.memory, 0)
    return _with_evidence(AVAILABILITY, known, test, Outcome.PASS if good else Outcome.UNDECIDED, said)


def _with_evidence(name: str, known: Spending, test: BudgetTest, outcome: Outcome, said: str) -> GateResult:
    needed = log(1 / test.level)
    against = max(0.0, log_mean(known.bets))
    text = f"{said}; against it {exp(min(against, 14)):.3g} of {exp(needed):.3g}"
    if budget.is_overspent(known, test):
        outcome = Outcome.FAIL
    return GateResult(name, outcome, text, Strength((against, needed)))


COLD_START_RULES: Rules[ColdStartGate] = Rules(
    lambda _: COLD_STARTS, _judge_cold, _cold_taken_in, raised=_raised, part=Kind.COLD_STARTS
)
THROTTLE_RULES: Rules[ThrottleGate] = Rules(lambda _: THROTTLES, _judge_throttles, _throttles_taken_in, part=Kind.OTHER)
AVAILABILITY_RULES: Rules[AvailabilityGate] = Rules(
    lambda _: AVAILABILITY, _judge_availability, _failures_taken_in, part=Kind.OTHER
)
