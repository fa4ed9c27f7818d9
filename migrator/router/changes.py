"""What differs between a router configuration and what a data plane serves.

In: the configured routes, and the routes and weights read from the plane. Out: one `Change` per route. Reading the plane
and changing it are left to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from dataclasses import fields as dataclass_fields
from enum import StrEnum

from migrator.domain.routes import AnyRoute, Standing, Weight
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
        recorded: percent that was made live last; None where nothing is noted.
        fields: what differs in the definition, as `key: live -> configured`.
        strange: why no weight can be told: somebody has pointed the route elsewhere; else empty.
    """

    state: State
    route: AnyRoute
    configured: float | None
    live: float | None
    recorded: float | None = None
    fields: tuple[str, ...] = ()
    strange: str = ""

    @property
    def drifted(self) -> bool:
        """Whether somebody else has set the live weight, or pointed the route elsewhere."""
        return bool(self.strange) or (
            self.live is not None and self.recorded is not None and self.live != self.recorded
        )

    @property
    def weight_differs(self) -> bool:
        """Whether both sides know the route and its weights differ."""
        return self.configured is not None and self.live is not None and self.configured != self.live


def compare_routes(
    wanted: Sequence[AnyRoute], live: Mapping[str, Standing], *, resolution: float
) -> tuple[Change, ...]:
    """Every route of either side, those of the configuration first and in its order."""
    found = [_change(route, live.get(route.name), resolution) for route in wanted]
    configured = {route.name for route in wanted}
    extra = [
        Change(State.EXTRA, one.route, None, _canary(one.weight), _canary(one.recorded), (), one.strange)
        for name, one in sorted(live.items())
        if name not in configured
    ]
    return (*found, *extra)


def _change(route: AnyRoute, live: Standing | None, resolution: float) -> Change:
    configured = effective(Weight(route.weight), resolution).canary
    if live is None:
        return Change(State.NEW, route, configured, None)
    # The weight in the definition is the one of the first day; the live one is compared by itself.
    fields = tuple(_fields(replace(live.route, weight=0.0), replace(route, weight=0.0)))
    state = State.CHANGED if fields else State.SAME
    return Change(state, route, configured, _canary(live.weight), _canary(live.recorded), fields, live.strange)


def _canary(weight: Weight | None) -> float | None:
    return weight.canary if weight is not None else None


def _fields(live: object, wanted: object, name: str = "") -> Iterator[str]:
    """What differs between two values of the domain, each by its way through them."""
    if live == wanted:
        return
    if is_dataclass(live) and type(live) is type(wanted):
        for each in dataclass_fields(live):
            inner = f"{name}.{each.name}" if name else each.name
            yield from _fields(getattr(live, each.name), getattr(wanted, each.name), inner)
        return
    yield f"{name}: {_shown(live)} -> {_shown(wanted)}"


def _shown(value: object) -> str:
    match value:
        case None | ():
            return "none"
        case tuple():
            shown = ",".join(map(str, value[:5]))
            return shown if len(value) <= 5 else f"{shown},… ({len(value)})"
        case float():
            return f"{value:g}"
    if is_dataclass(value):
        parts = ((each.name, getattr(value, each.name)) for each in dataclass_fields(value))
        return " ".join(f"{key}={_shown(part)}" for key, part in parts if part not in (None, (), "", 0)) or "none"
    return str(value) if value != "" else "none"
