"""`migrator router retire`: a route's calls go to legacy, and the file forgets it."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli.commands.router.files import DEFAULT, Directory, RouterOption, confirm
from migrator.cli.options import DryRun, State, Yes
from migrator.cli.route_completion import route_names
from migrator.cli.terminal import say


def retire(
    route: Annotated[str, typer.Argument(metavar="ROUTE", autocompletion=route_names, help="The route.")],
    router: RouterOption = None,
    directory: Directory = None,
    state: State = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Stop treating the calls of a route apart: they go where unrouted calls go, and the file forgets the route.

    The plane goes first, then the file. Comments and all else in it stay. What cannot be taken out of the file without
    changing something else is left to you, and nothing is done. A rollout under way is to be ended before.
    """
    from migrator.bootstrap import open_state, opened_plane
    from migrator.cli.formats.router_text import calls_text, percent
    from migrator.domain.rollouts import Phase
    from migrator.errors import Refused
    from migrator.router import load_router
    from migrator.router.edit import edit_files, holder, take_out
    from migrator.router.files import read_files

    path = router or DEFAULT
    config = load_router(path)
    entry = config.entry(route)
    with open_state(state) as store:
        recorded = store.load(route)
    if recorded is not None and recorded.phase not in (Phase.ROLLED_BACK, Phase.PROMOTED, Phase.RETIRED):
        raise Refused(
            f"the rollout of {route} is {recorded.phase}", hint=f"end it first: migrator rollout rollback {route}"
        )
    files = read_files(path)
    take_out(files, route)  # before anything is touched
    with opened_plane(config, directory) as plane:
        live = plane.weights(route)
        shown = percent(live.canary if live is not None else None)
        say(f"- {route}: {calls_text(entry.route)}; its calls go to legacy; {shown} went to the canary")
        say(f"- {holder(files, route).source}: the route is taken out")
        if dry_run:
            return
        confirm("retire it?", yes=yes)
        plane.retire(route)
        edit_files(path, lambda files: take_out(files, route))
