"""A route as its listener rule has to say it.

In: a `BalancerRoute`. Out: conditions, actions and tags, or a `UsageError` before anything is asked of AWS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.adapters.dataplanes.alb import tags as tagged
from migrator.adapters.dataplanes.alb.actions import Shares, forward, same, shares
from migrator.adapters.dataplanes.alb.conditions import conditions_of, normal
from migrator.adapters.dataplanes.alb.listener import Rule
from migrator.cloud_facts.load_balancers import RESOLUTION, STICKY_S
from migrator.domain.routes import BalancerRoute, Weight
from migrator.errors import UsageError
from migrator.router.weights import effective


@dataclass(frozen=True, slots=True)
class Planned:
    """A route as its rule will say it.

    Attributes:
        tags: without the weight's.
    """

    route: BalancerRoute
    conditions: tuple[dict[str, Any], ...]
    tags: Mapping[str, str]

    def actions(self, shares: Shares) -> list[dict[str, Any]]:
        """The actions at a weight in units."""
        sticky = self.route.sticky
        return forward(self.route.legacy, self.route.canary, shares, sticky.seconds if sticky else 0)

    def holds(self, rule: Rule, priority: int) -> bool:
        """Whether the rule says the route, at whatever weight."""
        return (
            rule.priority == priority
            and normal(rule.conditions) == normal(self.conditions)
            and rule.shares is not None
            and same(rule.actions, self.actions(rule.shares))
            and self.tags.items() <= rule.tags.items()
        )


def rendered_rules(routes: Iterable[BalancerRoute]) -> list[dict[str, Any]]:
    """The rules of some routes at their configured weights, as `CreateRule` takes them; the plane finds the priorities.

    Raises:
        UsageError: a rule cannot say one of them.
    """
    found = []
    for route in routes:
        planned = plan(route)
        weight = effective(Weight(route.weight), RESOLUTION)
        tags = {**planned.tags, tagged.RECORDED: tagged.weight_tag(weight)}
        found.append(
            {
                "Conditions": list(planned.conditions),
                "Actions": planned.actions(shares(weight)),
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                **({"Priority": route.priority} if route.priority else {}),
            }
        )
    return found


def plan(route: BalancerRoute) -> Planned:
    """What the rule of a route has to say.

    Raises:
        UsageError: a rule cannot say it.
    """
    sticky = route.sticky
    if sticky is not None and sticky.kind != "cookie":
        raise UsageError(
            f"{route.name} is sticky by {sticky.kind}, and a load balancer keeps callers by its own cookie only",
            hint="make it sticky by cookie, or use Envoy as the plane",
        )
    if sticky is not None and not STICKY_S[0] <= sticky.seconds <= STICKY_S[1]:
        raise UsageError(
            f"{route.name} keeps callers for {sticky.seconds} s; a load balancer does for {STICKY_S[0]} to {STICKY_S[1]} s"
        )
    if route.legacy == route.canary:
        raise UsageError(f"{route.name} names one target group for both sides", hint="name two")
    try:
        return Planned(route, conditions_of(route.match), tagged.tags_of(route))
    except UsageError as error:
        raise UsageError(f"{route.name}: {error.message}", hint=error.hint) from error
