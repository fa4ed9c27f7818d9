"""The models -> the values of the domain.

In: a `RouterFile` that all checks have passed. Out: a `RouterConfig`. Nothing can go wrong here any more.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from migrator.cloud_facts.http_paths import guessed_path
from migrator.domain import routes
from migrator.router import models
from migrator.router.config import (
    BalancerConfig,
    BalancerRouteConfig,
    Canary,
    FunctionsConfig,
    PlaneConfig,
    PlannedRoute,
    RouteConfig,
    RouterConfig,
    SeamConfig,
    TokensConfig,
)
from migrator.router.convert_figures import figures_of
from migrator.router.convert_health import health_of
from migrator.router.convert_notifications import notified_by
from migrator.router.convert_plan import plan_of
from migrator.router.models.calls import SeamSegment, SeamSticky
from migrator.router.models.http import HttpMatch, Mirror, Segment, Sticky


def convert(file: models.RouterFile, source: str) -> RouterConfig:
    """The configuration that a file says."""
    http = [route for route in file.routes if isinstance(route, models.HttpRoute)]
    unrouted = file.legacy or next((route.legacy for route in http if route.legacy), None)
    url = unrouted.url if unrouted is not None and unrouted.url else ""
    balanced = isinstance(file.plane, models.AlbPlane)
    seam = file.seam
    return RouterConfig(
        plane=_envoy(file.plane) if isinstance(file.plane, models.EnvoyPlane) else None,
        routes=() if balanced else tuple(_route(route, url) for route in http),
        legacy_url=url,
        seam=SeamConfig(seam.weights, seam.figures, seam.source, seam.region, seam.endpoint) if seam else None,
        seam_routes=tuple(_seam_route(route) for route in file.routes if isinstance(route, models.SeamRoute)),
        balancer=BalancerConfig(file.plane.listener, file.plane.endpoint)
        if isinstance(file.plane, models.AlbPlane)
        else None,
        balancer_routes=tuple(map(_balancer_route, http)) if balanced else (),
        functions=FunctionsConfig(file.functions.region, file.functions.endpoint)
        if file.functions
        else FunctionsConfig(),
        alias_routes=tuple(_alias_route(route) for route in file.routes if isinstance(route, models.AliasRoute)),
        figures=figures_of(file),
        health=health_of(file),
        notifications=notified_by(file.notifications),
        source=source,
    )


def _envoy(plane: models.EnvoyPlane) -> PlaneConfig:
    tokens = plane.tokens
    return PlaneConfig(
        plane.kind,
        plane.admin,
        plane.listen,
        plane.side_header.lower(),
        TokensConfig(tokens.jwks, tokens.issuer, tuple(tokens.audiences)) if tokens else None,
    )


def _seam_route(route: models.SeamRoute) -> PlannedRoute[routes.SeamRoute]:
    ((kind, name),) = route.match.named
    given, breaker, claim = route.overrides, route.circuit_breaker, route.claim
    made = routes.SeamRoute(
        name=route.name,
        match=routes.SeamMatch(kind, name),
        canary=routes.SeamCanary(route.canary.lambda_name, route.canary.alias, route.canary.queue, route.canary.region),
        weight=route.weight,
        sticky=_seam_sticky(route.sticky) if route.sticky else None,
        overrides=routes.Overrides(given.argument, tuple(given.canary), tuple(given.legacy))
        if given
        else routes.Overrides(),
        timeout_s=route.timeout,
        legacy_queue=(route.legacy.queue or "") if route.legacy else "",
        legacy_beat=(route.legacy.beat or "") if route.legacy else "",
        segment=_seam_segment(route.match.segment) if route.match.segment else None,
        breaker=routes.Breaker(breaker.failures, breaker.open) if breaker else None,
        claim=routes.Claim(claim.table, claim.every, claim.offset) if claim else None,
    )
    return PlannedRoute(made, plan_of(route.name, route.rollout), tuple(route.not_above))


def _seam_sticky(sticky: SeamSticky) -> routes.Sticky:
    ((kind, name),) = sticky.sources
    return routes.Sticky(kind, name, sticky.group)


def _seam_segment(segment: SeamSegment) -> routes.Segment:
    return routes.Segment("argument", segment.argument, segment.values, segment.at_least, segment.at_most)


def _route(route: models.HttpRoute, unrouted: str) -> RouteConfig:
    fallback, breaker, given = route.fallback, route.circuit_breaker, route.overrides
    url = route.canary.url or ""
    sticky = _sticky(route.sticky) if route.sticky else None
    return RouteConfig(
        route=routes.Route(
            name=route.name,
            match=_match(route.match.http),
            legacy_url=(route.legacy.url if route.legacy else None) or unrouted,
            canary_url=url,
            weight=route.weight,
            sticky=sticky,
            fallback=routes.Fallback(tuple(fallback.on), tuple(fallback.methods), fallback.timeout)
            if fallback
            else None,
            timeout_s=route.timeout,
            overrides=routes.Overrides(given.header.lower(), tuple(given.canary), tuple(given.legacy))
            if given
            else routes.Overrides(),
            breaker=routes.Breaker(breaker.failures, breaker.open) if breaker else None,
            max_concurrent=breaker.max_concurrent if breaker else 0,
            mirror=_mirror(route.mirror),
            via=route.canary.via or guessed_path(urlsplit(url).hostname or ""),
        ),
        rollout=plan_of(route.name, route.rollout),
        not_above=tuple(route.not_above),
        canary=Canary(route.canary.lambda_name, route.canary.alias, url),
    )


def _balancer_route(route: models.HttpRoute) -> BalancerRouteConfig:
    return BalancerRouteConfig(
        route=routes.BalancerRoute(
            name=route.name,
            match=_match(route.match.http),
            legacy=(route.legacy.target_group if route.legacy else None) or "",
            canary=route.canary.target_group or "",
            weight=route.weight,
            sticky=_sticky(route.sticky) if route.sticky else None,
            priority=route.priority,
        ),
        rollout=plan_of(route.name, route.rollout),
        not_above=tuple(route.not_above),
        canary=Canary(route.canary.lambda_name, route.canary.alias, ""),
    )


def _alias_route(route: models.AliasRoute) -> PlannedRoute[routes.AliasRoute]:
    match = route.match
    made = routes.AliasRoute(
        route.name, match.function, match.alias, route.legacy.version, route.canary.version, route.weight
    )
    return PlannedRoute(made, plan_of(route.name, route.rollout), tuple(route.not_above))


def _match(match: HttpMatch) -> routes.HttpMatch:
    return routes.HttpMatch(
        tuple(match.methods),
        match.path,
        _segment(match.segment) if match.segment else None,
        tuple(host.lower() for host in match.hosts),
    )


def _segment(segment: Segment) -> routes.Segment:
    ((kind, name),) = segment.sources
    return routes.Segment(kind, name.lower() if kind == "header" else name, segment.values)


def _sticky(sticky: Sticky) -> routes.Sticky:
    if sticky.cookie is not None:
        return routes.Sticky("cookie", "", sticky.group, int(sticky.cookie))
    return routes.Sticky("header", (sticky.header or "").lower(), sticky.group)


def _mirror(mirror: float | Mirror) -> routes.Mirror | None:
    percent, allow = (mirror.percent, tuple(mirror.allow)) if isinstance(mirror, Mirror) else (mirror, ())
    return routes.Mirror(percent, allow) if percent else None
