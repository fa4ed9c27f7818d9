"""Judges the gates of a rollout.

In: a state with a look. Out: what each gate remembers, and one result a gate with its figures. What a result leads to is
`decide`'s. A kind of gate is a file here and a line in `KINDS`.

A gate fails only on evidence, never on noise, and passes only on data: whatever lies between is `undecided`, and both
`undecided` and `no-data` hold the rollout where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    GateResult,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.looks import Look
from migrator.domain.rollouts import RolloutPlan, RolloutState
from migrator.rollout.gates import asked, budgets, error_rate, latency, parity
from migrator.rollout.gates.rules import Case, Memory, Rules
from migrator.rollout.statistics.levels import split

KINDS: Mapping[type, Rules[Any]] = {
    ErrorRateGate: error_rate.RULES,
    LatencyGate: latency.RULES,
    ParityGate: parity.RULES,
    ColdStartGate: budgets.COLD_START_RULES,
    ThrottleGate: budgets.THROTTLE_RULES,
    AvailabilityGate: budgets.AVAILABILITY_RULES,
    ReadingGate: asked.READING_RULES,
    WebhookGate: asked.WEBHOOK_RULES,
}


def name_of(gate: Gate) -> str:
    """How the gate is called in evidence, such as `error_rate` or `latency_p95`."""
    return str(KINDS[type(gate)].name(gate))


def is_counted(gate: Gate) -> bool:
    """Whether the gate judges counted requests by a sequential test."""
    return KINDS[type(gate)].part is not None


def levels_of(plan: RolloutPlan) -> Mapping[str, float]:
    """By name each gate's part of the chance that the whole rollout is rolled back for nothing."""
    parts = [(name_of(gate), KINDS[type(gate)].part) for gate in plan.gates]
    tested = [(name, part) for name, part in parts if part is not None]
    return dict(zip((name for name, _ in tested), split([part for _, part in tested]), strict=True))


def remembered(state: RolloutState, look: Look) -> Mapping[str, Memory]:
    """What every gate remembers after a look."""
    kept = {name_of(gate): KINDS[type(gate)].takes_in(case) for gate, case in _cases(state, look)}
    return {name: memory for name, memory in kept.items() if memory}


def raised(state: RolloutState) -> Mapping[str, Memory]:
    """What every gate remembers when the weight is raised."""
    kept = {name_of(gate): KINDS[type(gate)].raised(state.memory.get(name_of(gate), {})) for gate in state.plan.gates}
    return {name: memory for name, memory in kept.items() if memory}


def judged(state: RolloutState, look: Look) -> tuple[GateResult, ...]:
    """What every gate of the plan says, once the look was taken in."""
    return tuple(KINDS[type(gate)].judge(case) for gate, case in _cases(state, look))


def before_any_weight(state: RolloutState, look: Look) -> tuple[GateResult, ...]:
    """What those gates say that can be judged while the canary has no traffic."""
    return tuple(KINDS[type(gate)].judge(case) for gate, case in _cases(state, look) if not is_counted(gate))


def _cases(state: RolloutState, look: Look) -> Iterator[tuple[Gate, Case[Any]]]:
    levels = levels_of(state.plan)
    for gate in state.plan.gates:
        name = name_of(gate)
        yield gate, Case(gate, state.memory.get(name, {}), state, look, levels.get(name, 0.0))
