"""`RouterConfig` -> the text of a `router.yaml`, in the canonical order of keys.

In: a configuration, for instance one that the extraction built. Out: YAML that `parse_router` reads back as an
equal configuration. Editing a file that a person wrote is not done here.
"""

from __future__ import annotations

import io
from typing import Any, assert_never

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from migrator.domain import rollouts
from migrator.domain.routes import Fallback, Overrides, Route
from migrator.router.config import (
    SIDE_HEADER,
    WRITES,
    PlaneConfig,
    RouteConfig,
    RouterConfig,
    SeamRouteConfig,
    default_rollout,
)
from migrator.router.quantities import duration_text


def to_yaml(config: RouterConfig) -> str:
    """The file that says this configuration."""
    document = CommentedMap(version=1)
    if config.plane is not None:
        document["plane"] = _plane(config.plane)
    if config.seam is not None:
        document["seam"] = _flow(weights=config.seam.weights)
        if config.seam.figures:
            document["seam"]["figures"] = config.seam.figures
    if config.legacy_url and {entry.route.legacy_url for entry in config.routes} != {config.legacy_url}:
        document["legacy"] = _flow(url=config.legacy_url)
    document["routes"] = [*map(_route, config.routes), *map(_seam_route, config.seam_routes)]
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _flow(**values: Any) -> CommentedMap:
    mapping = CommentedMap(values)
    mapping.fa.set_flow_style()
    return mapping


def _list(values: Any, *, flow: bool = True) -> CommentedSeq:
    sequence = CommentedSeq(values)
    if flow:
        sequence.fa.set_flow_style()
    return sequence


def _plane(plane: PlaneConfig) -> CommentedMap:
    mapping = _flow(kind=plane.kind, admin=plane.admin, listen=plane.listen)
    if plane.side_header != SIDE_HEADER:
        mapping["side_header"] = plane.side_header
    return mapping


def _route(entry: RouteConfig) -> CommentedMap:
    route = entry.route
    canary = {"lambda": entry.canary.lambda_name}
    if entry.canary.alias:
        canary["alias"] = entry.canary.alias
    mapping = CommentedMap(
        name=route.name,
        match=CommentedMap(http=_match(route)),
        legacy=_flow(url=route.legacy_url),
        canary=_flow(**canary, url=entry.canary.url),
        weight=_number(route.weight),
    )
    if route.sticky:
        mapping["sticky"] = _flow(header=route.sticky.name)
    if route.fallback:
        mapping["fallback"] = _fallback(route.fallback)
    if route.timeout_s != 30.0:
        mapping["timeout"] = duration_text(route.timeout_s)
    if entry.rollout != default_rollout(route.name):
        mapping["rollout"] = _rollout(entry.rollout)
    return mapping


def _seam_route(entry: SeamRouteConfig) -> CommentedMap:
    route, canary = entry.route, entry.route.canary
    named = {"lambda": canary.function, "alias": canary.alias, "queue": canary.queue, "region": canary.region}
    mapping = CommentedMap(
        name=route.name,
        match=_flow(**{route.match.kind: route.match.name}),
        **({"legacy": _flow(queue=route.legacy_queue)} if route.legacy_queue else {}),
        canary=_flow(**{key: value for key, value in named.items() if value}),
        weight=_number(route.weight),
    )
    if route.sticky:
        mapping["sticky"] = _flow(argument=route.sticky.name)
    if route.overrides != Overrides():
        given = _flow(argument=route.overrides.key) if route.overrides.key else _flow()
        for side, values in (("canary", route.overrides.canary), ("legacy", route.overrides.legacy)):
            if values:
                given[side] = _list(map(DoubleQuotedScalarString, values))  # other quotes lose some characters
        mapping["overrides"] = given
    if route.timeout_s != 2.0:
        mapping["timeout"] = duration_text(route.timeout_s)
    if entry.rollout != default_rollout(route.name):
        mapping["rollout"] = _rollout(entry.rollout)
    return mapping


def _match(route: Route) -> CommentedMap:
    mapping = _flow()
    if route.match.methods:
        mapping["methods"] = _list(route.match.methods)
    mapping["path"] = route.match.path
    if route.match.segment:
        mapping["segment"] = _flow(header=route.match.segment.name, equals=route.match.segment.values[0])
    return mapping


def _fallback(fallback: Fallback) -> CommentedMap:
    mapping = _flow(on=_list(fallback.on), methods=_list(fallback.methods), timeout=duration_text(fallback.timeout_s))
    if WRITES.intersection(fallback.methods):
        mapping["idempotent"] = True
    return mapping


def _rollout(plan: rollouts.RolloutPlan) -> CommentedMap:
    mapping = CommentedMap(steps=_list((_step(step) for step in plan.steps), flow=False))
    if plan.gates:
        mapping["gates"] = _list((_gate(gate) for gate in plan.gates), flow=False)
    return mapping


def _step(step: rollouts.Step) -> CommentedMap:
    mapping = _flow(weight=_number(step.weight), bake=duration_text(step.bake_s))
    if step.min_requests != 20:
        mapping["min_requests"] = step.min_requests
    return mapping


def _gate(gate: rollouts.Gate) -> CommentedMap:
    match gate:
        case rollouts.ErrorRateGate():
            return _flow(error_rate=_flow(worse_by=f"{gate.worse_by_pp:g}pp"))
        case rollouts.LatencyGate():
            return _flow(latency=_flow(quantile=f"p{gate.quantile * 100:g}", ratio=_number(gate.ratio)))
        case rollouts.ParityGate():
            return _flow(parity=_flow(different=gate.different))
    assert_never(gate)


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value
