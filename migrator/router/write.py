"""`RouterConfig` -> the text of a `router.yaml`, in the canonical order of keys.

In: a configuration, for instance one that the extraction built. Out: YAML that `parse_router` reads back as an
equal configuration. Editing a file that a person wrote is not done here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from migrator.cloud_facts.http_paths import guessed_path
from migrator.domain.routes import (
    AliasRoute,
    AnyRoute,
    Breaker,
    Fallback,
    HttpMatch,
    Overrides,
    Route,
    SeamRoute,
    Segment,
    Sticky,
)
from migrator.router.config import (
    SIDE_HEADER,
    WRITES,
    BalancerRouteConfig,
    Canary,
    FunctionsConfig,
    PlaneConfig,
    PlannedRoute,
    RouteConfig,
    RouterConfig,
    SeamConfig,
    default_rollout,
)
from migrator.router.convert_notifications import notified_mapping
from migrator.router.quantities import duration_text
from migrator.router.write_figures import figures_mapping
from migrator.router.write_plan import plan_mapping
from migrator.router.yaml_parts import filled as _filled
from migrator.router.yaml_parts import flow as _flow
from migrator.router.yaml_parts import listed as _list
from migrator.router.yaml_parts import number as _number


def to_yaml(config: RouterConfig, *, include: Sequence[str] = ()) -> str:
    """The file that says this configuration.

    Args:
        include: patterns of the files with further routes; with them the file need not have any itself.
    """
    document = CommentedMap(version=1)
    if include:
        document["include"] = _list(map(DoubleQuotedScalarString, include))
    if config.plane is not None:
        document["plane"] = _plane(config.plane)
    if config.balancer is not None:
        document["plane"] = _filled(kind="alb", listener=config.balancer.listener, endpoint=config.balancer.endpoint)
    if config.seam is not None:
        document["seam"] = _seam(config.seam)
    if config.functions != FunctionsConfig():
        document["functions"] = _filled(region=config.functions.region, endpoint=config.functions.endpoint)
    of_the_top = _health_of_the_top(config)
    if of_the_top or (config.legacy_url and {entry.route.legacy_url for entry in config.routes} != {config.legacy_url}):
        document["legacy"] = _filled(url=config.legacy_url, health=of_the_top)
    if config.notifications:
        document["notifications"] = [notified_mapping(each) for each in config.notifications]
    routes = _routes(config)
    if routes or not include:
        document["routes"] = routes
    return _text(document)


def fragment_yaml(config: RouterConfig, *, legacy_named: bool) -> str:
    """The file that says the routes of a configuration and nothing else, for one that includes it.

    Args:
        legacy_named: the including file names the legacy system, so that routes of HTTP calls need not.
    """
    routes = _routes(config)
    for route in routes:
        if legacy_named and "http" in route["match"]:
            route.pop("legacy", None)
    return _text(CommentedMap(version=1, routes=routes))


def _routes(config: RouterConfig) -> list[CommentedMap]:
    routes = [
        *map(_route, config.routes),
        *map(_balancer_route, config.balancer_routes),
        *map(_seam_route, config.seam_routes),
        *map(_alias_route, config.alias_routes),
    ]
    for route in routes:
        if (figures := config.figures.get(route["name"])) is not None:
            route["metrics"] = figures_mapping(figures)
        if "http" in route["match"] and (health := config.health.get(route["name"])) is not None:
            route["legacy"]["health"] = health
    return routes


def _text(document: CommentedMap) -> str:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _health_of_the_top(config: RouterConfig) -> str:
    """Where legacy of the routes is asked that have no address of it themselves; they share the one at the top."""
    names = [*(entry.name for entry in config.seam_routes), *(entry.name for entry in config.alias_routes)]
    return next((config.health[name] for name in names if name in config.health), "")


def _plane(plane: PlaneConfig) -> CommentedMap:
    mapping = _flow(kind=plane.kind, admin=plane.admin, listen=plane.listen)
    if plane.side_header != SIDE_HEADER:
        mapping["side_header"] = plane.side_header
    if plane.tokens is not None:
        tokens = plane.tokens
        mapping["tokens"] = _filled(jwks=tokens.jwks, issuer=tokens.issuer, audiences=_list(tokens.audiences))
    return mapping


def _seam(seam: SeamConfig) -> CommentedMap:
    return _filled(
        weights=seam.weights, figures=seam.figures, source=seam.source, region=seam.region, endpoint=seam.endpoint
    )


def _function(canary: Canary) -> dict[str, str]:
    return {"lambda": canary.lambda_name, **({"alias": canary.alias} if canary.alias else {})}


def _via(route: Route) -> dict[str, str]:
    guessed = guessed_path(urlsplit(route.canary_url).hostname or "")
    return {"via": route.via} if route.via != guessed else {}


def _route(entry: RouteConfig) -> CommentedMap:
    route = entry.route
    mapping = CommentedMap(
        name=route.name,
        match=CommentedMap(http=_match(route.match)),
        legacy=_flow(url=route.legacy_url),
        canary=_flow(**_function(entry.canary), url=entry.canary.url, **_via(route)),
        weight=_number(route.weight),
    )
    _put_dependencies(mapping, entry)
    _put_sticky(mapping, route.sticky)
    _put_overrides(mapping, route.overrides, "header")
    if route.fallback:
        mapping["fallback"] = _fallback(route.fallback)
    if route.breaker is not None:
        mapping["circuit_breaker"] = _breaker(route.breaker)
        if route.max_concurrent:
            mapping["circuit_breaker"]["max_concurrent"] = route.max_concurrent
    if route.timeout_s != 30.0:
        mapping["timeout"] = duration_text(route.timeout_s)
    if route.mirror is not None:
        share = _number(route.mirror.percent)
        mapping["mirror"] = _flow(percent=share, allow=_list(route.mirror.allow)) if route.mirror.allow else share
    _put_rollout(mapping, entry)
    return mapping


def _balancer_route(entry: BalancerRouteConfig) -> CommentedMap:
    route = entry.route
    mapping = CommentedMap(
        name=route.name,
        match=CommentedMap(http=_match(route.match)),
        legacy=_flow(target_group=route.legacy),
        canary=_flow(**_function(entry.canary), target_group=route.canary),
        weight=_number(route.weight),
    )
    _put_dependencies(mapping, entry)
    _put_sticky(mapping, route.sticky)
    if route.priority:
        mapping["priority"] = route.priority
    _put_rollout(mapping, entry)
    return mapping


def _alias_route(entry: PlannedRoute[AliasRoute]) -> CommentedMap:
    route = entry.route
    mapping = CommentedMap(
        name=route.name,
        match=_flow(function=route.function, alias=route.alias),
        legacy=_flow(version=DoubleQuotedScalarString(route.legacy)),
        canary=_flow(version=DoubleQuotedScalarString(route.canary)),
        weight=_number(route.weight),
    )
    _put_dependencies(mapping, entry)
    _put_rollout(mapping, entry)
    return mapping


def _seam_route(entry: PlannedRoute[SeamRoute]) -> CommentedMap:
    route, canary = entry.route, entry.route.canary
    named = {"lambda": canary.function, "alias": canary.alias, "queue": canary.queue, "region": canary.region}
    match = _flow(**{route.match.kind: route.match.name})
    if route.segment is not None:
        match["segment"] = _segment(route.segment)
    mapping = CommentedMap(name=route.name, match=match)
    if legacy := _filled(queue=route.legacy_queue, beat=route.legacy_beat):
        mapping["legacy"] = legacy
    mapping["canary"] = _filled(**named)
    mapping["weight"] = _number(route.weight)
    _put_dependencies(mapping, entry)
    _put_sticky(mapping, route.sticky)
    _put_overrides(mapping, route.overrides, "argument")
    if route.breaker is not None:
        mapping["circuit_breaker"] = _breaker(route.breaker)
    if route.claim is not None:
        mapping["claim"] = _flow(table=route.claim.table, every=duration_text(route.claim.every_s))
        if route.claim.offset_s:
            mapping["claim"]["offset"] = duration_text(route.claim.offset_s)
    if route.timeout_s != 2.0:
        mapping["timeout"] = duration_text(route.timeout_s)
    _put_rollout(mapping, entry)
    return mapping


def _put_dependencies(mapping: CommentedMap, entry: PlannedRoute[AnyRoute]) -> None:
    if entry.not_above:
        mapping["not_above"] = _list(entry.not_above)


def _put_sticky(mapping: CommentedMap, sticky: Sticky | None) -> None:
    if sticky is None:
        return
    key = {"cookie": duration_text(sticky.seconds)} if sticky.kind == "cookie" else {sticky.kind: sticky.name}
    mapping["sticky"] = _flow(**key)
    if sticky.group:
        mapping["sticky"]["group"] = sticky.group


def _put_overrides(mapping: CommentedMap, overrides: Overrides, kind: str) -> None:
    if overrides == Overrides():
        return
    given = _flow(**{kind: overrides.key}) if overrides.key else _flow()
    for side, values in (("canary", overrides.canary), ("legacy", overrides.legacy)):
        if values:
            given[side] = _texts(values)
    mapping["overrides"] = given


def _put_rollout(mapping: CommentedMap, entry: PlannedRoute[AnyRoute]) -> None:
    if entry.rollout != default_rollout(entry.name):
        mapping["rollout"] = plan_mapping(entry.rollout)


def _breaker(breaker: Breaker) -> CommentedMap:
    return _flow(failures=breaker.failures, open=duration_text(breaker.open_s))


def _texts(values: Iterable[str]) -> CommentedSeq:
    return _list(map(DoubleQuotedScalarString, values))  # other quotes lose some characters


def _segment(segment: Segment) -> CommentedMap:
    mapping = _flow(**{segment.kind: segment.name})
    if len(segment.values) == 1:
        mapping["equals"] = DoubleQuotedScalarString(segment.values[0])
    elif segment.values:
        mapping["in"] = _texts(segment.values)
    for key, bound in (("at_least", segment.at_least), ("at_most", segment.at_most)):
        if bound is not None:
            mapping[key] = _number(bound)
    return mapping


def _match(match: HttpMatch) -> CommentedMap:
    mapping = _flow()
    if match.methods:
        mapping["methods"] = _list(match.methods)
    if match.hosts:
        mapping["hosts"] = _list(match.hosts)
    mapping["path"] = match.path
    if match.segment:
        mapping["segment"] = _segment(match.segment)
    return mapping


def _fallback(fallback: Fallback) -> CommentedMap:
    mapping = _flow(on=_list(fallback.on), methods=_list(fallback.methods), timeout=duration_text(fallback.timeout_s))
    if WRITES.intersection(fallback.methods):
        mapping["idempotent"] = True
    return mapping
