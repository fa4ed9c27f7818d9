"""`migrator rollout …`: shift traffic by steps, with gates that roll back by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from migrator.cli.options import DryRun, Format, Json, NoColor, OutputFormat, Router, State, Yes, wants_json
from migrator.cli.terminal import color_wanted, console, note, print_json, say

if TYPE_CHECKING:
    from migrator.rollout.controller import Controller
    from migrator.rollout.ticks import Tick

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    epilog="Examples:  migrator rollout start tax --yes    migrator rollout watch tax",
)

RouteName: TypeAlias = Annotated[str, typer.Argument(metavar="ROUTE", help="A route of the router configuration.")]
Comparisons: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--comparisons",
        metavar="DIR",
        help="Where `migrator compare` keeps its results.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]
Directory: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--directory",
        metavar="DIR",
        help="The folder of the running Envoy.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]

_ROUTER = Path("router.yaml")
_TICKS_TO_FIRST_WEIGHT = 3
_BETWEEN_TRIES_S = 0.5


@app.callback()
def _group() -> None:
    """Shift traffic by steps, with gates that roll back by themselves.

    `start` gives the first weight; `watch` (or `tick` from cron) drives the rest; `rollback` ends it at any time.
    """


@app.command(
    epilog=(
        "Examples:  migrator rollout start tax --yes    "
        "migrator rollout start tax --router deploy/router.yaml --dry-run"
    )
)
def start(
    route: RouteName,
    router: Router = _ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Begin the rollout of a route: show its plan, record it, give the first weight.

    Exits 1 where a gate gives no weight; the rollout then stays pending at 0 %, and `watch` or `tick` start it
    as soon as the gate passes.
    """
    from migrator.bootstrap import bonds_of
    from migrator.cli.formats.rollout_text import plan_lines
    from migrator.cli.rollout_session import ask, opened
    from migrator.domain.rollouts import Phase
    from migrator.domain.routes import AliasRoute, BalancerRoute
    from migrator.errors import InputError, Refused, RemoteError
    from migrator.rollout.validation import mistakes
    from migrator.router import load_router

    as_json = wants_json(format, json)
    config = load_router(router)
    plan = config.entry(route).rollout
    for line in plan_lines(plan):
        (note if as_json else say)(line)
    if wrong := mistakes(plan):
        raise InputError(f"the rollout of {route} cannot start: {'; '.join(wrong)}", location=str(router))
    if isinstance(config.entry(route).route, BalancerRoute | AliasRoute):
        note(
            "the figures of load balancers and aliases are not read by this version: the rollout gives the first weight and "
            "holds there; go on by hand, with `migrator router apply --weights`"
        )
    elif group := bonds_of(config).together.get(route, ()):
        note(f"{', '.join(group)}: in the same sticky group, shifted with it")
    if dry_run:
        return
    ask(f"start the rollout of {route}?", yes=yes)
    with opened(config, state, directory, comparisons) as session:
        session.controller.start(plan)
        done = _first_weight(session.controller, route)
    _report(done, as_json=as_json)
    if done.trouble:
        raise RemoteError(done.trouble, hint=f"it is recorded; go on with: migrator rollout watch {route}")
    if done.state.phase is Phase.PENDING:
        raise Refused(
            f"{route} got no weight: {done.state.reason}",
            hint=f"mend that, then: migrator rollout start {route}",
        )
    if not as_json:
        note(f"go on with: migrator rollout watch {route}")


@app.command(
    epilog="Examples:  migrator rollout status tax    migrator rollout status tax --json --state sqlite:///night.sqlite3"
)
def status(
    route: RouteName,
    router: Router = _ROUTER,
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show how a rollout stands: phase, recorded and live weight, gates with their figures, what comes next.

    Changes nothing. A live weight that cannot be read is said to be unknown, with the reason.
    """
    from migrator import bootstrap
    from migrator.cli.rollout_session import live_weight, recorded
    from migrator.documents.rollout_status import CODEC
    from migrator.rollout.outlook import status_of

    with bootstrap.open_state(state) as store:
        found = recorded(store, route, router)
    shown = status_of(found, live_weight(router, route, directory))
    if wants_json(format, json):
        print_json(CODEC.dump(shown))
        return
    from migrator.cli.formats.rollout_text import status_lines

    for line in status_lines(shown):
        say(line)


@app.command(epilog="Examples:  migrator rollout watch tax    migrator rollout watch tax --every 5s --no-tick")
def watch(
    route: RouteName,
    router: Router = _ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    every: Annotated[str, typer.Option("--every", metavar="DURATION", help="Time between two looks.")] = "1s",
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
    from migrator.router import load_router

    every_s = seconds("--every", every)
    as_json = wants_json(format, json)
    config = load_router(router)
    with opened(config, state, directory, comparisons) as session:
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
    if ended.phase is Phase.ROLLED_BACK:
        raise Refused(f"{route} was rolled back: {ended.reason}", hint="every call goes to legacy")
    note(f"{route} is {ended.phase}")


@app.command(
    epilog="Examples:  migrator rollout tick tax    migrator rollout tick tax --router deploy/router.yaml --json"
)
def tick(
    route: RouteName,
    router: Router = _ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Look at a rollout once, decide, act, and record; for cron and CI.

    Exits 1 once it is rolled back, and 4 where the data plane or its metrics did not answer.
    """
    from migrator.cli.rollout_session import opened, recorded
    from migrator.domain.rollouts import Phase
    from migrator.errors import Refused, RemoteError
    from migrator.router import load_router

    config = load_router(router)
    with opened(config, state, directory, comparisons) as session:
        recorded(session.store, route, router)
        done = session.controller.tick(route)
    _report(done, as_json=wants_json(format, json))
    if done.trouble:
        raise RemoteError(done.trouble, hint="the next tick tries again", retryable=True)
    if done.state.phase in (Phase.ROLLED_BACK, Phase.ROLLING_BACK):
        raise Refused(f"{route} is {done.state.phase}: {done.state.reason}")


@app.command(
    epilog='Examples:  migrator rollout rollback tax    migrator rollout rollback tax --reason "orders look wrong"'
)
def rollback(
    route: RouteName,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept in the history.")] = "by hand",
    wait: Annotated[
        str, typer.Option("--wait", metavar="DURATION", help="How long to try where the data plane does not answer.")
    ] = "20s",
    router: Router = _ROUTER,
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
    from migrator.cli.rollout_session import opened, seconds
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
            first = session.controller.rollback(route, reason)
        except UsageError:
            config.entry(route)  # says which names there are
            raise
        done = _until_off(session.controller, route, first, patience_s)
    _report(done, as_json=wants_json(format, json))
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


def _first_weight(controller: Controller, route: str) -> Tick:
    """Tick until the first weight is live or a gate refuses it; the first tick may have to take a stray weight away."""
    from migrator.domain.rollouts import Phase
    from migrator.rollout.decisions import Nothing

    tick = controller.tick(route)
    for _ in range(_TICKS_TO_FIRST_WEIGHT):
        refused = tick.decision is not None and tick.decision.action == Nothing()
        if tick.state.phase is not Phase.PENDING or tick.trouble or refused:
            break
        tick = controller.tick(route)
    return tick


def _report(tick: Tick, *, as_json: bool) -> None:
    from migrator.rollout.outlook import status_of

    shown = status_of(tick.state, tick.live)
    if as_json:
        from migrator.documents.rollout_status import CODEC

        print_json(CODEC.dump(shown))
        return
    from migrator.cli.formats.rollout_text import status_lines

    for line in status_lines(shown):
        say(line)
