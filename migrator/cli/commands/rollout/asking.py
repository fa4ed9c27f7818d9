"""`migrator rollout pause`, `resume`, `promote` and `retire`: a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.rollout.words import ROUTER, Directory, Reason, RouteName
from migrator.cli.options import Format, Json, OutputFormat, Router, State, Yes, wants_json

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.domain.looks import Request


def pause(
    route: RouteName,
    reason: Reason = "",
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Keep the weight of a rollout as it is until `resume`; its gates still roll it back."""
    from migrator.domain.looks import Request

    _ask(route, Request.PAUSE, reason, router, state, directory, as_json=wants_json(format, json))


def resume(
    route: RouteName,
    reason: Reason = "",
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Let a paused rollout go on with the step at which it was paused."""
    from migrator.domain.looks import Request

    _ask(route, Request.RESUME, reason, router, state, directory, as_json=wants_json(format, json))


def promote(
    route: RouteName,
    reason: Reason = "",
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Agree to the next step, where the plan waits for a person (`approval: true`), also ahead of time.

    Or where the rollout holds because legacy is unwell: then to this one step all the same.

    It gives no weight by itself: the step begins at the next look at which every gate passes. There is no way to pass a
    gate by hand.
    """
    from migrator.domain.looks import Request

    _ask(route, Request.PROMOTE, reason, router, state, directory, as_json=wants_json(format, json))


def retire(
    route: RouteName,
    reason: Reason = "",
    force: Annotated[
        bool, typer.Option("--force", help="Although legacy is still to be kept ready by the rollback window.")
    ] = False,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    yes: Yes = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Record that legacy serves a promoted route no more: there is no way back from then on.

    Run it once legacy is no longer needed, before it is switched off. The calls keep going to the canary; what is left
    to do by hand is printed.
    """
    from migrator.cli.rollout_session import ask
    from migrator.cli.terminal import note
    from migrator.domain.looks import Request

    ask(f"give up the way back to legacy for {route}?", yes=yes)
    _ask(route, Request.RETIRE, reason, router, state, directory, as_json=wants_json(format, json), force=force)
    note(f"left to do by hand: take the fallback of {route} out of {router}, and switch legacy's code off")


def _ask(
    route: str,
    request: Request,
    reason: str,
    router: Path,
    state: str,
    directory: Path | None,
    *,
    as_json: bool,
    force: bool = False,
) -> None:
    from migrator.cli.rollout_session import live_weight, opened, recorded, report_status, who
    from migrator.rollout.outlook import status_of
    from migrator.router import load_router

    config = load_router(router)
    with opened(config, state, directory) as session:
        recorded(session.store, route, router)
        after = session.controller.ask(route, request, reason, by=who(), force=force)
    report_status(status_of(after, live_weight(router, route, directory)), as_json=as_json)
