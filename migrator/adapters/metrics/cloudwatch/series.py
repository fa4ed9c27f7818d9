"""Which series of CloudWatch tell what each side of a route did.

In: routes. Out: their series, as values. How they are read is left to `source`. Both sides of a route are told by the same
metrics at the same point: target groups of one load balancer, or versions behind one alias.

Sources: "CloudWatch metrics for your Application Load Balancer" (Elastic Load Balancing), "Types of metrics for Lambda
functions" (Lambda Developer Guide); read on 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from migrator.domain.routes import AliasRoute, BalancerRoute


@dataclass(frozen=True, slots=True)
class Kind:
    """What a service counts, by the names of its metrics.

    Attributes:
        point: where that is, for `Measuring`.
        requests: Sum is the requests.
        failures: the Sums together are requests that failed.
        attempts: the Sum is failures as well, but may count one request more than once.
        time: of the distribution of times.
        unit_ms: milliseconds in a unit of it.
        alive: published whether or not there are requests, where there is such a metric.
    """

    point: str
    namespace: str
    requests: str
    failures: tuple[str, ...]
    attempts: tuple[str, ...]
    time: str
    unit_ms: float
    alive: str


# What a target answers by itself is HTTPCode_Target_5XX_Count. For a function that failed or was throttled the balancer
# answers by itself, and LambdaUserError or LambdaInternalError counts it; for a server that cannot be reached,
# TargetConnectionErrorCount counts the connections. A server that does not answer in time is counted for the whole
# balancer only (HTTPCode_ELB_504_Count), so that such failures of either side are not seen here.
TARGET_GROUPS: Final = Kind(
    point="load balancer",
    namespace="AWS/ApplicationELB",
    requests="RequestCount",
    failures=("HTTPCode_Target_5XX_Count", "LambdaUserError", "LambdaInternalError"),
    attempts=("TargetConnectionErrorCount",),
    time="TargetResponseTime",
    unit_ms=1000.0,
    alive="HealthyHostCount",
)

# Invocations leaves throttled ones out, and Throttles is not told by version. Duration leaves the cold start out.
VERSIONS: Final = Kind(
    point="function",
    namespace="AWS/Lambda",
    requests="Invocations",
    failures=("Errors",),
    attempts=(),
    time="Duration",
    unit_ms=1.0,
    alive="",
)

Dimensions: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The series of one route.

    Attributes:
        legacy, canary: the dimensions of each side's series.
        groups: ARNs of the target groups of legacy and the canary; empty for versions.
    """

    kind: Kind
    legacy: Dimensions
    canary: Dimensions
    groups: tuple[str, ...] = field(default=())


def balanced(routes: Iterable[BalancerRoute], listener: str) -> Mapping[str, Measured]:
    """The series of the routes of a listener, by name.

    Args:
        listener: its ARN.
    """
    # arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/LISTENER; the dimension is app/NAME/ID.
    balancer = "/".join(listener.rpartition(":")[2].split("/")[1:4])

    def side(group: str) -> Dimensions:
        return (("TargetGroup", group.rpartition(":")[2]), ("LoadBalancer", balancer))

    return {
        route.name: Measured(TARGET_GROUPS, side(route.legacy), side(route.canary), (route.legacy, route.canary))
        for route in routes
    }


def aliased(routes: Iterable[AliasRoute]) -> Mapping[str, Measured]:
    """The series of routes of versions, by name."""

    def side(route: AliasRoute, version: str) -> Dimensions:
        function = route.function.rpartition(":function:")[2].partition(":")[0]
        return (("FunctionName", function), ("Resource", f"{function}:{route.alias}"), ("ExecutedVersion", version))

    return {route.name: Measured(VERSIONS, side(route, route.legacy), side(route, route.canary)) for route in routes}
