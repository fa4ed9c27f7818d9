"""A rollout under way on a terminal: one picture that is drawn anew after every tick.

In: ticks. Out: rich renderables. Text from elsewhere is made inert.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from migrator.cli.formats.rollout_text import entry_line, step_text
from migrator.cli.terminal import inert
from migrator.domain.gates import Outcome
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import HistoryEntry, Phase
from migrator.rollout.outlook import next_of
from migrator.rollout.statistics.buckets import quantile_ms

if TYPE_CHECKING:
    from rich.console import RenderableType

    from migrator.rollout.ticks import Tick

_LINES = 8
_BAR = 40
_PHASE_STYLE = {
    Phase.PROMOTED: "bold green",
    Phase.ROLLED_BACK: "bold red",
    Phase.ROLLING_BACK: "bold red",
    Phase.HOLDING: "bold yellow",
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
        from rich.table import Table
        from rich.text import Text

        self._entries.extend(tick.entries)
        state = tick.state
        head = Text.assemble(
            (inert(state.route), "bold"),
            f"  revision {state.revision}  ",
            (str(state.phase), _PHASE_STYLE.get(state.phase, "bold cyan")),
            f"  {step_text(state.step, len(state.plan.steps))}",
        )
        sides = Table("side", "requests", "first tries failed", "p95 ms", box=None, pad_edge=False, header_style="dim")
        for name, sample in _sides(tick.observation):
            sides.add_row(name, *_figures(sample))
        gates = Table(box=None, show_header=False, pad_edge=False)
        for gate in state.evidence:
            style = _OUTCOME_STYLE[gate.outcome]
            gates.add_row(gate.name, Text(gate.outcome, style=style), Text(inert(gate.evidence)))
        parts: list[RenderableType] = [head, _bar(tick), Text(), sides, Text(), gates]
        if tick.trouble:
            parts.append(Text(inert(f"trouble: {tick.trouble}; tried again"), style="bold red"))
        parts += [Text(inert(f"next: {next_of(state)}"), style="cyan"), Text()]
        parts += [
            Text(inert(entry_line(entry)), style="dim", overflow="ellipsis", no_wrap=True) for entry in self._entries
        ]
        return Group(*parts)


def _bar(tick: Tick) -> RenderableType:
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


def _sides(observation: Observation | NoData) -> tuple[tuple[str, Sample | NoData], ...]:
    if isinstance(observation, NoData):
        return (("legacy", observation), ("canary", observation))
    return (("legacy", observation.legacy), ("canary", observation.canary))


def _figures(sample: Sample | NoData) -> tuple[str, str, str]:
    if isinstance(sample, NoData):
        return ("-", inert(sample.reason), "-")
    return (
        f"{sample.requests}",
        f"{sample.first_try_errors} ({sample.error_rate:.2%})",
        "-" if (p95 := quantile_ms(sample.times, 0.95)) is None else f"{p95:.1f}",
    )
