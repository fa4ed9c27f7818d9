"""Says what is wrong with a rollout plan before anything is started with it.

In: a plan, and how its route is measured. Out: every mistake, in words. Where in a file it stands is the router's to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.observations import Measuring
from migrator.domain.rollouts import RolloutPlan
from migrator.rollout.gates import is_counted, name_of

QUANTILES = (0.95, 0.99)
"""Beyond them a plan would wait for thousands of answers before legacy's quantile is even known."""

LEAST_RATIO = 1.1
"""Times are counted by buckets a tenth apart: less cannot be told apart."""


def mistakes(plan: RolloutPlan, measuring: Measuring | None = None) -> tuple[str, ...]:
    """Everything that makes a plan unfit to start, empty where it is fit.

    Args:
        measuring: how the route is measured; None where that is not known yet.
    """
    return (
        *_of_steps(plan),
        *_of_times(plan),
        *(mistake for gate in plan.gates for mistake in _OF_GATES[type(gate)](gate)),
        *_of_names(plan),
        *(_of_measuring(plan, measuring) if measuring is not None else ()),
    )


def _of_steps(plan: RolloutPlan) -> Iterator[str]:
    if not plan.steps:
        yield "the rollout has no steps"
        return
    weights = [step.weight for step in plan.steps]
    for weight in weights:
        if not 0 < weight <= 100:
            yield f"a step's weight lies above 0 and not above 100, not at {weight:g}"
    if any(later <= earlier for earlier, later in pairwise(weights)):
        yield f"the weights of the steps must rise, not {', '.join(f'{weight:g}' for weight in weights)}"
    if weights[-1] != 100:
        yield f"the last step must be 100, not {weights[-1]:g}: a route is promoted at a weight that has held up"
    if weights == [100] and any(is_counted(gate) for gate in plan.gates):
        yield "the only step is 100: without a call left for legacy nothing can be compared; begin below, such as at 50"
    for step in plan.steps:
        if step.bake_s < 0:
            yield f"the bake time at {step.weight:g} % must not be negative"
        if step.min_requests < 0:
            yield f"the step at {step.weight:g} % must not ask for fewer than no canary requests"


def _of_times(plan: RolloutPlan) -> Iterator[str]:
    if plan.silence_s <= 0:
        yield "the limit of silence must be above 0 seconds"
    if plan.safe_weight and plan.safe_weight not in [step.weight for step in plan.steps]:
        yield f"the weight for silence is 0 or that of a step, not {plan.safe_weight:g}"
    if plan.rollback_window_s < 0:
        yield "the rollback window must not be negative"
    for freeze in plan.freezes:
        if freeze.ends <= freeze.begins:
            yield "a freeze must end after it begins"
    for window in plan.windows:
        if window.begins == window.ends or not window.days:
            yield "a window must have days and a length"


def _of_names(plan: RolloutPlan) -> Iterator[str]:
    for name, times in Counter(name_of(gate) for gate in plan.gates).items():
        if times > 1:
            yield f"{times} gates are called {name}"


def _of_measuring(plan: RolloutPlan, measuring: Measuring) -> Iterator[str]:
    needs = (
        (LatencyGate, measuring.times, "answers counted by their time; a quantile for each minute does not suffice"),
        (ColdStartGate, measuring.cold_starts, "which requests began with a cold start"),
        (ThrottleGate, measuring.throttles, "which tries were throttled"),
    )
    for gate in plan.gates:
        for kind, told, what in needs:
            if isinstance(gate, kind) and not told:
                yield f"{name_of(gate)}: the figures of {measuring.point} do not tell {what}; leave the gate out"


def _error_rate(gate: ErrorRateGate) -> Iterator[str]:
    if not 0 < gate.worse_by_pp < 100:
        yield (
            f"error_rate: worse_by lies between 0 and 100 percentage points, not at {gate.worse_by_pp:g}: no number of "
            "requests shows that a canary is not worse at all"
        )


def _latency(gate: LatencyGate) -> Iterator[str]:
    if gate.quantile not in QUANTILES:
        yield f"latency: p95 and p99 can be tested, not p{gate.quantile * 100:g}"
    if gate.ratio <= LEAST_RATIO:
        yield f"latency: the ratio must be above {LEAST_RATIO:g}, not {gate.ratio:g}"


def _parity(gate: ParityGate) -> Iterator[str]:
    if gate.different < 0:
        yield f"parity: different must not be negative, not {gate.different}"


def _share(gate: ColdStartGate | ThrottleGate) -> Iterator[str]:
    if not 0 < gate.at_most < 100:
        yield f"{name_of(gate)}: at_most lies between 0 and 100 percent, not at {gate.at_most:g}"


def _availability(gate: AvailabilityGate) -> Iterator[str]:
    if not 0 < gate.at_least < 100:
        yield f"availability: at_least lies between 0 and 100 percent, not at {gate.at_least:g}"


def _reading(gate: ReadingGate) -> Iterator[str]:
    if gate.at_most is None and gate.at_least is None:
        yield f"{gate.name}: say at_most or at_least"
    if gate.at_most is not None and gate.at_least is not None and gate.at_most < gate.at_least:
        yield f"{gate.name}: at_most {gate.at_most:g} lies below at_least {gate.at_least:g}"


def _webhook(gate: WebhookGate) -> Iterator[str]:
    if not gate.url.startswith(("https://", "http://")):
        yield f"{gate.name}: the URL must begin with https:// or http://"


_OF_GATES: Mapping[type, Callable[[Any], Iterator[str]]] = {
    ErrorRateGate: _error_rate,
    LatencyGate: _latency,
    ParityGate: _parity,
    ColdStartGate: _share,
    ThrottleGate: _share,
    AvailabilityGate: _availability,
    ReadingGate: _reading,
    WebhookGate: _webhook,
}
