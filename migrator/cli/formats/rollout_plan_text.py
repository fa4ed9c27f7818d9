"""A plan with its times as lines of plain text.

In: a plan and its forecast. Out: lines. Where they go is the command's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.cli.formats.rollout_text import calendar_lines
from migrator.domain.forecasts import Duration, GateForecast, PlanForecast, StepForecast
from migrator.domain.rollouts import RolloutPlan, Undecided
from migrator.rollout.times import span

_HEAD = ("step", "weight", "bake", "canary/min", "earliest", "half begin by", "99 of 100 by", "")
_NEVER = "never"


def plan_forecast_lines(plan: RolloutPlan, seen: PlanForecast) -> Iterator[str]:
    """The table of steps, what each gate needs, and what would be shorter."""
    template = f" (template {seen.template})" if seen.template else ""
    yield f"rollout of {seen.route}{template}"
    yield f"traffic: {seen.per_minute:,.4g} requests a minute, {seen.traffic}"
    yield from calendar_lines(plan)
    if plan.after:
        yield "dates do not wait for what has to be promoted first"
    yield ""
    yield from _table([_HEAD, *(_row(plan, step) for step in seen.steps), _promoted(seen)])
    for step in seen.steps:
        yield ""
        yield f"step {step.step + 1}, {step.weight:g} %{_hold(step)}"
        for gate in step.gates:
            yield from _gate(gate)
    if seen.advice:
        yield ""
        yield "what would hold less:"
        for line in seen.advice:
            yield f"  {line}"


def _row(plan: RolloutPlan, step: StepForecast) -> tuple[str, ...]:
    said = plan.steps[step.step]
    remarks = [
        *(["a person agrees first"] if step.approval else []),
        *(["goes on undecided"] if said.undecided is Undecided.GO_ON else []),
    ]
    return (
        str(step.step + 1),
        f"{step.weight:g} %",
        span(step.bake_s) if step.bake_s else "0 s",
        f"{step.canary_per_minute:,.4g}",
        step.earliest or _NEVER,
        step.usual or _NEVER,
        step.latest or _NEVER,
        ", ".join(remarks),
    )


def _promoted(seen: PlanForecast) -> tuple[str, ...]:
    dates = (seen.promoted_earliest, seen.promoted_usual, seen.promoted_latest)
    return ("", "promoted", "", "", *(date or _NEVER for date in dates), "")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _hold(step: StepForecast) -> str:
    if step.holds_s == 0 and step.holds_high_s == 0:
        return ": its bake time is enough"
    usual = "for ever" if step.holds_s is None else span(step.holds_s) if step.holds_s else "no longer"
    high = "for ever" if step.holds_high_s is None else span(step.holds_high_s)
    return f": bakes {span(step.bake_s)}, and holds beyond that: {usual} usually, up to {high} in 99 of 100"


def _gate(gate: GateForecast) -> Iterator[str]:
    remark = f" ({gate.remark})" if gate.remark else ""
    if gate.find is None:
        yield f"  {gate.gate}: {gate.remark}"
        return
    yield f"  {gate.gate}: finds {gate.fault} {_needed(gate.find)}{remark}"
    if gate.show is not None:
        yield f"  {' ' * len(gate.gate)}  shows a canary like legacy {_needed(gate.show)}"


def _needed(need: Duration) -> str:
    if need.median is None:
        return "never"
    half = f"within {_count(need.median)} ({_span(need.median_s)})"
    if need.high is None:
        return f"{half} at best, one in a hundred never"
    return f"{half}, 99 of 100 within {_count(need.high)} ({_span(need.high_s)})"


def _count(requests: float) -> str:
    return f"{max(round(requests), 1):,} canary requests"


def _span(seconds: float | None) -> str:
    return _NEVER if seconds is None else span(seconds) if seconds >= 1 else "at once"
