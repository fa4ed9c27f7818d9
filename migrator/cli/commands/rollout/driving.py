"""`migrator rollout tick` and `run`: drive rollouts once, or on and on."""

from __future__ import annotations

import signal
from threading import Event

from migrator.cli.commands.rollout.words import ROUTER, Comparisons, Directory, Every, RouteNames, ViaPr
from migrator.cli.options import Format, Json, OutputFormat, Router, State, wants_json
from migrator.cli.terminal import note


def tick(
    routes: RouteNames = None,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    via_pr: ViaPr = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Look at rollouts once, decide, act, and record; for cron and CI.

    Exits 1 once one of them is rolled back, and 4 where a data plane did not answer. A rollout that a running `run`
    drives is left to it. With --via-pr a step is asked for by a pull request, and begins once its weight is live.
    """
    from migrator.cli.rollout_session import opened, recorded, report
    from migrator.domain.rollouts import Phase
    from migrator.errors import Refused, RemoteError
    from migrator.router import load_router

    config = load_router(router)
    as_json = wants_json(format, json)
    with opened(config, state, directory, comparisons, via_pr=via_pr) as session:
        for route in routes or ():
            recorded(session.store, route, router)
        named = routes or [name for name in session.store.routes() if config.has(name)]
        done = []
        for route in named:
            done.append(session.controller.tick(route))
            report(done[-1], as_json=as_json)
    if troubles := [one for one in done if one.trouble]:
        said = "; ".join(f"{one.state.route}: {one.trouble}" if len(named) > 1 else one.trouble for one in troubles)
        raise RemoteError(said, hint="the next tick tries again", retryable=True)
    if unasked := [f"{one.state.route}: {one.unasked}" for one in done if one.unasked]:
        raise RemoteError(f"no pull request: {'; '.join(unasked)}", hint="the next tick tries again", retryable=True)
    back = [one.state for one in done if one.state.phase in (Phase.ROLLED_BACK, Phase.ROLLING_BACK)]
    if back:
        raise Refused("; ".join(f"{one.route} is {one.phase}: {one.reason}" for one in back))


def run(
    routes: RouteNames = None,
    router: Router = ROUTER,
    state: State = "",
    directory: Directory = None,
    comparisons: Comparisons = None,
    every: Every = "5s",
    via_pr: ViaPr = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Drive all rollouts on and on, as a service does; prints a line for each change.

    Also those that are started later. Each is kept from other controllers by a lease. A router.yaml that is changed
    meanwhile is taken over once it is valid; what is wrong with it is said, and the one before stays. Ends after the
    look under way on Ctrl-C or SIGTERM; the rollouts stay as they are.

    With --via-pr no weight is raised: each step is asked for by a pull request that changes one weight in the file, by
    `[forge]` of migrator.toml, and begins once the weight is live. What takes weight away is done at once all the same.
    """
    from migrator.cli.rollout_daemon import Daemon
    from migrator.cli.rollout_session import seconds

    stop = Event()
    every_s = seconds("--every", every)
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, lambda *_: stop.set())
    daemon = Daemon(
        router,
        tuple(routes or ()),
        state,
        directory,
        comparisons,
        as_json=wants_json(format, json),
        stop=stop,
        via_pr=via_pr,
    )
    driven = daemon.run(every_s)
    note(f"ended; {driven} rollouts stay as they are")
