"""Says what is wrong with a rollout plan before anything is started with it.

In: a plan. Out: every mistake, in words. Where in a file it stands is the router's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from migrator.domain.gates import ErrorRateGate, Gate, LatencyGate, ParityGate
from migrator.domain.rollouts import RolloutPlan

MEASURED_QUANTILE = 0.95
"""The one quantile that the metric sources give."""


def mistakes(plan: RolloutPlan) -> tuple[str, ...]:
    """Everything that makes a plan unfit to start, empty where it is fit."""
    return (*_of_steps(plan), *(mistake for gate in plan.gates for mistake in _of_gate(gate)))


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
    for step in plan.steps:
        if step.bake_s < 0:
            yield f"the bake time at {step.weight:g} % must not be negative"
        if step.min_requests < 0:
            yield f"the step at {step.weight:g} % must not ask for fewer than no canary requests"


def _of_gate(gate: Gate) -> Iterator[str]:
    match gate:
        case ErrorRateGate(worse_by_pp=margin):
            if not 0 <= margin < 100:
                yield f"error_rate: worse_by lies between 0 and 100 percentage points, not at {margin:g}"
        case ParityGate(different=allowed):
            if allowed < 0:
                yield f"parity: different must not be negative, not {allowed}"
        case LatencyGate(quantile=quantile, ratio=ratio):
            if quantile != MEASURED_QUANTILE:
                yield f"latency: only p95 is measured, not p{quantile * 100:g}"
            if ratio <= 0:
                yield f"latency: the ratio must be above 0, not {ratio:g}"
