"""`migrator rollout status`, `watch` and `history`: how a rollout stands, goes on, and came here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.rollout.words import ROUTER, Comparisons, Directory, Every, RouteName, ViaPr
from migrator.cli.options import Format, Json, NoColor, OutputFormat, Router, State, wants_json
from migrator.cli.terminal import color_wanted, console, note, print_json_line, say

if TYPE_CHECKING:
    from migrator.rollout.ports import StateStore


def status(
    route: Annotated[
        str | None, typer.Argument(metavar="[ROUTE]", help="A route of the router configuration.  [default: all]")
    ] = None,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show how a rollout stands: phase, recorded and live weight, gates with their figures, what comes next.

    Without a route, a line for each recorded rollout; as JSON a document on each line. Changes nothing. A live weight that cannot be read is said to be
    unknown, with the reason.
    """
    from migrator import bootstrap
    from migrator.cli.formats.rollout_text import status_table
    from migrator.cli.rollout_session import live_weight, live_weights, recorded, report_status
    from migrator.documents.rollout_status import CODEC
    from migrator.rollout.outlook import status_of

    as_json = wants_json(format, json)
    if route is None:
        with bootstrap.open_state(state) as store:
            found = [kept for name in store.routes() if (kept := store.load(name)) is not None]
        lives = live_weights(router, [kept.route for kept in found], directory)
        shown = [status_of(kept, lives[kept.route]) for kept in found]
        if as_json:
            for one in shown:
                print_json_line(CODEC.dump(one))
            return
        for line in status_table(shown):
            say(line)
        return
    with bootstrap.open_state(state) as store:
        kept = recorded(store, route, router)
    report_status(status_of(kept, live_weight(router, route, directory)), as_json=as_json)


def watch(
    route: RouteName,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    every: Every = "1s",
    via_pr: ViaPr = False,
    no_tick: Annotated[bool, typer.Option("--no-tick", help="Look only; something else drives the rollout.")] = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
) -> None:
    """Drive a rollout to its end and show it: live on a terminal, a line for each change on a pipe.

    Exits 0 when it is promoted and 1 when it was rolled back. Ctrl-C leaves the rollout as it is. As JSON each
    change is one line, a `migrator.rollout-history/1` document.
    """
    from migrator.cli.rollout_session import opened, recorded, seconds
    from migrator.cli.watching import Watch, follow
    from migrator.domain.rollouts import Phase
    from migrator.errors import Refused
    from migrator.rollout.proposing import is_out_of_line
    from migrator.router import load_router

    every_s = seconds("--every", every)
    as_json = wants_json(format, json)
    config = load_router(router)
    with opened(config, state, directory, comparisons, via_pr=via_pr, goes_on=True) as session:
        found = recorded(session.store, route, router)
        live = color_wanted(no_color=no_color) and not as_json
        view = Watch(console(no_color=no_color) if live else None, session.store.history(route), as_json=as_json)
        try:
            with view:
                ended = follow(session.controller, route, view, every_s=every_s, drive=not no_tick)
        except KeyboardInterrupt:
            found = session.store.load(route) or found
            note(f"{route} stays as it is: {found.phase}, {found.weight:g} % recorded")
            note(f"go on: migrator rollout watch {route}    back to legacy: migrator rollout rollback {route}")
            raise
    if is_out_of_line(ended):
        note(
            f"router.yaml may say more than is live until a pull request is merged: migrator rollout tick {route} --via-pr"
        )
    if ended.phase is Phase.ROLLED_BACK:
        raise Refused(f"{route} was rolled back: {ended.reason}", hint="every call goes to legacy")
    note(f"{route} is {ended.phase}")


def history(
    route: RouteName,
    router: Router = ROUTER,
    state: State = "",
    replay: Annotated[
        bool, typer.Option("--replay", help="Recompute every decision from what it followed from.")
    ] = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show what became of a rollout, oldest first: a line for each change.

    With --replay a line for each entry of the audit log, computed again from its recorded inputs by the rules of this
    version; exits 1 where something else comes out. As JSON each line is a document.
    """
    from migrator import bootstrap
    from migrator.cli.formats.rollout_text import entry_line
    from migrator.cli.rollout_session import recorded
    from migrator.documents.history import CODEC

    as_json = wants_json(format, json)
    with bootstrap.open_state(state) as store:
        recorded(store, route, router)
        if replay:
            _replay(store, route, as_json=as_json)
            return
        for entry in store.history(route):
            if as_json:
                print_json_line(CODEC.dump(entry))
            else:
                say(entry_line(entry))


def _replay(store: StateStore, route: str, *, as_json: bool) -> None:
    from migrator.cli.formats.rollout_text import replayed_line
    from migrator.documents.audit import CODEC
    from migrator.errors import Refused
    from migrator.rollout.replay import replayed

    entries = differing = 0
    for each in replayed(store.audit(route)):
        entries += 1
        differing += bool(each.differs)
        if as_json:
            print_json_line({**CODEC.dump(each.entry), "differs": each.differs})
        else:
            say(replayed_line(each))
    if differing:
        raise Refused(
            f"{differing} of {entries} entries come out otherwise",
            hint="they were written by another version or on another kind of machine, or changed since",
        )
    note(f"{entries} entries, each comes out as it was recorded")
