"""The routes of a candidate as files of the monolith's repository: its own fragment, and the main file that includes it.

In: a planned slice, its handler, the layout, how its calls are routed, and the main file as it is. Out: path to text,
built and written by the router's own classes. The fragment is the candidate's alone, and the first main file is the same
whatever the candidate, so that branches that add one each merge. What a main file of a person's says stays, byte for
byte; what it lacks is put in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from posixpath import relpath

from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.naming import service_name
from migrator.artifacts.router_entry import ALIAS, CANARY_URL, LEGACY_URL, PLANE, STEPS, http_routes
from migrator.artifacts.seam.sites import At
from migrator.domain.gates import ErrorRateGate
from migrator.domain.json import JsonValue
from migrator.domain.layouts import Layout
from migrator.domain.plans import EventSource
from migrator.domain.rollouts import RolloutPlan
from migrator.domain.routes import SeamCanary, SeamMatch, SeamRoute, Sticky
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from migrator.router import RouterConfig, fragment_yaml, to_yaml
from migrator.router.config import PlannedRoute, SeamConfig
from migrator.router.top_keys import top_values, with_include, with_keys


@dataclass(frozen=True, slots=True)
class Routing:
    """How the calls of a candidate are routed.

    Attributes:
        weights: path of the file that the seam reads its weights from, from the repository's top; named for HTTP as well,
            so that the first main file is the same for every candidate.
        at: where the seam routes it; None where the data plane carries its HTTP calls.
        sticky: the argument whose values stay on one side, or an empty string.
        queue: QueueUrl of the service's queue; empty where it is not deployed yet.
        http: whether any candidate of the monolith is called by HTTP: a new main file names a data plane then. The same
            for every candidate, as `weights` is.
        legacy_url: of the monolith, where no main file names it.
        canary_url: base URL of the way to the function.
    """

    weights: str
    at: At | None = None
    sticky: str = ""
    queue: str = ""
    http: bool = True
    legacy_url: str = LEGACY_URL
    canary_url: str = CANARY_URL


def route_files(
    planned: PlannedSlice, described: HandlerArtifacts, layout: Layout, routing: Routing, existing: str | None
) -> Mapping[str, str]:
    """The fragment of a candidate, and the main file where that is new or changes.

    Args:
        described: what `describe_handler` says of it.
        existing: the text of the main file (`layout.router`) as it is committed; None for no such file.

    Returns:
        Path from the repository's top to text, at weight 0.

    Raises:
        Refused: neither the seam nor the data plane can carry its calls, or the main file has its route.
        InputError: the main file has a mistake, or has to be changed by hand first.
    """
    service = service_name(planned.plan.candidate)
    routes = _routes(service, planned, described, routing)
    if existing is None:
        main = RouterConfig(
            plane=PLANE if routing.http else None,
            routes=(),
            legacy_url=routing.legacy_url if routing.http else "",
            seam=SeamConfig(_beside(layout, routing.weights)),
        )
        text = to_yaml(main, include=[_pattern(layout)])
        return {layout.router: text, layout.routes: _fragment(planned, routing, routes, legacy_named=True)}
    there = top_values(existing, source=layout.router)
    _refuse_twice(there, routes, layout)
    _refuse_balancer(there, planned, routing)
    legacy_url = _legacy_of_routes(there)
    if legacy_url:
        http = (replace(each, route=replace(each.route, legacy_url=legacy_url)) for each in routes.routes)
        routes = replace(routes, routes=tuple(http))
    # The same for every candidate, so that branches merge; a data plane where one asks for it, and elsewhere.
    text = with_keys(existing, _missing(_seam(layout, routing), there), source=layout.router)
    if routing.at is None:
        plane = {key: value for key, value in _plane(routing).items() if not (key == "legacy" and legacy_url)}
        text = with_keys(text, _missing(plane, there), source=layout.router, last=True)
    text = with_include(text, _pattern(layout), _beside(layout, layout.routes), source=layout.router)
    fragment = {layout.routes: _fragment(planned, routing, routes, legacy_named=not legacy_url)}
    return fragment if text == existing else {layout.router: text, **fragment}


def _seam(layout: Layout, routing: Routing) -> Mapping[str, str]:
    return {"seam": f"{{weights: {json.dumps(_beside(layout, routing.weights))}}}"}


def _plane(routing: Routing) -> Mapping[str, str]:
    plane = f'{{kind: {PLANE.kind}, admin: "{PLANE.admin}", listen: "{PLANE.listen}"}}'
    return {"plane": plane, "legacy": f"{{url: {json.dumps(routing.legacy_url)}}}"}


def _missing(keys: Mapping[str, str], there: Mapping[str, JsonValue]) -> Mapping[str, str]:
    return {key: value for key, value in keys.items() if key not in there}


def _refuse_twice(there: Mapping[str, JsonValue], routes: RouterConfig, layout: Layout) -> None:
    ours = {entry.name for entry in routes.entries}
    for route in _dicts(there.get("routes")):
        if route.get("name") in ours:
            raise Refused(
                f"the route {route['name']} is there already",
                hint=f"take it out, or move it to {layout.routes}",
                location=layout.router,
            )


def _refuse_balancer(there: Mapping[str, JsonValue], planned: PlannedSlice, routing: Routing) -> None:
    plane = there.get("plane")
    if routing.at is None and isinstance(plane, dict) and plane.get("kind") == "alb":
        raise Refused(
            "is to be carried by a load balancer, whose target groups nobody but you knows",
            hint="write its route by hand: legacy and canary with target_group",
            location=str(planned.assessment.location),
        )


def _legacy_of_routes(there: Mapping[str, JsonValue]) -> str:
    """The legacy system that the routes of a main file name where its top names none."""
    if "legacy" in there:
        return ""
    named = (route.get("legacy") for route in _dicts(there.get("routes")))
    return next((str(each["url"]) for each in named if isinstance(each, dict) and each.get("url")), "")


def _dicts(value: JsonValue) -> Sequence[Mapping[str, JsonValue]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


UNKNOWN_QUEUE = "https://sqs.invalid/QueueUrl"
"""Stands for the queue of a service that is not deployed. No host has such a name (RFC 6761), so what is sent there fails
and falls back to legacy; without a queue the function would be invoked, which takes messages of its queue alone."""

_NO_QUEUE = """\
# Before weight is given: the queue is the QueueUrl among the outputs of the deployed service's stack.
"""
_LOCAL = """\
# Before weight is given: canary.url is the local stack's; name the way to the deployed function.
"""
# What is sent through a queue where the service has one; a call waits for its answer, and a queue gives none.
_QUEUED = frozenset({At.SENDS, At.REGISTRATION, At.FIRINGS})


def _fragment(planned: PlannedSlice, routing: Routing, routes: RouterConfig, *, legacy_named: bool) -> str:
    if routing.at is None:
        note = _LOCAL if routing.canary_url == CANARY_URL else ""
    else:
        note = _NO_QUEUE if _through_queue(planned, routing.at) and not routing.queue else ""
    return note + fragment_yaml(routes, legacy_named=legacy_named)


def _beside(layout: Layout, path: str) -> str:
    """A path of the repository from the main file's folder on."""
    return relpath(path, layout.router.rpartition("/")[0] or ".")


def _pattern(layout: Layout) -> str:
    """What includes every fragment."""
    return f"{_beside(layout, str(PurePosixPath(layout.routes).parent))}/*.yaml"


def _routes(service: str, planned: PlannedSlice, described: HandlerArtifacts, routing: Routing) -> RouterConfig:
    if routing.at is None:
        if not described.rules:
            raise Refused(
                "has no route of HTTP calls for the data plane to carry",
                hint="route it from legacy code: migrator seam add",
                location=str(planned.assessment.location),
            )
        made = http_routes(service, described.rules, legacy_url=routing.legacy_url, canary_url=routing.canary_url)
        return RouterConfig(plane=PLANE, routes=made, legacy_url=routing.legacy_url)
    kind = _kind(planned, routing.at)
    through_queue = _through_queue(planned, routing.at)
    route = SeamRoute(
        name=service,
        match=SeamMatch(kind, planned.plan.candidate),
        canary=SeamCanary(
            service, "" if through_queue else ALIAS, (routing.queue or UNKNOWN_QUEUE) if through_queue else ""
        ),
        weight=0,
        sticky=Sticky("argument", routing.sticky) if routing.sticky and kind != "schedule" else None,
    )
    plan = RolloutPlan(route=service, steps=STEPS, gates=(ErrorRateGate(worse_by_pp=1),))
    return RouterConfig(None, (), "", SeamConfig(routing.weights), (PlannedRoute(route, plan),))


def _through_queue(planned: PlannedSlice, at: At) -> bool:
    """Whether the seam reaches the service by its queue."""
    return at in _QUEUED and planned.delivery.source is EventSource.QUEUE


def _kind(planned: PlannedSlice, at: At) -> str:
    """The router's word for what the seam routes there."""
    if at is At.FIRINGS:
        return "schedule"
    kinds = {trigger.kind for trigger in planned.assessment.triggers}
    return "task" if at is At.SENDS or (at is At.REGISTRATION and TriggerKind.QUEUE in kinds) else "call"
