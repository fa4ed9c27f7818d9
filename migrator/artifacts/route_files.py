"""The routes of a candidate as files of the monolith's repository: its own fragment, and the main file that includes it.

In: a planned slice, its handler, the layout, how its calls are routed, and the main file as it is. Out: path to text,
built and written by the router's own classes. The fragment is the candidate's alone, and the first main file is the same
whatever the candidate, so that branches that add one each merge. What a main file of a person's says stays, byte for
byte; what it lacks is put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import relpath

from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.naming import service_name
from migrator.artifacts.router_entry import ALIAS, CANARY_URL, LEGACY_URL, PLANE, STEPS, http_routes
from migrator.artifacts.seam.sites import At
from migrator.domain.gates import ErrorRateGate
from migrator.domain.layouts import Layout
from migrator.domain.plans import EventSource
from migrator.domain.rollouts import RolloutPlan
from migrator.domain.routes import SeamCanary, SeamMatch, SeamRoute, Sticky
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from migrator.router import RouterConfig, fragment_yaml, to_yaml
from migrator.router.config import PlannedRoute, SeamConfig


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
        Refused: neither the seam nor the data plane can carry its calls.
        InputError: the main file has a mistake, or has to be changed by hand first.
    """
    service = service_name(planned.plan.candidate)
    routes = _fragment_routes(service, planned, described, routing)
    note = _NO_QUEUE if routing.at in _QUEUED and _queued(planned) and not routing.queue else ""
    if existing is not None:
        return {layout.routes: note + fragment_yaml(routes, legacy_named=True)}
    beside = layout.router.rpartition("/")[0]
    main = RouterConfig(
        plane=PLANE if routing.http else None,
        routes=(),
        legacy_url=routing.legacy_url if routing.http else "",
        seam=SeamConfig(relpath(routing.weights, beside or ".")),
    )
    return {
        layout.router: to_yaml(main, include=[_pattern(layout)]),
        layout.routes: note + fragment_yaml(routes, legacy_named=True),
    }


_NO_QUEUE = """\
# When the service is deployed, name its queue before weight is given: canary: {lambda: ..., queue: QueueUrl of its stack}.
"""
# What is sent through a queue where the service has one; a call waits for its answer, and a queue gives none.
_QUEUED = frozenset({At.SENDS, At.REGISTRATION, At.FIRINGS})


def _pattern(layout: Layout) -> str:
    """The pattern, from the main file's folder on, that includes the fragments."""
    beside = layout.router.rpartition("/")[0]
    return relpath(str(PurePosixPath(layout.routes).parent), beside or ".") + "/*.yaml"


def _fragment_routes(
    service: str, planned: PlannedSlice, described: HandlerArtifacts, routing: Routing
) -> RouterConfig:
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
    through_queue = routing.at in _QUEUED and _queued(planned)
    route = SeamRoute(
        name=service,
        match=SeamMatch(kind, planned.plan.candidate),
        canary=SeamCanary(service, "" if through_queue else ALIAS, routing.queue if through_queue else ""),
        weight=0,
        sticky=Sticky("argument", routing.sticky) if routing.sticky and kind != "schedule" else None,
    )
    plan = RolloutPlan(route=service, steps=STEPS, gates=(ErrorRateGate(worse_by_pp=1),))
    return RouterConfig(None, (), "", SeamConfig(routing.weights), (PlannedRoute(route, plan),))


def _queued(planned: PlannedSlice) -> bool:
    """Whether the service takes its events from a queue."""
    return planned.delivery.source is EventSource.QUEUE


def _kind(planned: PlannedSlice, at: At) -> str:
    """The router's word for what the seam routes there."""
    if at is At.FIRINGS:
        return "schedule"
    kinds = {trigger.kind for trigger in planned.assessment.triggers}
    return "task" if at is At.SENDS or (at is At.REGISTRATION and TriggerKind.QUEUE in kinds) else "call"
