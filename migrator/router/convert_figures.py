"""The `metrics` of a file -> where the figures of each route are read.

In: a file that all checks have passed. Out: values by route; routes whose figures come from what carries them are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.router import models
from migrator.router.figures import CloudWatchFigures, Figures, PrometheusFigures, SideSelectors, TokenSource
from migrator.router.models.metrics import CloudWatch, Metrics, Prometheus


def figures_of(file: models.RouterFile) -> Mapping[str, Figures]:
    """Where figures are read, by the route's name."""
    found: dict[str, Figures] = {}
    balanced = isinstance(file.plane, models.AlbPlane)
    for route in file.routes:
        metrics: Metrics | None = route.metrics or file.metrics
        if metrics is None:
            continue
        if metrics.prometheus is not None:
            found[route.name] = _prometheus(metrics.prometheus, route.name)
        elif metrics.cloudwatch is not None and (
            isinstance(route, models.AliasRoute) or (balanced and isinstance(route, models.HttpRoute))
        ):
            found[route.name] = _cloudwatch(metrics.cloudwatch)
    return found


def _prometheus(said: Prometheus, route: str) -> PrometheusFigures:
    def side(name: str) -> SideSelectors:
        told = {
            key: tuple(getattr(sides, name))
            for key in ("requests", "failures", "throttled", "times")
            if (sides := getattr(said, key)) is not None
        }
        return SideSelectors(**told).of(route)

    return PrometheusFigures(
        said.url,
        side("legacy"),
        side("canary"),
        said.lag,
        TokenSource(said.token.env or "", said.token.file or "") if said.token is not None else None,
        1000.0 if said.unit == "s" else 1.0,
    )


def _cloudwatch(said: CloudWatch) -> CloudWatchFigures:
    return CloudWatchFigures(said.lag, said.region, said.endpoint)
