"""Whom a rollout asks beside the sources of figures: readings, webhooks, the canary's version, legacy's health.

In: a router configuration. Out: open sources, closed with the stack of whoever opened them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.adapters.canaries.lambda_alias import LambdaTarget
    from migrator.rollout.looking import Sources
    from migrator.rollout.ports import ComparisonSource, MetricSource
    from migrator.router.config import RouterConfig


_PATIENCE_S = 1.0
"""A webhook that hangs must not keep the other routes' rollbacks waiting."""


def open_sources(
    config: RouterConfig, metrics: MetricSource, comparisons: ComparisonSource, stack: ExitStack, *, goes_on: bool
) -> Sources:
    """Everything that a look asks.

    Args:
        goes_on: whether looks follow each other in this process: then none waits long for one slow answer.
    """
    from migrator.adapters.health.http import HttpHealth
    from migrator.adapters.readings import Readings
    from migrator.rollout.looking import Sources, Unasked

    canaries = Unasked("functions: names no region or endpoint, so nobody is asked which version is deployed")
    functions = config.functions
    # The endpoint of the functions is Lambda's alone; those of other services are in the environment, as the SDK has them.
    readings = stack.enter_context(closing(Readings(patience_s=_PATIENCE_S if goes_on else None)))
    health = stack.enter_context(closing(HttpHealth(config.health)))
    if not (functions.region or functions.endpoint):
        return Sources(metrics, comparisons, readings, canaries, health)
    from migrator.adapters.canaries.lambda_alias import LambdaCanaries

    asked = stack.enter_context(closing(LambdaCanaries(_targets(config), endpoint=functions.endpoint)))
    return Sources(metrics, comparisons, readings, asked, health)


def _targets(config: RouterConfig) -> Mapping[str, LambdaTarget]:
    """What answers as the canary of HTTP routes. A route of an alias names the version of its canary itself."""
    from migrator.adapters.canaries.lambda_alias import LambdaTarget

    canaries = {entry.name: entry.canary for entry in config.routes}
    canaries |= {entry.name: entry.canary for entry in config.balancer_routes}
    return {
        name: LambdaTarget(canary.lambda_name, canary.alias, config.functions.region)
        for name, canary in canaries.items()
        if canary.lambda_name
    }
