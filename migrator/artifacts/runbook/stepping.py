"""The steps and the gates of a rollout as rows, exactly as the plan has them.

In: a route with its plan. Out: rows and sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migrator.artifacts.runbook.context import RouteRun, RunbookContext
from migrator.artifacts.runbook.parts import Block
from migrator.artifacts.runbook.words import (
    freeze_text,
    gate_decides,
    gate_means,
    gate_name,
    number,
    percent,
    spelled,
    window_text,
)
from migrator.domain.gates import AvailabilityGate
from migrator.domain.rollouts import Step, Undecided
from migrator.markdown import code_span


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step.

    Attributes:
        begins: how it begins, when all before has passed; a sentence.
        ends: what ends it; a sentence.
        blocks: commands of this step.
    """

    number: int
    weight: str
    bake: str
    requests: str
    begins: str
    ends: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate: its name, what passes it, how that is decided."""

    name: str
    means: str
    decides: str


def step_rows(context: RunbookContext, run: RouteRun) -> Iterator[StepRow]:
    """The steps, in order."""
    last = len(run.plan.steps)
    for at, step in enumerate(run.plan.steps, start=1):
        yield StepRow(
            number=at,
            weight=percent(step.weight),
            bake=spelled(step.bake_s),
            requests=f"{step.min_requests:,}",
            begins=_begins(at, step),
            ends=_ends(step, is_last=at == last),
            blocks=tuple(_blocks(context, run, at, step)),
        )


def _begins(at: int, step: Step) -> str:
    if step.approval:
        return "A person agrees first."
    return "It begins with the start." if at == 1 else "It begins by itself, once the one before has ended."


def _ends(step: Step, *, is_last: bool) -> str:
    following = "the rollout is promoted" if is_last else "the next one begins"
    if step.undecided is Undecided.GO_ON and not is_last:
        return (
            f"It ends after its bake time also where a gate has not seen enough; then {following}. A gate that doubts the "
            "canary holds it all the same."
        )
    return f"It ends when its bake time is over, enough requests have come and every gate passes; then {following}."


def _blocks(context: RunbookContext, run: RouteRun, at: int, step: Step) -> Iterator[Block]:
    if step.approval:
        agree = context.tool("rollout", "promote", run.name, "--reason", f"step {at} may begin")
        yield Block(
            "Look at both sides first. If it looks right, agree:",
            (agree,),
            "Without this it stays at the weight before, in the phase `awaiting-approval`.",
        )
    yield Block(
        f"While it goes on, `weight` says `{percent(step.weight)} recorded` and about as much live:",
        (context.tool("rollout", "status", run.name),),
    )


def gate_rows(run: RouteRun) -> Iterator[GateRow]:
    """The gates, in order."""
    for gate in run.plan.gates:
        yield GateRow(gate_name(gate), gate_means(gate), gate_decides(gate))


def calendar_of(run: RouteRun) -> Iterator[str]:
    """When weight is raised, what it waits for, and what happens without figures; sentences in Markdown."""
    plan = run.plan
    if plan.windows:
        yield f"Weight is raised only at these times: {'; '.join(code_span(window_text(window)) for window in plan.windows)}."
    for freeze in plan.freezes:
        yield f"No weight is raised at {code_span(freeze_text(freeze))}."
    if plan.after:
        yield f"It begins when these are promoted: {_named(plan.after)}."
    if run.not_above:
        yield f"Its weight is never above that of {_named(run.not_above)}, and goes down with it."
    if run.group:
        yield f"Callers stay on one side together with {_named(run.group)}: one weight for all, and they go back together."
    yield f"Without figures for {spelled(plan.silence_s)} the weight goes back to {number(plan.safe_weight)} % by itself."
    if plan.rollback_window_s:
        yield (
            f"After promotion legacy is kept ready for {spelled(plan.rollback_window_s)}, and the canary is watched as long."
        )
    if any(isinstance(gate, AvailabilityGate) for gate in plan.gates):
        yield "The gate of availability is looked at before promotion only."


def _named(routes: Iterable[str]) -> str:
    return ", ".join(map(code_span, routes))


def times_of(run: RouteRun) -> str:
    """The sum of the bake times: the rollout takes no less."""
    return spelled(sum(step.bake_s for step in run.plan.steps))
