"""What the commands of `migrator rollout` share: opening the parts, finding the record, asking.

In: flags. Out: an open controller with its store, a recorded state, a live weight. What is done with them is the
commands'.
"""

from __future__ import annotations

import difflib
import getpass
import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrator import bootstrap
from migrator.cli.formats.rollout_text import status_lines
from migrator.cli.terminal import print_json, say
from migrator.documents.rollout_status import CODEC
from migrator.domain.forges import ForgeSettings
from migrator.domain.observations import NoData
from migrator.domain.rollouts import RolloutState, RolloutStatus
from migrator.domain.routes import Weight
from migrator.errors import MigratorError, UsageError
from migrator.rollout.controller import Controller
from migrator.rollout.outlook import status_of
from migrator.rollout.ports import DataPlane, StateStore
from migrator.rollout.ticks import Tick
from migrator.router import RouterConfig, load_router
from migrator.router.quantities import parse_duration


@dataclass(frozen=True, slots=True)
class Session:
    """A controller and the store behind it."""

    controller: Controller
    store: StateStore


@contextmanager
def opened(
    config: RouterConfig,
    state: str,
    directory: Path | None,
    comparisons: Path | None = None,
    *,
    via_pr: bool = False,
    goes_on: bool = False,
) -> Iterator[Session]:
    """The parts that the flags name, closed at the end.

    Args:
        via_pr: ask people for every rise of a weight, by pull requests.
        goes_on: it is looked at again and again.
    """
    with (
        bootstrap.open_state(state) as store,
        bootstrap.controller(
            config,
            store,
            comparisons=bootstrap.open_comparisons(comparisons),
            directory=directory,
            via_pr=forge_of(config) if via_pr else None,
            goes_on=goes_on,
        ) as controller,
    ):
        yield Session(controller, store)


def forge_of(config: RouterConfig) -> ForgeSettings:
    """The forge at which people are asked for the weights of a configuration.

    Raises:
        InputError: the configuration lies in no clone, or `[forge]` of its `migrator.toml` has mistakes.
    """
    # Loaded only for those who ask: git, forges and their client libraries.
    from migrator.bootstrap.weight_requests import forge_settings

    return forge_settings(config.source)


def recorded(store: StateStore, route: str, router: Path) -> RolloutState:
    """The recorded rollout of a route.

    Raises:
        UsageError: there is none; the nearest names are offered, of the store and of the router configuration.
    """
    state = store.load(route)
    if state is not None:
        return state
    try:
        configured = {entry.name for entry in load_router(router).entries}
    except MigratorError:
        configured = set()  # a name may be offered without it
    if route in configured:
        raise UsageError(f"no rollout of {route} is recorded", hint=f"begin one: migrator rollout start {route}")
    names = sorted({*store.routes(), *configured})
    near = difflib.get_close_matches(route, names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(names[:10]) or 'none'}"
    raise UsageError(f"no rollout of {route!r} is recorded", hint=hint)


def live_weight(router: Path, route: str, directory: Path | None) -> Weight | NoData:
    """The live weight of a route, or why it cannot be told."""
    try:
        with bootstrap.opened_plane(load_router(router), directory) as plane:
            return _weight(plane, route)
    except MigratorError as error:
        return NoData(str(error))


def live_weights(router: Path, routes: Sequence[str], directory: Path | None) -> Mapping[str, Weight | NoData]:
    """The live weights of many routes by name; the planes are opened once."""
    try:
        with bootstrap.opened_plane(load_router(router), directory) as plane:
            return {route: _weight(plane, route) for route in routes}
    except MigratorError as error:
        return {route: NoData(str(error)) for route in routes}


def _weight(plane: DataPlane, route: str) -> Weight | NoData:
    try:
        return plane.weights(route) or NoData(f"the data plane does not know the route {route}")
    except MigratorError as error:
        return NoData(str(error))


def who() -> str:
    """Who asks, for the history: the user's name and host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def report(tick: Tick, *, as_json: bool) -> None:
    """Show how a rollout stands after a look."""
    report_status(status_of(tick.state, tick.live), as_json=as_json)


def report_status(status: RolloutStatus, *, as_json: bool) -> None:
    """Show how a rollout stands."""
    if as_json:
        print_json(CODEC.dump(status))
        return
    for line in status_lines(status):
        say(line)


def seconds(flag: str, duration: str) -> float:
    """Seconds of a flag's duration, above 0.

    Raises:
        UsageError: it is none.
    """
    try:
        parsed = parse_duration(duration)
    except ValueError as error:
        raise UsageError(f"{flag}: {error}") from error
    if parsed <= 0:
        raise UsageError(f"{flag}: expected a duration above 0, found {duration!r}")
    return parsed


def ask(question: str, *, yes: bool) -> None:
    """Let the user confirm.

    Raises:
        UsageError: nobody can be asked, or the answer was no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} nobody can be asked here", hint="say --yes to do it")
    import typer

    if not typer.confirm(question, err=True):
        raise UsageError("nothing was done")
