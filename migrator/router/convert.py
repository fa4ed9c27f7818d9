"""The models -> the values of the domain.

In: a `RouterFile` that all checks have passed. Out: a `RouterConfig`. Nothing can go wrong here any more.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain import rollouts, routes
from migrator.router import models
from migrator.router.config import Canary, PlaneConfig, RouteConfig, RouterConfig, default_rollout


def convert(file: models.RouterFile, source: str) -> RouterConfig:
    """The configuration that a file says."""
    unrouted = file.legacy or next(route.legacy for route in file.routes if route.legacy)
    return RouterConfig(
        plane=PlaneConfig(
            kind=file.plane.kind,
            admin=file.plane.admin,
            listen=file.plane.listen,
            side_header=file.plane.side_header.lower(),
        ),
        routes=tuple(_route(route, unrouted.url) for route in file.routes),
        legacy_url=unrouted.url,
        source=source,
    )


def _route(route: models.HttpRoute, unrouted: str) -> RouteConfig:
    match = route.match.http
    segment = routes.Segment(match.segment.header.lower(), match.segment.equals) if match.segment else None
    fallback = route.fallback
    return RouteConfig(
        route=routes.Route(
            name=route.name,
            match=routes.HttpMatch(tuple(match.methods), match.path, segment),
            legacy_url=route.legacy.url if route.legacy else unrouted,
            canary_url=route.canary.url,
            weight=route.weight,
            sticky_header=route.sticky.header.lower() if route.sticky else "",
            fallback=routes.Fallback(tuple(fallback.on), tuple(fallback.methods), fallback.timeout)
            if fallback
            else None,
            timeout_s=route.timeout,
        ),
        canary=Canary(route.canary.lambda_name, route.canary.alias, route.canary.url),
        rollout=_plan(route),
    )


def _plan(route: models.HttpRoute) -> rollouts.RolloutPlan:
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
