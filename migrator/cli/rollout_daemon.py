"""Drives all rollouts on and on, and takes over a changed router configuration.

In: where the configuration and the records are. Out: a line for each change. What a look does is the controller's, when
the next one is due `rounds`'.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from migrator import bootstrap
from migrator.cli.formats.rollout_text import entry_line
from migrator.cli.rollout_session import forge_of
from migrator.cli.terminal import note, print_json_line, say
from migrator.documents.history import CODEC
from migrator.errors import MigratorError
from migrator.rollout.rounds import Rounds
from migrator.router import RouterConfig, load_router
from migrator.router.files import Watched

if TYPE_CHECKING:
    from migrator.rollout.ports import StateStore
    from migrator.rollout.ticks import Tick


class Daemon:
    """All rollouts of a router configuration.

    Args:
        routes: only these; empty for all that are recorded and configured, also later.
        stop: set it to end after the look under way.
        via_pr: ask people for every rise of a weight, by pull requests.
    """

    def __init__(
        self,
        router: Path,
        routes: tuple[str, ...],
        state: str,
        directory: Path | None,
        comparisons: Path | None,
        *,
        as_json: bool,
        stop: Event,
        via_pr: bool = False,
    ) -> None:
        self._router, self._routes, self._state = router, routes, state
        self._directory, self._comparisons = directory, comparisons
        self._as_json, self._stop, self._via_pr = as_json, stop, via_pr
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._troubles: dict[str, str] = {}
        self._watched = Watched(router)

    def run(self, every_s: float) -> int:
        """Until it is stopped; how many rollouts were driven.

        Raises:
            InputError, UsageError: the configuration is not fit to begin with, or the record cannot be read.
        """
        seen = self._watched.print()  # first, so that what changes meanwhile is seen
        config = load_router(self._router)
        for route in self._routes:
            config.entry(route)  # says which names there are
        forge = forge_of(config) if self._via_pr else None
        driven: set[str] = set()
        with bootstrap.open_state(self._state) as store:
            while not self._stop.is_set():
                with ExitStack() as stack:
                    controller = stack.enter_context(
                        bootstrap.controller(
                            config,
                            store,
                            comparisons=bootstrap.open_comparisons(self._comparisons),
                            directory=self._directory,
                            observers=(self,),
                            holder=self._holder,
                            via_pr=forge,
                        )
                    )
                    rounds = Rounds(controller, every_s, self._told)
                    while not self._stop.is_set() and self._watched.print() == seen:
                        names = self._names(config, store)
                        driven.update(names)
                        self._stop.wait(rounds.next(names))
                if not self._stop.is_set():
                    config, seen = self._changed(config)
        return len(driven)

    def notify(self, tick: Tick) -> None:
        """Say what a look has changed."""
        for entry in tick.entries:
            if self._as_json:
                print_json_line({**CODEC.dump(entry), "route": tick.state.route})
            else:
                say(f"{tick.state.route}: {entry_line(entry)}")
        sys.stdout.flush()
        self._told(tick.state.route, tick.trouble)
        self._told(f"the pull request of {tick.state.route}", tick.unasked)

    def _told(self, route: str, trouble: str) -> None:
        """Say a trouble once, and that it is over."""
        before = self._troubles.get(route, "")
        if trouble and trouble != before:
            note(f"{route}: trouble: {trouble}; tried again")
        elif before and not trouble:
            note(f"{route}: the trouble is over")
        self._troubles[route] = trouble

    def _names(self, config: RouterConfig, store: StateStore) -> tuple[str, ...]:
        try:
            recorded = set(store.routes())
        except MigratorError as error:
            self._told("the record", str(error))
            return ()
        self._told("the record", "")
        return tuple(sorted(name for name in self._routes or recorded if config.has(name) and name in recorded))

    def _changed(self, config: RouterConfig) -> tuple[RouterConfig, str]:
        seen = self._watched.print()
        try:
            newer = load_router(self._router)
            bootstrap.open_sides(newer, self._directory)
        except MigratorError as error:
            note(f"{self._router} was changed and cannot be used; the one before stays: {error}")
            return config, seen
        note(f"{self._router} was changed and is taken over; rollouts under way keep the plans that they began with")
        return newer, seen
