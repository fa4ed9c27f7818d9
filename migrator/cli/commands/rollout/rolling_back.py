"""`migrator rollout rollback`: every call back to legacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.rollout.words import ROUTER, Directory, Reason, RouteName
from migrator.cli.options import DryRun, Format, Json, OutputFormat, Router, State, Yes, wants_json
from migrator.cli.terminal import say

if TYPE_CHECKING:
    from migrator.rollout.controller import Controller
    from migrator.rollout.ticks import Tick

_BETWEEN_TRIES_S = 0.5


def rollback(
    route: RouteName,
    reason: Reason = "by hand",
    wait: Annotated[
        str, typer.Option("--wait", metavar="DURATION", help="How long to try where the data plane does not answer.")
    ] = "20s",
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Send every call of a route back to legacy, at once and without asking, from any phase.

    Also works where nothing is recorded, or where the record says rolled back and the data plane does not. Tries
    for a while where the data plane does not answer; the intent stays recorded, and the next tick goes on with it.
    """
    del yes  # taken for scripts that give it everywhere; a rollback never asks
    from migrator.cli.rollout_session import opened, report, seconds, who
    from migrator.domain.rollouts import Phase
    from migrator.errors import RemoteError, UsageError
    from migrator.router import load_router

    patience_s = seconds("--wait", wait)
    config = load_router(router)
    if dry_run:
        say(f"would make 0 % live for {config.entry(route).name} and record a rollback: {reason}")
        return
    with opened(config, state, directory) as session:
        try:
            first = session.controller.rollback(route, reason, by=who())
        except UsageError:
            config.entry(route)  # says which names there are
            raise
        done = _until_off(session.controller, route, first, patience_s)
    report(done, as_json=wants_json(format, json))
    if done.state.phase is not Phase.ROLLED_BACK or done.trouble:
        raise RemoteError(
            f"the rollback of {route} is recorded, but 0 % could not be read back: {done.trouble}",
            hint=f"keep trying: migrator rollout watch {route}",
            retryable=True,
        )


def _until_off(controller: Controller, route: str, last: Tick, patience_s: float) -> Tick:
    """Tick until the traffic is off, for a while."""
    import time

    from migrator.domain.rollouts import Phase

    patience = time.monotonic() + patience_s
    while (last.trouble or last.state.phase is not Phase.ROLLED_BACK) and time.monotonic() < patience:
        controller.clock.sleep(_BETWEEN_TRIES_S)
        last = controller.tick(route)
    return last
