"""Follows a rollout to its end, live on a terminal or line by line on a pipe.

In: a controller and a view. Out: the state in which the rollout ended. What a tick does is the controller's.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from migrator.cli.formats.rollout_live import LiveView
from migrator.cli.formats.rollout_text import entry_line
from migrator.cli.terminal import note, say
from migrator.documents.history import CODEC
from migrator.domain.observations import NoData
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.domain.routes import Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.controller import Controller
from migrator.rollout.loop import ENDED, run
from migrator.rollout.ticks import Tick

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live


class Watch:
    """Shows ticks; an `Observer`.

    Args:
        console: of the terminal to draw on, or None for lines.
        entries: history from before; the live view shows its end.
        as_json: lines are `migrator.rollout-history/1` documents.
    """

    def __init__(self, console: Console | None, entries: tuple[HistoryEntry, ...], *, as_json: bool) -> None:
        self._console = console
        self._view = LiveView(entries)
        self._as_json = as_json
        self._live: Live | None = None
        self._trouble = ""

    def __enter__(self) -> Self:
        if self._console is not None:
            from rich.live import Live

            self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="crop")
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def notify(self, tick: Tick) -> None:
        """Show one tick."""
        if self._live is not None:
            self._live.update(self._view.draw(tick), refresh=True)
            return
        for entry in tick.entries:
            if self._as_json:
                sys.stdout.write(json.dumps(CODEC.dump(entry), ensure_ascii=False) + "\n")
            else:
                say(entry_line(entry))
        sys.stdout.flush()
        trouble = tick.trouble or tick.unasked
        if trouble and trouble != self._trouble:
            note(f"trouble: {trouble}; tried again")
        self._trouble = trouble


def follow(controller: Controller, route: str, view: Watch, *, every_s: float, drive: bool) -> RolloutState:
    """Show a rollout until it has ended.

    Args:
        every_s: seconds between two looks.
        drive: tick; else look only, while something else ticks.
    """
    if drive:
        return run(replace(controller, observers=(*controller.observers, view)), route, every_s=every_s).state
    return _look_on(controller, route, view, every_s)


def _look_on(controller: Controller, route: str, view: Watch, every_s: float) -> RolloutState:
    shown = 0
    while True:
        state = controller.store.load(route)
        if state is None:
            raise UsageError(f"the record of {route} is gone")
        entries = controller.store.history(route)
        view.notify(
            Tick(
                at=controller.clock.now(),
                state=state,
                live=_live(controller, route),
                look=None,
                decision=None,
                entries=entries[shown:],
            )
        )
        shown = len(entries)
        if state.phase in ENDED:
            return state
        controller.clock.sleep(every_s)


def _live(controller: Controller, route: str) -> Weight | NoData:
    try:
        return controller.plane.weights(route) or NoData(f"the data plane does not know the route {route}")
    except RemoteError as error:
        return NoData(str(error))
