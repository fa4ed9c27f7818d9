"""The `router.yaml` of a service: its routes at weight 0, with steps and gates.

In: the service's name and its HTTP rules. Out: the text of a complete router configuration, built and written
by the router's own classes. A rule that the router cannot say exactly is said wider where the handler refuses
the rest as legacy does, and narrower where it cannot be said at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.artifacts.paths import PathRule
from migrator.domain.gates import ErrorRateGate, ParityGate
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.routes import HttpMatch, Route
from migrator.router import Canary, PlaneConfig, RouteConfig, RouterConfig, to_yaml

# Where the local stack listens; a deployment names its own.
LEGACY_URL = "http://127.0.0.1:8000"
CANARY_URL = "http://127.0.0.1:9000"
PLANE = PlaneConfig(kind="envoy", admin="127.0.0.1:9901", listen="127.0.0.1:8080")
ALIAS = "live"
STEPS = (Step(5, 300), Step(25, 900), Step(50, 1800), Step(100, 3600))


def router_yaml(service: str, rules: Sequence[PathRule]) -> str:
    """One route for each path of the function."""
    return to_yaml(RouterConfig(plane=PLANE, routes=http_routes(service, rules), legacy_url=LEGACY_URL))


def http_routes(
    service: str, rules: Sequence[PathRule], *, legacy_url: str = LEGACY_URL, canary_url: str = CANARY_URL
) -> tuple[RouteConfig, ...]:
    """One route for each path of the function, at weight 0."""
    paths: dict[str, set[str]] = {}
    for rule in rules:
        paths.setdefault(rule.template(greedy=False), set()).update(rule.methods)
    return tuple(
        _route(
            service if number == 1 else f"{service}-{number}",
            service,
            HttpMatch(methods=tuple(sorted(methods)), path=path),
            legacy_url,
            canary_url,
        )
        for number, (path, methods) in enumerate(paths.items(), start=1)
    )


def _route(name: str, service: str, match: HttpMatch, legacy_url: str, canary_url: str) -> RouteConfig:
    return RouteConfig(
        route=Route(
            name=name,
            match=match,
            legacy_url=legacy_url,
            canary_url=canary_url,
            weight=0,
        ),
        canary=Canary(lambda_name=service, alias=ALIAS, url=canary_url),
        rollout=RolloutPlan(
            route=name,
            steps=STEPS,
            gates=(ErrorRateGate(worse_by_pp=1), ParityGate(different=0)),
        ),
    )
