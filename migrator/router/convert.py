"""The models -> the values of the domain.

In: a `RouterFile` that all checks have passed. Out: a `RouterConfig`. Nothing can go wrong here any more.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain import rollouts, routes
from migrator.router import models
from migrator.router.config import (
    Canary,
    PlaneConfig,
    RouteConfig,
    RouterConfig,
    SeamConfig,
    SeamRouteConfig,
    default_rollout,
)


def convert(file: models.RouterFile, source: str) -> RouterConfig:
    """The configuration that a file says."""
    http = [route for route in file.routes if isinstance(route, models.HttpRoute)]
    unrouted = file.legacy or next((route.legacy for route in http if route.legacy), None)
    url = unrouted.url if unrouted is not None else ""
    return RouterConfig(
        plane=_plane(file.plane) if file.plane is not None else None,
        routes=tuple(_route(route, url) for route in http),
        legacy_url=url,
        seam=SeamConfig(file.seam.weights, file.seam.figures) if file.seam is not None else None,
        seam_routes=tuple(_seam_route(route) for route in file.routes if isinstance(route, models.SeamRoute)),
        source=source,
    )


def _plane(plane: models.Plane) -> PlaneConfig:
    return PlaneConfig(plane.kind, plane.admin, plane.listen, plane.side_header.lower())


def _seam_route(route: models.SeamRoute) -> SeamRouteConfig:
    match route.match:
        case models.TaskMatch(task=name):
            calls = routes.SeamMatch("task", name)
        case models.CallMatch(call=name):
            calls = routes.SeamMatch("call", name)
    overrides = route.overrides or models.Overrides()
    made = routes.SeamRoute(
        name=route.name,
        match=calls,
        canary=routes.SeamCanary(route.canary.lambda_name, route.canary.alias, route.canary.queue, route.canary.region),
        weight=route.weight,
        sticky=routes.Sticky("argument", route.sticky.argument) if route.sticky else None,
        overrides=routes.Overrides(overrides.argument, tuple(overrides.canary), tuple(overrides.legacy)),
        timeout_s=route.timeout,
        legacy_queue=route.legacy.queue if route.legacy else "",
    )
    return SeamRouteConfig(made, _plan(route))


def _route(route: models.HttpRoute, unrouted: str) -> RouteConfig:
    match = route.match.http
    segment = routes.Segment("header", match.segment.header.lower(), (match.segment.equals,)) if match.segment else None
    fallback = route.fallback
    return RouteConfig(
        route=routes.Route(
            name=route.name,
            match=routes.HttpMatch(tuple(match.methods), match.path, segment),
            legacy_url=route.legacy.url if route.legacy else unrouted,
            canary_url=route.canary.url,
            weight=route.weight,
            sticky=routes.Sticky("header", route.sticky.header.lower()) if route.sticky else None,
            fallback=routes.Fallback(tuple(fallback.on), tuple(fallback.methods), fallback.timeout)
            if fallback
            else None,
            timeout_s=route.timeout,
        ),
        canary=Canary(route.canary.lambda_name, route.canary.alias, route.canary.url),
        rollout=_plan(route),
    )


def _plan(route: models.HttpRoute | models.SeamRoute) -> rollouts.RolloutPlan:
    if route.rollout is None:
        return default_rollout(route.name)
    return rollouts.RolloutPlan(
        route=route.name,
        steps=tuple(rollouts.Step(step.weight, step.bake, step.min_requests) for step in route.rollout.steps),
        gates=tuple(_gate(gate) for gate in route.rollout.gates),
    )


def _gate(gate: models.AnyGate) -> rollouts.Gate:
    match gate:
        case models.ErrorRateGate():
            return rollouts.ErrorRateGate(gate.error_rate.worse_by)
        case models.LatencyGate():
            return rollouts.LatencyGate(gate.latency.quantile, gate.latency.ratio)
        case models.ParityGate():
            return rollouts.ParityGate(gate.parity.different)
    assert_never(gate)
