"""`migrator rollout plan`: a plan, what its gates need to decide, and when each step begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.rollout.words import ROUTER, Directory, RouteName
from migrator.cli.options import Format, Json, OutputFormat, Router, State, wants_json
from migrator.cli.terminal import note, print_json, say
from migrator.cli.traffic_options import Latency, LegacyErrors, PerMinute, Recorded, Sigma

if TYPE_CHECKING:
    from migrator.domain.traffic import Traffic
    from migrator.router import RouterConfig

_ENOUGH_FOR_A_RATE = 2000
"""Legacy requests from which on the share that failed is taken for how legacy is: ten failures at half a percent."""


def plan(
    route: RouteName,
    router: Router = ROUTER,
    per_minute: PerMinute = None,
    traffic: Recorded = None,
    legacy_errors: LegacyErrors = "",
    latency: Latency = "",
    sigma: Sigma = None,
    find_errors: Annotated[
        str,
        typer.Option(
            "--find-errors",
            metavar="POINTS",
            help="More errors that must be found.  [default: twice the margin]",
            show_default=False,
        ),
    ] = "",
    find_slower: Annotated[
        float | None,
        typer.Option(
            "--find-slower",
            metavar="RATIO",
            min=1.0,
            help="How slow a canary must be found.  [default: the ratio squared]",
            show_default=False,
        ),
    ] = None,
    find_cold: Annotated[
        str,
        typer.Option(
            "--find-cold",
            metavar="SHARE",
            help="Cold starts that must be found.  [default: three times the budget]",
            show_default=False,
        ),
    ] = "",
    begin: Annotated[
        str, typer.Option("--begin", metavar="DATE", help="When it would begin.  [default: now]", show_default=False)
    ] = "",
    watch_for: Annotated[
        str,
        typer.Option(
            "--watch-for", metavar="TIME", help="How long the live traffic is looked at where none is described."
        ),
    ] = "10s",
    state: State = "",
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show a route's plan, what its gates need to decide at the traffic seen, and when each step begins.

    Nothing is started. A canary like legacy is followed through the steps; beside it stands what each gate needs to find a
    faulty one. Where no traffic is described, the live one is looked at for a while.
    """
    import time

    from migrator.bootstrap import figures_of
    from migrator.cli.formats.rollout_plan_text import plan_forecast_lines
    from migrator.cli.traffic_options import described, quantity, with_legacy
    from migrator.rollout.forecast.advice import advised
    from migrator.rollout.forecast.judging import Faults
    from migrator.rollout.forecast.plan import forecast
    from migrator.rollout.measurable import measurable
    from migrator.router import load_router
    from migrator.router.dates import parse_moment, seconds_of
    from migrator.router.quantities import parse_points, parse_share

    config = load_router(router)
    with figures_of(config, directory) as metrics:
        planned, untold = measurable(config.entry(route).rollout, metrics.about(route))
    if untold:
        note(f"left out of the template {planned.template}, as the figures of {route} do not tell: {', '.join(untold)}")
    faults = Faults(
        worse_by_pp=quantity("--find-errors", find_errors, parse_points) if find_errors else None,
        slower=find_slower,
        cold=quantity("--find-cold", find_cold, parse_share) if find_cold else None,
    )
    now = seconds_of(quantity("--begin", begin, parse_moment), "UTC") if begin else time.time()
    found = described(route, per_minute, traffic, legacy_errors, latency, sigma)
    if found is None:
        live, source = _live(config, route, state, directory, watch_for)
        found = with_legacy(live, legacy_errors, latency, sigma), source
    seen, source = found
    result = forecast(planned, seen, now, faults, source)
    result = replace(result, advice=advised(planned, result, seen, now))
    if wants_json(format, json):
        from migrator.documents.rollout_plan import CODEC

        print_json(CODEC.dump(result))
        return
    for line in plan_forecast_lines(planned, result):
        say(line)


def _live(config: RouterConfig, route: str, state: str, directory: Path | None, watch_for: str) -> tuple[Traffic, str]:
    """The traffic as the plane counts it over a short time."""
    from migrator.cli.rollout_session import opened, seconds
    from migrator.cli.terminal import working
    from migrator.domain.observations import NoData
    from migrator.domain.traffic import Lognormal, RecordedTimes, Traffic, flat
    from migrator.errors import RemoteError, UsageError
    from migrator.rollout.statistics.buckets import bound_ms

    lasting = seconds("--watch-for", watch_for)
    hint = "describe it: --requests-per-minute N, or --traffic FILE"
    try:
        with opened(config, state, directory) as session, working(f"looking at {route} for {watch_for}"):
            metrics, clock = session.controller.sources.metrics, session.controller.clock
            mark = metrics.mark(route)
            clock.sleep(lasting + metrics.about(route).lag_s)
            seen = metrics.since(route, mark)
    except RemoteError as error:
        raise UsageError(f"the traffic of {route} is not known: {error}", hint=hint) from error
    if isinstance(seen, NoData):
        raise UsageError(f"the traffic of {route} is not known: {seen.reason}", hint=hint)
    requests = seen.legacy.requests + seen.canary.requests
    if not requests or seen.window_s <= 0:
        raise UsageError(f"no request of {route} came in {watch_for}", hint=hint)
    counted = sorted(seen.legacy.times.items())
    times = tuple(bound_ms(number) for number, count in counted for _ in range(count))
    known = seen.legacy.requests >= _ENOUGH_FOR_A_RATE
    made = Traffic(flat(60 * requests / seen.window_s), times=RecordedTimes(times) if len(times) >= 20 else Lognormal())
    if known:
        made = replace(made, errors=seen.legacy.error_rate)
    said = f"as seen in {seen.window_s:.3g} s" + ("" if known else "; legacy is taken to fail 0.5 %: too few were seen")
    return made, said
