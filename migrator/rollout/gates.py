"""Judges the gates of a rollout from what was measured and compared.

In: the state, an observation since the step's weight became live, the last comparison. Out: one result a gate,
with its figures. What a result leads to is `decide`'s.

A gate fails only on evidence, never on noise, and passes only on data: whatever lies between is `undecided`,
and both `undecided` and `no-data` hold the rollout where it is.
"""

from __future__ import annotations

from math import exp, log
from typing import assert_never

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
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import RolloutState
from migrator.rollout.statistics.buckets import quantile_ms
from migrator.rollout.statistics.error_rates import Count, log_evidence

PARITY = "parity"

LEVEL = 0.01
"""The chance that a whole rollout of a canary within the margin is ever rolled back by the error-rate gate.

Half of it goes to the first step, half of the rest to the second, and so on: most faults show at once, and the
parts never add up to more than the whole, however many steps there are.
"""

ENOUGH_LEGACY = 20
"""Legacy requests in a step's own window from which they are taken alone.

With fewer (as at 100 %) what legacy did in the finished steps is counted too. The window's own are preferred
because trouble that both sides share shows in both only at the same time.
"""

ENOUGH_TO_PASS_LATENCY = 100
"""Requests on either side: a 95th percentile then has five answers beyond it."""

ENOUGH_TO_FAIL_LATENCY = 1000
"""Requests on either side before a slow quantile rolls back.

The relative standard error of the 95th percentile of a lognormal time with sigma 0.6 is
`0.6 * sqrt(0.05 * 0.95 / n) / 0.103` (Cramer, Mathematical Methods of Statistics, 28.5): 13 % at 100 requests,
where a ratio of 1.2 is mere noise, and 4 % at 1,000.
"""


def measured(
    state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData
) -> tuple[GateResult, ...]:
    """What every gate of the plan says, and first whether the step has seen enough canary requests."""
    return (
        _requests(state, observation),
        *(_judge(gate, state, observation, comparison) for gate in state.plan.gates),
    )


def before_any_weight(state: RolloutState, comparison: Comparison | NoData) -> tuple[GateResult, ...]:
    """What those gates say that can be judged while the canary has no traffic."""
    return tuple(_parity(gate, comparison) for gate in state.plan.gates if isinstance(gate, ParityGate))


def name_of(gate: Gate) -> str:
    """How the gate is called in evidence, such as `error_rate` or `latency_p95`."""
    match gate:
        case ErrorRateGate():
            return "error_rate"
        case ParityGate():
            return PARITY
        case LatencyGate(quantile=quantile):
            return f"latency_p{quantile * 100:g}"
        case ColdStartGate():
            return "cold_starts"
        case ThrottleGate():
            return "throttles"
        case AvailabilityGate():
            return "availability"
        case ReadingGate(name=name) | WebhookGate(name=name):
            return name
        case _:
            assert_never(gate)


def _judge(
    gate: Gate, state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData
) -> GateResult:
    match gate:
        case ErrorRateGate():
            return _error_rate(gate, state, observation)
        case ParityGate():
            return _parity(gate, comparison)
        case LatencyGate():
            return _latency(gate, state, observation)
        case ColdStartGate() | ThrottleGate() | AvailabilityGate() | ReadingGate() | WebhookGate():
            return GateResult(name_of(gate), Outcome.NO_DATA, "not judged yet")
        case _:
            assert_never(gate)


def _requests(state: RolloutState, observation: Observation | NoData) -> GateResult:
    wanted = state.plan.steps[state.step].min_requests
    match _canary(observation):
        case NoData(reason=reason):
            return GateResult("requests", Outcome.NO_DATA, reason)
        case Sample(requests=seen):
            outcome = Outcome.PASS if seen >= wanted else Outcome.UNDECIDED if seen else Outcome.NO_DATA
            return GateResult("requests", outcome, f"{seen} of {wanted} canary requests")


def _parity(gate: ParityGate, comparison: Comparison | NoData) -> GateResult:
    match comparison:
        case NoData(reason=reason):
            return GateResult(PARITY, Outcome.NO_DATA, reason)
        case Comparison() as seen:
            # What legacy itself could not answer says nothing about the canary.
            answered = seen.inputs - seen.failed_legacy
            if answered <= 0:
                return GateResult(PARITY, Outcome.NO_DATA, f"legacy answered none of {seen.inputs} compared inputs")
            unlike = max(seen.different + seen.failed_canary, answered - seen.equal)
            outcome = Outcome.PASS if unlike <= gate.different else Outcome.FAIL
            return GateResult(
                PARITY, outcome, f"{unlike} of {answered} answers differ or are missing, {gate.different} allowed"
            )


def _error_rate(gate: ErrorRateGate, state: RolloutState, observation: Observation | NoData) -> GateResult:
    canary, legacy = _canary(observation), _legacy(state, observation)
    if isinstance(canary, NoData):
        return GateResult("error_rate", Outcome.NO_DATA, canary.reason)
    if canary.requests == 0:
        return GateResult("error_rate", Outcome.NO_DATA, "no canary request yet")
    unknown = isinstance(legacy, NoData)
    base = Sample(0, 0) if isinstance(legacy, NoData) else legacy
    margin = gate.worse_by_pp / 100
    evidence = log_evidence(
        Count(canary.first_try_errors, canary.requests), Count(base.first_try_errors, base.requests), margin
    )
    needed = level_of(state.step)
    said = (
        f"canary {_share(canary)}, legacy {'unknown' if unknown else _share(base)}, {gate.worse_by_pp:g} pp allowed, "
        f"evidence against it {_figure(evidence)}, {1 / needed:.0f} rolls back"
    )
    if evidence >= log(1 / needed):
        return GateResult("error_rate", Outcome.FAIL, said)
    if unknown:
        return GateResult("error_rate", Outcome.NO_DATA, f"{said}; no legacy request to compare with")
    within = canary.error_rate <= base.error_rate + margin
    return GateResult("error_rate", Outcome.PASS if within else Outcome.UNDECIDED, said)


def level_of(step: int) -> float:
    """The part of `LEVEL` that a step may use up."""
    return LEVEL / 2.0 ** (step + 1)


def _latency(gate: LatencyGate, state: RolloutState, observation: Observation | NoData) -> GateResult:
    name = name_of(gate)
    canary, legacy = _canary(observation), _legacy(state, observation)
    for side in (canary, legacy):
        if isinstance(side, NoData):
            return GateResult(name, Outcome.NO_DATA, side.reason)
    assert isinstance(canary, Sample) and isinstance(legacy, Sample)
    fewest = min(canary.requests, legacy.requests)
    slow, usual = quantile_ms(canary.times, gate.quantile), quantile_ms(legacy.times, gate.quantile)
    if slow is None or usual is None or fewest < ENOUGH_TO_PASS_LATENCY:
        return GateResult(
            name,
            Outcome.NO_DATA,
            f"canary {canary.requests} and legacy {legacy.requests} timed requests, {ENOUGH_TO_PASS_LATENCY} needed",
        )
    said = f"canary {slow:.1f} ms, legacy {usual:.1f} ms, ratio of {gate.ratio:g} allowed"
    if slow <= gate.ratio * usual:
        return GateResult(name, Outcome.PASS, said)
    if fewest < ENOUGH_TO_FAIL_LATENCY:
        return GateResult(name, Outcome.UNDECIDED, f"{said}; {ENOUGH_TO_FAIL_LATENCY} requests a side to be sure")
    return GateResult(name, Outcome.FAIL, said)


def _canary(observation: Observation | NoData) -> Sample | NoData:
    return observation if isinstance(observation, NoData) else observation.canary


def _legacy(state: RolloutState, observation: Observation | NoData) -> Sample | NoData:
    """Legacy in this window, together with the finished steps where the window has too little."""
    now = observation if isinstance(observation, NoData) else observation.legacy
    if isinstance(now, Sample) and now.requests >= ENOUGH_LEGACY:
        return now
    both = pooled(state.baseline, now)
    if both is not None and both.requests > 0:
        return both
    return now if isinstance(now, NoData) else NoData("no legacy request yet")


def pooled(earlier: Sample | None, now: Sample | NoData) -> Sample | None:
    """Legacy's counts of two windows together."""
    if isinstance(now, NoData):
        return earlier
    if earlier is None:
        return now
    return earlier + now


def _share(sample: Sample) -> str:
    return f"{sample.first_try_errors}/{sample.requests} ({sample.error_rate:.2%}) failed first"


def _figure(log_value: float) -> str:
    return f"{exp(log_value):.2g}" if log_value < 14 else "over 1,000,000"
