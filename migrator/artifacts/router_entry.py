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
_PLANE = PlaneConfig(kind="envoy", admin="127.0.0.1:9901", listen="127.0.0.1:8080")
_ALIAS = "live"


def router_yaml(service: str, rules: Sequence[PathRule]) -> str:
    """One route for each path of the function."""
    paths: dict[str, set[str]] = {}
    for rule in rules:
        paths.setdefault(rule.template(greedy=False), set()).update(rule.methods)
    routes = tuple(
        _route(service if number == 1 else f"{service}-{number}", service, path, tuple(sorted(methods)))
        for number, (path, methods) in enumerate(paths.items(), start=1)
    )
    return to_yaml(RouterConfig(plane=_PLANE, routes=routes, legacy_url=LEGACY_URL))


def _route(name: str, service: str, path: str, methods: tuple[str, ...]) -> RouteConfig:
    return RouteConfig(
        route=Route(
            name=name,
            match=HttpMatch(methods=methods, path=path),
            legacy_url=LEGACY_URL,
            canary_url=CANARY_URL,
            weight=0,
        ),
        canary=Canary(lambda_name=service, alias=_ALIAS, url=CANARY_URL),
        rollout=RolloutPlan(
            route=name,
            steps=(Step(5, 300), Step(25, 900), Step(50, 1800), Step(100, 3600)),
            gates=(ErrorRateGate(worse_by_pp=1), ParityGate(different=0)),
        ),
    )
