"""The figures of the routes of one plane: its own, or what the configuration names instead.

In: a router configuration. Out: open sources, closed by whoever opened them. Imported where it is built, as in the rest of
the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from migrator.domain.routes import AnyRoute
from migrator.rollout.by_route import MetricsByRoute
from migrator.rollout.ports import MetricSource
from migrator.router.figures import CloudWatchFigures, PrometheusFigures

if TYPE_CHECKING:
    from migrator.adapters.metrics.cloudwatch import Measured
    from migrator.router.config import BalancerConfig, RouterConfig


class OpenMetrics(MetricSource, Protocol):
    """A source of figures that holds connections."""

    def close(self) -> None:
        """Give up the connections."""
        ...


class OpenFigures:
    """Several sources as one.

    Args:
        sources: by the names of their routes.
        other: for a route that is not among them.
    """

    def __init__(self, sources: Mapping[str, OpenMetrics], other: OpenMetrics) -> None:
        by_route = MetricsByRoute(sources, other)
        self.about, self.mark, self.since = by_route.about, by_route.mark, by_route.since
        self._held = ExitStack()
        for source in {id(source): source for source in (*sources.values(), other)}.values():
            self._held.enter_context(closing(source))

    def close(self) -> None:
        """Give up the connections of all."""
        self._held.close()


def said_or_own(
    config: RouterConfig, routes: Iterable[AnyRoute], own: Callable[[], OpenMetrics]
) -> Callable[[], OpenMetrics]:
    """What opens the figures of a plane's routes.

    Args:
        own: opens the figures that the plane itself has.
    """
    said = {route.name: config.figures.get(route.name) for route in routes}
    told = {name: figures for name, figures in said.items() if isinstance(figures, PrometheusFigures)}
    if not told:
        return own

    def opened() -> OpenMetrics:
        from migrator.adapters.metrics.prometheus import PrometheusMetrics

        prometheus = PrometheusMetrics({name: _beside(figures, config) for name, figures in told.items()})
        return OpenFigures(dict.fromkeys(told, prometheus), own())

    return opened


def balancer_figures(config: RouterConfig, balancer: BalancerConfig) -> OpenMetrics:
    """CloudWatch's figures of the routes of a load balancer."""
    from migrator.adapters.metrics.cloudwatch import balanced

    measured = balanced((entry.route for entry in config.balancer_routes), balancer.listener)
    return _cloudwatch(config, measured, balancer.region, balancer.endpoint, balancer.listener)


def alias_figures(config: RouterConfig) -> OpenMetrics:
    """CloudWatch's figures of the routes of versions of a function."""
    from migrator.adapters.metrics.cloudwatch import aliased

    measured = aliased(entry.route for entry in config.alias_routes)
    return _cloudwatch(config, measured, config.functions.region, config.functions.endpoint, "")


def _cloudwatch(
    config: RouterConfig, measured: Mapping[str, Measured], region: str, endpoint: str, listener: str
) -> OpenMetrics:
    """One source for the routes of which the same is said.

    Args:
        region: of what carries the calls; what is said of CloudWatch wins.
        listener: ARN, for routes of a load balancer.
    """
    from migrator.adapters.aws import AwsService
    from migrator.adapters.clock import SystemClock
    from migrator.adapters.metrics.cloudwatch import CloudWatchMetrics, RuleSharing

    usual = CloudWatchFigures()
    said = {
        name: found if isinstance(found := config.figures.get(name), CloudWatchFigures) else usual for name in measured
    }

    def opened(figures: CloudWatchFigures) -> CloudWatchMetrics:
        service = AwsService("elbv2", region=region, endpoint=endpoint)
        return CloudWatchMetrics(
            {name: series for name, series in measured.items() if said[name] == figures},
            region=figures.region or region,
            endpoint=figures.endpoint or endpoint,
            lag_s=figures.lag_s,
            sharing=RuleSharing(service, listener, SystemClock()) if listener else None,
        )

    sources = {figures: opened(figures) for figures in dict.fromkeys(said.values())}
    other = next(iter(sources.values()), None) or opened(usual)
    return OpenFigures({name: sources[figures] for name, figures in said.items()}, other)


def _beside(figures: PrometheusFigures, config: RouterConfig) -> PrometheusFigures:
    """With the token's file from the current folder on."""
    token = figures.token
    if token is None or not token.file:
        return figures
    return replace(figures, token=replace(token, file=str(config.beside(token.file))))
