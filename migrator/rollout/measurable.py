"""Leaves out of a template's plan what the figures of a route cannot tell.

In: a plan, and how its route is measured. Out: the plan that can be carried out, and what was left out, for people. Gates
that a person has written stay: there `validation` says what is wrong.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.gates import ColdStartGate, LatencyGate
from migrator.domain.observations import Measuring
from migrator.domain.rollouts import RolloutPlan
from migrator.rollout.gates import name_of
from migrator.router.templates import TEMPLATES


def measurable(plan: RolloutPlan, measuring: Measuring) -> tuple[RolloutPlan, tuple[str, ...]]:
    """The plan without those gates of its template that have no figures, and their names."""
    template = TEMPLATES.get(plan.template)
    if template is None or plan.gates != template.gates:
        return plan, ()
    untold = tuple(
        gate
        for gate in plan.gates
        if (isinstance(gate, ColdStartGate) and not measuring.cold_starts)
        or (isinstance(gate, LatencyGate) and not measuring.times)
    )
    kept = tuple(gate for gate in plan.gates if gate not in untold)
    return replace(plan, gates=kept), tuple(name_of(gate) for gate in untold)
