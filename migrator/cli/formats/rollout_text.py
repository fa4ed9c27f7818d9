"""A rollout as lines of plain text: its plan, its status, its history line by line.

In: plans, statuses, history entries. Out: lines. Where they go is the command's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

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
from migrator.domain.rollouts import HistoryEntry, PullRequestStatus, RolloutPlan, RolloutStatus, Undecided, Window
from migrator.rollout.replay import Replayed
from migrator.rollout.times import clock_time
from migrator.router.dates import DAYS, clock_text
from migrator.router.quantities import duration_text


def plan_lines(plan: RolloutPlan) -> Iterator[str]:
    """The steps and gates of a plan."""
    yield f"rollout of {plan.route}"
    for number, step in enumerate(plan.steps, 1):
        bake = duration_text(step.bake_s) if step.bake_s else "0s"
        agreed = ", once a person agrees" if step.approval else ""
        lenient = ", and on although gates are undecided" if step.undecided is Undecided.GO_ON else ""
        yield f"  step {number}: {step.weight:g} % for {bake}, at least {step.min_requests} canary requests{lenient}{agreed}"
    for gate in plan.gates:
        yield f"  gate: {_gate(gate)}"
    for line in calendar_lines(plan):
        yield f"  {line}"
    if not any(isinstance(gate, ParityGate) for gate in plan.gates):
        yield "  no parity gate: nobody has to have compared the answers before the first weight"


def calendar_lines(plan: RolloutPlan) -> Iterator[str]:
    """When a plan raises weight, what it waits for, and what becomes of the canary otherwise."""
    for window in plan.windows:
        yield f"window: {_window(window)}"
    for freeze in plan.freezes:
        why = f" ({freeze.reason})" if freeze.reason else ""
        yield f"freeze: {clock_time(freeze.begins)} to {clock_time(freeze.ends)}{why}"
    if plan.after:
        yield f"after: {', '.join(plan.after)} must be promoted before the first step"
    yield (
        f"silence: without figures for {duration_text(plan.silence_s)} back to {plan.safe_weight:g} %; "
        f"rollback window: {duration_text(plan.rollback_window_s)} after promotion"
    )


def _window(window: Window) -> str:
    days = ", ".join(DAYS[day] for day in window.days) if len(window.days) < len(DAYS) else "every day"
    return f"{days}, {clock_text(window.begins)} to {clock_text(window.ends)} {window.zone}"


def _gate(gate: Gate) -> str:
    match gate:
        case ErrorRateGate(worse_by_pp=margin):
            return f"error_rate: first tries of the canary fail at most {margin:g} percentage points more often"
        case ParityGate(different=allowed):
            return f"parity: at most {allowed} compared answers differ, also before the first weight"
        case LatencyGate(quantile=quantile, ratio=ratio):
            return f"latency: p{quantile * 100:g} of the canary is at most {ratio:g} times that of legacy"
        case ColdStartGate(at_most=share):
            return f"cold_starts: at most {share:g} % of the canary's requests begin with a cold start"
        case ThrottleGate(at_most=share):
            return f"throttles: at most {share:g} % of the canary's first tries are throttled"
        case AvailabilityGate(at_least=share, over_s=seconds):
            return f"availability: before promotion {share:g} % of the canary's first tries are good for {duration_text(seconds)}"
        case ReadingGate(name=name, kind=kind):
            return f"{name}: {kind} {_limits(gate)}"
        case WebhookGate(name=name, url=url):
            return f"{name}: {url} says so"
        case _:
            assert_never(gate)


def _limits(gate: ReadingGate) -> str:
    limits = [("at least", gate.at_least), ("at most", gate.at_most)]
    said = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
    return f"{said}, beyond it for {duration_text(gate.for_s)} rolls back" if gate.for_s else said


def status_lines(status: RolloutStatus) -> Iterator[str]:
    """How a rollout stands."""
    live = f"unknown ({status.weight.unknown})" if status.weight.live is None else f"{status.weight.live:g} %"
    yield f"route     {status.route} (revision {status.revision})"
    yield f"phase     {status.phase}, {step_text(status.step, status.steps)}, since {status.since}"
    yield f"weight    {status.weight.configured:g} % recorded, {live} live"
    if status.pull_request is not None:
        yield f"request   {request_text(status.pull_request)}"
    yield f"reason    {status.reason}"
    for gate in status.gates:
        yield f"gate      {gate_text(gate)}"
    yield f"next      {status.next}"


def request_text(request: PullRequestStatus) -> str:
    """How the newest pull request for a weight stands: `25 %, open, https://…; router.yaml is committed with 5 %`."""
    asked = f"{request.weight:g} %" if request.weight is not None else "nothing is asked for"
    parts = [asked, *([str(request.standing)] if request.standing is not None else []), *filter(None, [request.url])]
    committed = "" if request.committed is None else f"; router.yaml is committed with {request.committed:g} %"
    return f"{', '.join(parts)}{committed}"


def status_table(statuses: Sequence[RolloutStatus]) -> Iterator[str]:
    """A line for each rollout: route, phase, step, weight recorded and live, and why it stands there."""
    rows = [
        (
            one.route,
            str(one.phase),
            f"{one.step + 1}/{one.steps}",
            f"{one.weight.configured:g} %",
            "?" if one.weight.live is None else f"{one.weight.live:g} %",
            one.reason,
        )
        for one in statuses
    ]
    if not rows:
        yield "no rollout is recorded"
        return
    head = ("route", "phase", "step", "weight", "live", "reason")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    for row in (head, *rows):
        yield "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1])).rstrip()


def replayed_line(each: Replayed) -> str:
    """One entry of an audit log and what came out of it again, in one line."""
    entry = each.entry
    what = " ".join(part for part in (str(entry.event), entry.request or "", entry.action) if part)
    by = f" by {entry.by}" if entry.by else ""
    return (
        f"{'DIFFERS' if each.differs else 'same   '} {clock_time(entry.at)} {what}{by}: {each.differs or entry.reason}"
    )


def step_text(step: int, steps: int) -> str:
    """`step 2 of 3`, or that there is none yet."""
    return f"step {step + 1} of {steps}" if step >= 0 else "no step yet"


def gate_text(gate: GateResult) -> str:
    """One gate in one line."""
    return f"{gate.name} {gate.outcome}: {gate.evidence}"


def entry_line(entry: HistoryEntry) -> str:
    """One recorded decision in one line."""
    step = f" step {entry.step + 1}" if entry.step >= 0 else ""
    return f"{clock_time(entry.at)} {entry.phase}{step} {entry.weight:g} %: {entry.reason}"
