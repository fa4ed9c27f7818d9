"""Sources of figures with what they read, so that one suite can make calls happen behind each of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.metrics.cloudwatch import CloudWatchMetrics, aliased, balanced
from migrator.adapters.metrics.cloudwatch.source import LAG_S, PERIOD_S
from migrator.adapters.metrics.prometheus import PrometheusMetrics
from migrator.adapters.metrics.seam import SeamMetrics
from migrator.domain.routes import AliasRoute, BalancerRoute, HttpMatch, Weight
from migrator.rollout.ports import MetricSource
from migrator.router.figures import PrometheusFigures, SideSelectors
from tests.support.cloudwatch import publish, teach_trimmed_counts
from tests.support.envoy import running_world
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior
from tests.support.memory_metrics import MemoryMetrics
from tests.support.moto import REGION, aws_server, client
from tests.support.prometheus import FakePrometheus

ROUTE = "tax"
Sides = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Rig:
    """A source, and what stands behind it.

    Attributes:
        call: makes so many requests, and failures of them, happen on the sides.
        complete: time passes until the figures of what happened are complete.
        stop: what the figures are read from does not answer any longer.
        lose: whatever was counted at a mark is gone for good.
        late: minutes pass, and figures stop to come; None where that cannot be told from silence.
        silence: whether that nothing happened can be told from nothing being known.
    """

    source: MetricSource
    call: Callable[[Sides], None]
    complete: Callable[[], None]
    stop: Callable[[], None]
    lose: Callable[[], None]
    late: Callable[[], None] | None = None
    silence: bool = True


def _nothing() -> None:
    pass


@contextlib.contextmanager
def memory(folder: Path) -> Iterator[Rig]:
    """The fake."""
    source = MemoryMetrics()

    def call(sides: Sides) -> None:
        for side, (requests, failures) in sides.items():
            source.count(side, requests, failures)

    def stop() -> None:
        source.down = True

    yield Rig(source, call, _nothing, stop, source.begin_anew)


@contextlib.contextmanager
def envoy(folder: Path) -> Iterator[Rig]:
    """A real Envoy."""
    with running_world(folder) as world, contextlib.ExitStack() as stack:
        world.serve(world.route(), 0)

        def call(sides: Sides) -> None:
            for side, (requests, failures) in sides.items():
                world.plane.shift(ROUTE, Weight(100 if side == "canary" else 0))
                server = world.canary if side == "canary" else world.legacy
                for number in range(requests):
                    server.behavior = Behavior(status=500 if number < failures else 200)
                    world.ask()

        def lose() -> None:
            world.envoy.stop()
            stack.enter_context(type(world.envoy).start(world.config, folder, concurrency=1))

        yield Rig(world.metrics, call, _nothing, world.envoy.stop, lose)


@contextlib.contextmanager
def seam(folder: Path) -> Iterator[Rig]:
    """A file of figures."""
    path = folder / "migrator_seam.figures"

    def call(sides: Sides) -> None:
        told = {
            side: {"tries": requests, "failed": failures, "times": {"40": requests}}
            for side, (requests, failures) in sides.items()
        }
        with path.open("a") as file:
            file.write(json.dumps({"time": 0, "pid": 1, "routes": {ROUTE: told}}) + "\n")

    def stop() -> None:
        path.unlink()
        path.mkdir()

    def lose() -> None:
        path.rename(folder / "elsewhere")
        call({"legacy": (0, 0)})

    call({"legacy": (0, 0)})
    yield Rig(SeamMetrics(path, {ROUTE: ROUTE}), call, _nothing, stop, lose)


@contextlib.contextmanager
def prometheus(folder: Path) -> Iterator[Rig]:
    """A stand-in of its HTTP API, with counters of one process a side."""
    with FakePrometheus() as server:
        totals = {side: [100, 10] for side in ("legacy", "canary")}

        def scrape() -> None:
            for side, (requests, failures) in totals.items():
                server.scrape("requests_total", requests, side=side)
                server.scrape("requests_total", failures, side=side, code="500")
                server.scrape("seconds_bucket", requests, side=side, le="0.1")
                server.scrape("seconds_bucket", requests, side=side, le="+Inf")

        def call(sides: Sides) -> None:
            for side, (requests, failures) in sides.items():
                totals[side][0] += requests
                totals[side][1] += failures

        def complete() -> None:
            for _ in range(4):
                server.at += 15
                scrape()

        def lose() -> None:
            totals["legacy"][:] = [1, 0]
            complete()

        def late() -> None:
            server.at += 300

        with contextlib.closing(PrometheusMetrics({ROUTE: figures(server.url)})) as source:
            complete()
            yield Rig(source, call, complete, server.stop, lose, late)


def figures(url: str, **settings: Any) -> PrometheusFigures:
    """What a Prometheus with one counter of requests a side has."""

    def side(name: str) -> SideSelectors:
        return SideSelectors(
            requests=(f'requests_total{{side="{name}",code=""}}',),
            failures=(f'requests_total{{side="{name}",code="500"}}',),
            times=(f'seconds_bucket{{side="{name}"}}',),
        )

    return PrometheusFigures(url, side("legacy"), side("canary"), **settings)


@contextlib.contextmanager
def load_balancer(folder: Path) -> Iterator[Rig]:
    """Target groups in CloudWatch of moto's server."""
    group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup"
    listener = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc/f2f7"
    route = BalancerRoute(ROUTE, HttpMatch((), "/"), f"{group}/legacy/1", f"{group}/canary/2", 0)
    dimensions = {
        side: (("TargetGroup", f"targetgroup/{name}"), ("LoadBalancer", "app/shop/50dc"))
        for side, name in (("legacy", "legacy/1"), ("canary", "canary/2"))
    }

    def tell(api: Any, side: str, at: float, requests: int, failures: int) -> None:
        say = ("AWS/ApplicationELB", dimensions[side], at)
        _say(api, say, "RequestCount", requests)
        _say(api, say, "LambdaUserError" if side == "canary" else "HTTPCode_Target_5XX_Count", failures)
        publish(api, say[0], "TargetResponseTime", *say[1:], *([0.08] * requests))

    def alive(api: Any, at: float) -> None:
        publish(api, "AWS/ApplicationELB", "HealthyHostCount", dimensions["legacy"], at, 2)

    with _cloudwatch(
        lambda url, clock: CloudWatchMetrics(balanced([route], listener), region=REGION, endpoint=url, clock=clock),
        tell,
        alive,
    ) as rig:
        yield rig


@contextlib.contextmanager
def alias(folder: Path) -> Iterator[Rig]:
    """Versions behind an alias in CloudWatch of moto's server."""
    route = AliasRoute(ROUTE, "arn:aws:lambda:eu-central-1:123456789012:function:tax", "live", "1", "2", 0)

    def tell(api: Any, side: str, at: float, requests: int, failures: int) -> None:
        version = "1" if side == "legacy" else "2"
        named = (("FunctionName", "tax"), ("Resource", "tax:live"), ("ExecutedVersion", version))
        _say(api, ("AWS/Lambda", named, at), "Invocations", requests)
        _say(api, ("AWS/Lambda", named, at), "Errors", failures)
        publish(api, "AWS/Lambda", "Duration", named, at, *([80.0] * requests))

    with _cloudwatch(
        lambda url, clock: CloudWatchMetrics(aliased([route]), region=REGION, endpoint=url, clock=clock), tell, None
    ) as rig:
        yield rig


@contextlib.contextmanager
def _cloudwatch(
    made: Callable[[str, FakeClock], CloudWatchMetrics],
    tell: Callable[[Any, str, float, int, int], None],
    alive: Callable[[Any, float], None] | None,
) -> Iterator[Rig]:
    clock = FakeClock(1_700_000_000.0 // PERIOD_S * PERIOD_S + 20)
    with pytest.MonkeyPatch.context() as patched, aws_server() as url:
        teach_trimmed_counts(patched)
        api = client("cloudwatch", url)
        told = clock.at

        def call(sides: Sides) -> None:
            clock.pass_time(PERIOD_S)
            for side, (requests, failures) in sides.items():
                tell(api, side, clock.at, requests, failures)

        def complete() -> None:
            nonlocal told
            clock.pass_time(LAG_S + PERIOD_S)
            while alive is not None and told < clock.at - LAG_S:
                alive(api, told)
                told += PERIOD_S

        def lose() -> None:
            clock.pass_time(16 * 24 * 3600)

        def late() -> None:
            clock.pass_time(LAG_S + 300)

        with contextlib.closing(made(url, clock)) as source:

            def stop() -> None:
                # An endpoint that nobody listens at.
                source._service = type(source._service)("cloudwatch", region=REGION, endpoint="http://127.0.0.1:1")
                clock.pass_time(LAG_S + 2 * PERIOD_S)

            yield Rig(source, call, complete, stop, lose, late, silence=alive is not None)


def _say(api: Any, said: tuple[str, Any, float], metric: str, count: int) -> None:
    """AWS publishes no zeros for these."""
    namespace, dimensions, at = said
    if count:
        publish(api, namespace, metric, dimensions, at, count)


RIGS = {
    "memory": memory,
    "envoy": envoy,
    "seam": seam,
    "prometheus": prometheus,
    "load balancer": load_balancer,
    "alias": alias,
}
