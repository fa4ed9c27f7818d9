"""What differs between a router configuration and what a data plane serves.

In: the configured routes, and the routes and weights read from the plane. Out: one `Change` per route. Reading the plane
and changing it are left to others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from migrator.domain.routes import AnyRoute, Weight
from migrator.router.weights import effective


class State(StrEnum):
    """How a route stands."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Change:
    """One route on both sides.

    Attributes:
        state: `new` is configured only, `extra` is live only.
        route: as configured; as live where it is not configured.
        configured: percent to the canary as configured, rounded as the plane does; None where it is not configured.
        live: percent to the canary on the plane; None where it does not know the route.
    """

    state: State
    route: AnyRoute
    configured: float | None
    live: float | None

    @property
    def weight_differs(self) -> bool:
        """Whether both sides know the route and its weights differ."""
        return self.configured is not None and self.live is not None and self.configured != self.live


def compare_routes(
    wanted: Sequence[AnyRoute], live: Mapping[str, AnyRoute], weights: Mapping[str, Weight], *, resolution: float
) -> tuple[Change, ...]:
    """Every route of either side, those of the configuration first and in its order."""
    found = [_change(route, live.get(route.name), weights.get(route.name), resolution) for route in wanted]
    configured = {route.name for route in wanted}
    extra = [
        Change(State.EXTRA, route, None, weights[name].canary if name in weights else None)
        for name, route in sorted(live.items())
        if name not in configured
    ]
    return (*found, *extra)


def _change(route: AnyRoute, live: AnyRoute | None, weight: Weight | None, resolution: float) -> Change:
    configured = effective(Weight(route.weight), resolution).canary
    if live is None:
        return Change(State.NEW, route, configured, None)
    # The weight in the definition is the one of the first day; the live one is compared by itself.
    same = replace(live, weight=0.0) == replace(route, weight=0.0)
    return Change(State.SAME if same else State.CHANGED, route, configured, weight.canary if weight else None)
