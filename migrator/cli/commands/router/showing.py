"""`migrator router show` and `diff`: what is configured against what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.router.files import Directory, File, RouterOption, changes_of, file_of
from migrator.cli.options import Format, Json, OutputFormat, State, wants_json
from migrator.cli.terminal import note, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.domain.json import JsonValue
    from migrator.router import RouterConfig
    from migrator.router.changes import Change


def show(
    file: File = None,
    router: RouterOption = None,
    directory: Directory = None,
    check: Annotated[
        bool, typer.Option("--check", help="For cron and CI: exit 1 when what is live is not what it should be.")
    ] = False,
    state: State = "",
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show each route as configured and as live on the data plane.

    With --check, each route that is not as it should be is said on stderr: one that is not applied, one that the file
    does not have, a weight that somebody else has set, one that neither the file nor a recorded rollout says, and one above
    that of a route it depends on.
    """
    from migrator.cli.formats.router_text import json_routes, show_lines
    from migrator.router import load_router

    config = load_router(file_of(file, router))
    changes = changes_of(config, directory)
    wrong = [*_wrong(changes, state), *_above(config, changes)] if check else []
    if wants_json(format, json):
        differs: dict[str, JsonValue] = {"differs": list(wrong)} if check else {}
        print_json({**_planes(config), "routes": json_routes(changes), **differs})
    else:
        for line in show_lines(changes):
            say(line)
    for line in wrong:
        note(line)
    if wrong:
        raise typer.Exit(1)


def diff(
    file: File = None,
    router: RouterOption = None,
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show what differs between the file and what is live, key by key; exits 1 when something does.

    A weight differs while a rollout moves it: that is no mistake, and what show --check is for.
    """
    from migrator.cli.formats.router_text import diff_lines, json_routes
    from migrator.router import load_router

    changes = changes_of(load_router(file_of(file, router)), directory)
    lines = list(diff_lines(changes))
    if wants_json(format, json):
        print_json({"differs": bool(lines), "routes": json_routes(changes)})
    else:
        for line in lines:
            say(line)
    if lines:
        raise typer.Exit(1)


def _planes(config: RouterConfig) -> dict[str, JsonValue]:
    plane, balancer, seam = config.plane, config.balancer, config.seam
    shown: JsonValue = None
    if plane is not None:
        shown = {"kind": plane.kind, "admin": plane.admin, "listen": plane.listen}
    elif balancer is not None:
        shown = {"kind": balancer.kind, "listener": balancer.listener}
    return {"plane": shown, "seam": {"weights": str(config.weights_file)} if seam is not None else None}


def _above(config: RouterConfig, changes: Sequence[Change]) -> list[str]:
    """The routes that are above one that they depend on, as after a plane that was down when that one was lowered."""
    live = {change.route.name: change.live or 0.0 for change in changes}
    return [
        f"{entry.name}: {live[entry.name]:g} % is live, above the {live[name]:g} % of {name}, which it depends on"
        for entry in config.entries
        for name in entry.not_above
        if live.get(entry.name, 0.0) > live.get(name, 0.0)
    ]


def _wrong(changes: Sequence[Change], state: str) -> list[str]:
    """Why each route is not as it should be."""
    from migrator.bootstrap import open_state
    from migrator.cli.formats.router_text import drift_text, percent, state_text
    from migrator.router.changes import State as Stand

    found = []
    with open_state(state) as store:
        for change in changes:
            name = change.route.name
            if change.state is not Stand.SAME:
                found.append(f"{name}: {state_text(change)}")
            if change.drifted:
                found.append(f"{name}: {drift_text(change)}")
            elif change.weight_differs:
                recorded = store.load(name)
                confirmed = recorded.confirmed if recorded is not None else None
                if confirmed is None or confirmed.weight != change.live:
                    said = f"a rollout recorded {percent(confirmed.weight)}" if confirmed else "no rollout is recorded"
                    found.append(
                        f"{name}: {percent(change.live)} is live, the file says {percent(change.configured)}, and {said}"
                    )
    return found
