"""How the traffic will be shifted, what has been compared, and how to go back, as lines of Markdown.

In: a `Move`. Out: lines and commands. The plan is the one of the branch's router configuration.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from migrator.artifacts.pull_request.move import Move
from migrator.domain.comparisons import Comparison, Difference
from migrator.domain.rollouts import RolloutPlan, Step, Undecided
from migrator.domain.wording import count
from migrator.markdown import cell_code, inline_code, inline_text
from migrator.router.quantities import duration_text
from migrator.router.write_plan import plan_mapping


def steps(move: Move) -> list[str]:
    """A row of a table for each step: number, weight, bake time, canary requests, remarks."""
    return [_step(number, step) for number, step in enumerate(move.plans[0].steps, start=1)] if move.plans else []


def _step(number: int, step: Step) -> str:
    remarks = [
        *(["a person agrees first"] if step.approval else []),
        *(["goes on undecided"] if step.undecided is Undecided.GO_ON else []),
    ]
    return (
        f"| {number} | {step.weight:g} % | {duration_text(step.bake_s)} | {step.min_requests} | {', '.join(remarks)} |"
    )


def gates(move: Move) -> list[str]:
    """A line for each gate, as the configuration says it."""
    return [f"- {inline_code(_gate(each))}" for each in _said(move.plans[0]).get("gates", ())] if move.plans else []


def rules(move: Move) -> list[str]:
    """A line for everything else that the plan says: windows, freezes, what has to be promoted before."""
    if not move.plans:
        return []
    told = {key: value for key, value in _said(move.plans[0]).items() if key not in ("steps", "gates")}
    return [f"- {inline_code(f'{key}: {json.dumps(value, default=str)}')}" for key, value in told.items()]


def routes(move: Move) -> list[str]:
    """Names of the routes."""
    return [plan.route for plan in move.plans]


def rollback(move: Move) -> list[str]:
    """The one command for each route that sends every call back to legacy, as it is typed at the repository's top."""
    router = "" if move.layout.router == "router.yaml" else f" --router {shlex.quote(move.layout.router)}"
    return [f"migrator rollout rollback {shlex.quote(route)}{router}" for route in routes(move)]


def start(move: Move) -> list[str]:
    """The commands that begin to shift."""
    return [command.replace(" rollback ", " start ", 1) for command in rollback(move)]


def compared(comparison: Comparison) -> list[str]:
    """A row of a table for each way in which the answers differ."""
    return [_difference(each) for each in comparison.differences]


def _difference(difference: Difference) -> str:
    example = cell_code(json.dumps(difference.example, ensure_ascii=False))
    return f"| {cell_code(difference.path)} | {cell_code(difference.kind)} | {difference.count:,} | {example} |"


def comparison_said(comparison: Comparison) -> str:
    """The result in a sentence."""
    failed = [
        f"legacy gave no answer to {comparison.failed_legacy:,}" if comparison.failed_legacy else "",
        f"the function gave no answer to {comparison.failed_canary:,}" if comparison.failed_canary else "",
    ]
    told = [f"{comparison.equal:,} answered alike", f"{comparison.different:,} otherwise", *filter(None, failed)]
    return inline_text(f"Of {count(comparison.inputs, 'request')}: {', '.join(told)}.")


def _said(plan: RolloutPlan) -> Mapping[str, Any]:
    return plan_mapping(plan)


def _gate(gate: Mapping[str, Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{kind}: {', '.join(f'{word} {value}' for word, value in said.items())}" for kind, said in gate.items()
    )
