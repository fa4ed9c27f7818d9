"""How the demo looks: a live view on a terminal, plain lines on a pipe.

In: the events of `migrator.demo`. Out: what is on the screen. What happens is left to the demo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from migrator.cli.terminal import inert, say
from migrator.demo.events import Clients, DemoEvent, RunBegan, RunEnded, StageBegan, StageEnded, Traffic
from migrator.domain.observations import Sample
from migrator.rollout.statistics.buckets import quantile_ms

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console, RenderableType

_BAR_CELLS = 30


def side_figures(side: Sample) -> tuple[str, str, str]:
    """Requests, failed first tries and p95 of a side, as text; a dash where the p95 is not known."""
    slow = quantile_ms(side.times, 0.95)
    p95 = "-" if slow is None else f"{slow:.1f} ms"
    return f"{side.requests:,}", f"{side.first_try_errors:,}", p95


class PlainView:
    """One line an event; of the traffic, one line a change of phase, step or weight."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def notify(self, event: DemoEvent) -> None:
        """Print what is worth a line."""
        match event:
            case RunBegan(name, story):
                say(f"\n== {name}: {story}")
            case StageBegan():
                pass
            case StageEnded(stage, good, text):
                say(f"{'ok ' if good else 'NO '} {stage:9} {text}")
            case Traffic():
                self._traffic(event)
            case RunEnded(_, expected, text):
                say(f"{'as promised' if expected else 'NOT AS PROMISED'}: {text}")
            case _:
                assert_never(event)

    def _traffic(self, event: Traffic) -> None:
        now = (event.phase, event.step, event.configured, event.live)
        if now == self._last:
            return
        self._last = now
        legacy, canary = side_figures(event.counted.legacy), side_figures(event.counted.canary)
        say(
            f"    {event.phase:13} step {event.step}/{event.steps}  weight {event.configured:g} (live {event.live:g})  "
            f"legacy {legacy[0]} requests, {legacy[1]} failed, p95 {legacy[2]}  "
            f"canary {canary[0]} requests, {canary[1]} failed, p95 {canary[2]}  "
            f"lost {event.clients.lost} wrong {event.clients.wrong}  {event.reason}"
        )


@dataclass(slots=True)
class _Stage:
    name: str
    good: bool | None = None
    text: str = ""


@dataclass(slots=True)
class _Run:
    name: str
    story: str
    stages: list[_Stage] = field(default_factory=list)
    traffic: Traffic | None = None
    weights: list[float] = field(default_factory=list)
    ended: RunEnded | None = None


class LiveView:
    """The present run on one screen, redrawn as it goes on, the earlier ones a line each; at the end all of them."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self._console = console
        self._runs: list[_Run] = []
        self._live = Live(
            console=console, refresh_per_second=8, get_renderable=self.render, vertical_overflow="visible"
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        self._console.print(self.whole())

    def notify(self, event: DemoEvent) -> None:
        """Take the event into the picture."""
        match event:
            case RunBegan(name, story):
                self._runs.append(_Run(name, story))
            case StageBegan(stage):
                self._runs[-1].stages.append(_Stage(stage))
            case StageEnded(stage, good, text):
                entry = next(entry for entry in reversed(self._runs[-1].stages) if entry.name == stage)
                entry.good, entry.text = good, inert(text)
            case Traffic():
                run = self._runs[-1]
                run.traffic = event
                if not run.weights or run.weights[-1] != event.live:
                    run.weights.append(event.live)
            case RunEnded():
                self._runs[-1].ended = event
            case _:
                assert_never(event)

    def render(self) -> RenderableType:
        """The picture while the demo goes on: it fits on a screen of 24 lines."""
        from rich.console import Group

        return Group(*map(self._line, self._runs[:-1]), *map(self._run, self._runs[-1:]))

    def whole(self) -> RenderableType:
        """Every run in full."""
        from rich.console import Group

        return Group(*map(self._run, self._runs))

    def _line(self, run: _Run) -> RenderableType:
        from rich.text import Text

        said = run.ended or RunEnded(run.name, expected=False, text="did not end")
        mark = ("✔ ", "bold green") if said.expected else ("✘ ", "bold red")
        return Text.assemble(mark, (f"{run.name}: ", "bold"), inert(said.text), overflow="ellipsis", no_wrap=True)

    def _run(self, run: _Run) -> RenderableType:
        from rich.console import Group
        from rich.panel import Panel
        from rich.text import Text

        parts: list[RenderableType] = [self._stages(run)]
        if run.traffic is not None:
            parts.append(self._traffic(run.traffic, run.weights, going_on=run.ended is None))
        if run.ended is not None:
            color = "green" if run.ended.expected else "red"
            parts.append(Text(f"{'✔' if run.ended.expected else '✘'} {inert(run.ended.text)}", style=f"bold {color}"))
        border = "bright_black" if run.ended and run.ended.expected else "red" if run.ended else "cyan"
        title = Text.assemble((run.name, "bold"), (f"  {inert(run.story)}", "italic"))
        return Panel(Group(*parts), title=title, title_align="left", border_style=border, padding=(0, 1))

    def _stages(self, run: _Run) -> RenderableType:
        from rich.spinner import Spinner
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        table.add_column(width=2)
        table.add_column(width=9, style="bold")
        table.add_column()
        for stage in run.stages:
            mark: RenderableType
            if stage.good is not None:
                mark = Text("✔", style="green") if stage.good else Text("✘", style="yellow")
            else:
                mark = Spinner("dots", style="cyan") if run.ended is None else Text("·")
            table.add_row(mark, stage.name, Text(stage.text))
        return table

    def _traffic(self, traffic: Traffic, weights: list[float], *, going_on: bool) -> RenderableType:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        filled = round(traffic.live / 100 * _BAR_CELLS)
        bar = Text.assemble(
            ("  " + "━" * filled, "bold magenta"),
            ("━" * (_BAR_CELLS - filled), "bright_black"),
            (f"  {traffic.live:g} % of the calls go to Lambda", "bold"),
            (f"   {traffic.phase}", ""),
            ("   " + " → ".join(f"{weight:g}" for weight in weights), "bright_black"),
        )
        table = Table(box=None, padding=(0, 2), header_style="bright_black")
        for title in ("side", "requests", "first-try errors", "p95"):
            table.add_column(title, justify="left" if title == "side" else "right")
        for name, side in (
            ("legacy", traffic.counted.legacy),
            ("lambda", traffic.counted.canary),
        ):
            figures = side_figures(side)
            failing = side.first_try_errors > 0
            table.add_row(name, figures[0], Text(figures[1], style="bold red" if failing else ""), figures[2])
        reason = [Text(f"  {inert(traffic.reason)}", style="italic")] if going_on else []
        return Group(bar, table, self._clients(traffic.clients), *reason)

    def _clients(self, clients: Clients) -> RenderableType:
        from rich.text import Text

        def figure(count: int, what: str) -> tuple[str, str]:
            return f"{what} {count}", "bold red" if count else "bold green"

        return Text.assemble(
            f"  clients: {clients.requests:,} requests, ",
            figure(clients.lost, "lost"),
            ", ",
            figure(clients.wrong, "wrong"),
        )
