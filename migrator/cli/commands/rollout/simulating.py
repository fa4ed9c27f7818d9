"""`migrator rollout simulate`: the real controller in a described world, in virtual time."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli.commands.rollout.words import ROUTER, RouteName
from migrator.cli.options import Format, Json, OutputFormat, Router, wants_json
from migrator.cli.terminal import note, print_json, say
from migrator.cli.traffic_options import Latency, LegacyErrors, Peak, PerMinute, Recorded, Sigma
from migrator.errors import UsageError


def simulate(
    route: RouteName,
    router: Router = ROUTER,
    per_minute: PerMinute = None,
    traffic: Recorded = None,
    peak: Peak = 1.0,
    legacy_errors: LegacyErrors = "",
    latency: Latency = "",
    sigma: Sigma = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="TEXT", help='What goes wrong, such as "legacy down from 5m for 2m". Repeatable.'
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Gives the same rollout again.")] = 1,
    begin: Annotated[
        str, typer.Option("--begin", metavar="DATE", help="When it begins.  [default: now]", show_default=False)
    ] = "",
    every: Annotated[
        str,
        typer.Option(
            "--every",
            metavar="TIME",
            help="Between two looks.  [default: what suits the plan, 1s to 60s]",
            show_default=False,
        ),
    ] = "",
    agrees_after: Annotated[
        str,
        typer.Option(
            "--agrees-after", metavar="TIME", help="When a person agrees where one is asked; never is a time."
        ),
    ] = "1h",
    longest: Annotated[
        str, typer.Option("--longest", metavar="TIME", help="When it is over, whatever it does.")
    ] = "60d",
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Play a route's rollout with the real controller against described traffic, with faults.

    Nothing is started and nothing is touched. Routes that the plan waits for are taken as promoted, and gates that count no
    requests pass. Exits 1 where the rollout ends rolled back.
    """
    import time
    from dataclasses import replace

    from migrator.cli.formats.rollout_simulation_text import end_lines, event_line
    from migrator.cli.traffic_options import described, quantity
    from migrator.domain.rollouts import Phase
    from migrator.domain.traffic import curved
    from migrator.rollout.simulation.faults import parse_fault
    from migrator.rollout.simulation.playing import Scene, played
    from migrator.router import load_router
    from migrator.router.dates import parse_moment, seconds_of
    from migrator.router.quantities import parse_duration

    plan = load_router(router).entry(route).rollout
    found = described(route, per_minute, traffic, legacy_errors, latency, sigma)
    if found is None:
        raise UsageError("which traffic?", hint="describe it: --requests-per-minute N, or --traffic FILE")
    seen, source = found
    if peak > 1:
        seen = replace(seen, per_minute=curved(seen.mean_per_minute, peak))
    scene = Scene(
        plan=plan,
        traffic=seen,
        begins=seconds_of(quantity("--begin", begin, parse_moment), "UTC") if begin else float(int(time.time())),
        faults=tuple(map(parse_fault, fault or ())),
        seed=seed,
        every_s=quantity("--every", every, parse_duration) if every else 0.0,
        agrees_after_s=None if agrees_after == "never" else quantity("--agrees-after", agrees_after, parse_duration),
        longest_s=quantity("--longest", longest, parse_duration),
    )
    as_json = wants_json(format, json)
    if as_json:
        result = played(scene, source=source)
    else:
        note(f"{seen.mean_per_minute:,.4g} requests a minute, {source}; seed {seed}")
        result = played(scene, lambda event: say(event_line(event)), source)
    if as_json:
        from migrator.documents.rollout_simulation import CODEC

        print_json(CODEC.dump(result))
    else:
        for line in end_lines(result):
            say(line)
    if result.end is Phase.ROLLED_BACK:
        raise typer.Exit(1)
