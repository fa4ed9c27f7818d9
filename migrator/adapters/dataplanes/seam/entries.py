"""Routes as they stand in the seam's file.

In: a `SeamRoute`, or an entry of the file. Out: the other of the two. What the seam makes of an entry is told in its own
module. An entry is kept under the name of the function, which legacy code asks by; `route` in it is the router's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrator.domain.routes import Overrides, SeamCanary, SeamMatch, SeamRoute

ROUTE = "route"
"""The key of the router's name; an entry without it was made by hand or by `migrator seam add`."""

# Set by the router; what else stands in an entry is somebody else's and kept.
_OURS = ("canary", "forced", "function", "kind", "legacy_queue", "sticky", "tenant", "timeout", ROUTE)


def entry_of(route: SeamRoute, before: Mapping[str, Any], weight: float) -> dict[str, Any]:
    """The entry that says a route.

    Args:
        before: the entry as it stands; an endpoint for tests and keys that the router does not know stay in it.
        weight: percent that is to be live.
    """
    canary = route.canary
    known = before.get("canary")
    endpoint = known.get("endpoint") if isinstance(known, Mapping) else None
    target = {"queue": canary.queue} if canary.queue else {"lambda": canary.function, "alias": canary.alias}
    target = {**target, "region": canary.region, "endpoint": endpoint or ""}
    entry: dict[str, Any] = {
        ROUTE: route.name,
        "kind": route.match.kind,
        "weight": int(weight) if weight == int(weight) else weight,
        "canary": {key: value for key, value in target.items() if value},
        "function": canary.function,
        "timeout": route.timeout_s,
        **({"legacy_queue": route.legacy_queue} if route.legacy_queue else {}),
    }
    if route.sticky_argument:
        entry["sticky"] = {"argument": route.sticky_argument}
    if route.overrides.argument:
        entry["tenant"] = {"argument": route.overrides.argument}
    forced = {"canary": list(route.overrides.canary), "legacy": list(route.overrides.legacy)}
    if any(forced.values()):
        entry["forced"] = {side: values for side, values in forced.items() if values}
    kept = {key: value for key, value in before.items() if key not in entry and key not in _OURS}
    return {**entry, **kept}


def route_of(name: str, entry: Mapping[str, Any]) -> SeamRoute | None:
    """The route that an entry says, or None for one that the router did not make."""
    if not isinstance(entry.get(ROUTE), str):
        return None
    canary, forced = _mapping(entry.get("canary")), _mapping(entry.get("forced"))
    return SeamRoute(
        name=entry[ROUTE],
        match=SeamMatch(str(entry.get("kind", "")), name),
        canary=SeamCanary(
            str(entry.get("function") or canary.get("lambda", "")),
            str(canary.get("alias", "")),
            str(canary.get("queue", "")),
            str(canary.get("region", "")),
        ),
        weight=weight_in(entry),
        sticky_argument=str(_mapping(entry.get("sticky")).get("argument", "")),
        overrides=Overrides(
            str(_mapping(entry.get("tenant")).get("argument", "")),
            tuple(map(str, forced.get("canary") or ())),
            tuple(map(str, forced.get("legacy") or ())),
        ),
        timeout_s=float(entry.get("timeout", 0)),
        legacy_queue=str(entry.get("legacy_queue", "")),
    )


def weight_in(entry: Mapping[str, Any]) -> float:
    """The weight of an entry; 0 where it has none that the seam would take."""
    weight = entry.get("weight", 0)
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    return float(weight) if is_number and 0 <= weight <= 100 else 0.0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
