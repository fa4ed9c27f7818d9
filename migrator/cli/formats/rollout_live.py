"""A rollout under way on a terminal: one picture that is drawn anew after every tick.

In: ticks. Out: rich renderables. Text from elsewhere is made inert.
"""

from __future__ import annotations

import time
from collections import deque
from math import inf
from typing import TYPE_CHECKING

from migrator.cli.formats.rollout_text import entry_line, step_text
from migrator.cli.terminal import inert
from migrator.domain.gates import GateResult, Outcome
from migrator.domain.observations import NoData, Sample
from migrator.domain.rollouts import HistoryEntry, Phase
from migrator.rollout.outlook import next_of
from migrator.rollout.statistics.buckets import quantile_ms
from migrator.rollout.statistics.quantiles import interval
from migrator.rollout.times import span

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from migrator.rollout.ticks import Tick

_LINES = 8
_BAR = 40
_EVIDENCE_BAR = 12
_PHASE_STYLE = {
    Phase.PROMOTED: "bold green",
    Phase.ROLLED_BACK: "bold red",
    Phase.ROLLING_BACK: "bold red",
    Phase.HOLDING: "bold yellow",
    Phase.AWAITING_APPROVAL: "bold yellow",
    Phase.PAUSED: "bold yellow",
    Phase.PENDING: "bold yellow",
}
_OUTCOME_STYLE = {
    Outcome.PASS: "green",
    Outcome.FAIL: "bold red",
    Outcome.UNDECIDED: "yellow",
    Outcome.NO_DATA: "yellow",
}


class LiveView:
    """Draws ticks.

    Args:
        entries: lines of history from before.
    """

    def __init__(self, entries: tuple[HistoryEntry, ...] = ()) -> None:
        self._entries = deque(entries, maxlen=_LINES)
        self._began = time.monotonic()

    def draw(self, tick: Tick) -> RenderableType:
        """The picture after a tick."""
        from rich.console import Group
        from rich.text import Text

        self._entries.extend(tick.entries)
        state = tick.state
        head = Text.assemble(
            (inert(state.route), "bold"),
            f"  revision {state.revision}  ",
            (str(state.phase), _PHASE_STYLE.get(state.phase, "bold cyan")),
            f"  {step_text(state.step, len(state.plan.steps))}",
        )
        parts: list[RenderableType] = [head, _bar(tick)]
        if (baked := _baked(tick)) is not None:
            parts.append(baked)
        parts += [Text(inert(state.reason), style="bold red" if state.due else ""), Text(), _sides(tick), Text()]
        parts.append(_gates(state.evidence))
        if tick.trouble:
            parts.append(Text(inert(f"trouble: {tick.trouble}; tried again"), style="bold red"))
        parts += [Text(inert(f"next: {next_of(state)}"), style="cyan"), Text()]
        parts += [
            Text(inert(entry_line(entry)), style="dim", overflow="ellipsis", no_wrap=True) for entry in self._entries
        ]
        return Group(*parts)


def _bar(tick: Tick) -> Text:
    from rich.text import Text

    if isinstance(tick.live, NoData):
        return Text(inert(f"live weight unknown: {tick.live.reason}"), style="bold red")
    live = tick.live.canary
    filled = min(_BAR, max(round(_BAR * live / 100), 1 if live else 0))
    return Text.assemble(
        ("█" * filled, "green"),
        ("░" * (_BAR - filled), "dim"),
        f"  {live:g} % live, {tick.state.weight:g} % recorded",
    )


def _baked(tick: Tick) -> Text | None:
    from rich.text import Text

    state = tick.state
    if state.phase not in (Phase.SHIFTING, Phase.HOLDING) or state.step < 0:
        return None
    bake_s, baked_s = state.plan.steps[state.step].bake_s, state.counted.baked_s
    part = min(1.0, baked_s / bake_s) if bake_s else 1.0
    filled = round(_BAR * part)
    return Text.assemble(
        ("▬" * filled, "cyan"),
        ("╌" * (_BAR - filled), "dim"),
        f"  observed {span(min(baked_s, bake_s))} of {span(bake_s)}",
    )


def _sides(tick: Tick) -> RenderableType:
    from rich.table import Table

    counted = tick.state.counted
    sides = Table(
        "side", "requests", "first tries failed", "p95 ms", "p99 ms", box=None, pad_edge=False, header_style="dim"
    )
    for name, sample in (("legacy", counted.legacy), ("canary", counted.canary)):
        sides.add_row(name, *_figures(sample))
    return sides


def _figures(sample: Sample) -> tuple[str, str, str, str]:
    failed = f"{sample.first_try_errors:,} ({sample.error_rate:.2%})" if sample.requests else "-"
    return f"{sample.requests:,}", failed, _quantile(sample, 0.95), _quantile(sample, 0.99)


def _quantile(sample: Sample, quantile: float) -> str:
    """A quantile, with the interval that holds the true one at all looks together."""
    value = quantile_ms(sample.times, quantile)
    if value is None:
        return "-"
    lies = interval(sample.times, quantile)
    high = "…" if lies.high_ms == inf else f"{lies.high_ms:.1f}"
    return f"{value:.1f} ({lies.low_ms:.1f}-{high})"


def _gates(evidence: tuple[GateResult, ...]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    gates = Table(box=None, show_header=False, pad_edge=False)
    for gate in evidence:
        style = _OUTCOME_STYLE[gate.outcome]
        gates.add_row(gate.name, Text(gate.outcome, style=style), _strength(gate), Text(inert(gate.evidence)))
    return gates


def _strength(gate: GateResult) -> Text:
    """How far the evidence has come, on the scale on which it grows evenly with the requests: its logarithm."""
    from rich.text import Text

    if gate.strength is None:
        return Text()
    parts = [("worse ", "dim"), *_meter(*gate.strength.against, "red")]
    if gate.strength.for_it is not None:
        parts += [("  within ", "dim"), *_meter(*gate.strength.for_it, "green")]
    return Text.assemble(*parts)


def _meter(value: float, needed: float, style: str) -> list[tuple[str, str]]:
    filled = max(0, min(_EVIDENCE_BAR, int(_EVIDENCE_BAR * value / needed))) if needed > 0 else 0
    return [("▮" * filled, style), ("▯" * (_EVIDENCE_BAR - filled), "dim")]
