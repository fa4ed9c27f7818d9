"""What would make a plan that holds long hold less.

In: a plan, its forecast, the traffic. Out: sentences, each with the figure of the plan that it advises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migrator.domain.forecasts import PlanForecast, StepForecast
from migrator.domain.gates import ErrorRateGate, LatencyGate
from migrator.domain.rollouts import RolloutPlan, Undecided
from migrator.domain.traffic import Traffic
from migrator.rollout.forecast.plan import forecast
from migrator.rollout.times import span

_WORTH_SAYING_S = 60.0
"""Holds shorter than this are not worth a change."""


def advised(plan: RolloutPlan, seen: PlanForecast, traffic: Traffic, now: float) -> tuple[str, ...]:
    """How to hold less, or nothing where hardly anything is held."""
    if traffic.mean_per_minute <= 0:
        return ("there is no traffic: no gate that counts requests will ever decide",)
    held = next((step for step in seen.steps if _is_long(step.holds_high_s)), None)
    if held is None:
        return ()
    at = held.step
    return tuple(
        f"{what}: step {at + 1} would hold {_held(then.steps[at])}"
        for what, other in _others(plan, at)
        if _is_shorter((then := forecast(other, traffic, now)).steps[at].holds_high_s, held.holds_high_s)
    )


def _others(plan: RolloutPlan, at: int) -> Iterator[tuple[str, RolloutPlan]]:
    steps = plan.steps
    for position, gate in enumerate(plan.gates):
        match gate:
            case ErrorRateGate(worse_by_pp=margin):
                larger = 2 * margin
                if larger < 100:
                    yield f"with worse_by: {larger:g}pp", _with_gate(plan, position, ErrorRateGate(larger))
            case LatencyGate(quantile=quantile, ratio=ratio):
                higher = round(1 + 2 * (ratio - 1), 2)
                other = LatencyGate(quantile, higher)
                yield f"with a p{quantile * 100:g} ratio of {higher:g}", _with_gate(plan, position, other)
            case _:
                pass
    following = steps[at + 1].weight if at + 1 < len(steps) else 100.0
    if following < 100:
        lenient = replace(steps[at], undecided=Undecided.GO_ON)
        yield "with undecided: go-on", replace(plan, steps=(*steps[:at], lenient, *steps[at + 1 :]))
    weight = min(2 * steps[at].weight, (steps[at].weight + following) / 2)
    if steps[at].weight < weight < following:
        heavier = replace(steps[at], weight=weight)
        yield f"with a weight of {weight:g} % there", replace(plan, steps=(*steps[:at], heavier, *steps[at + 1 :]))


def _with_gate(plan: RolloutPlan, position: int, gate: ErrorRateGate | LatencyGate) -> RolloutPlan:
    return replace(plan, gates=(*plan.gates[:position], gate, *plan.gates[position + 1 :]))


def _is_long(held: float | None) -> bool:
    return held is None or held > _WORTH_SAYING_S


def _is_shorter(one: float | None, other: float | None) -> bool:
    return one is not None and (other is None or one < other)


def _held(step: StepForecast) -> str:
    usual = _shown(step.holds_s)
    return usual if step.holds_high_s == step.holds_s else f"{usual}, one in a hundred {_shown(step.holds_high_s)}"


def _shown(held: float | None) -> str:
    return "for ever" if held is None else span(held) if held > 0 else "no longer than it bakes"
