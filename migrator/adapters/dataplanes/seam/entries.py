"""Routes as they stand in the seam's file.

In: a `SeamRoute`, or an entry of the file. Out: the other of the two. What the seam makes of an entry is told in its own
module. An entry is kept under the name of the function, which legacy code asks by; `route` in it is the router's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from migrator.documents.weights import SCHEMA
from migrator.domain.routes import Breaker, Claim, Overrides, SeamCanary, SeamMatch, SeamRoute, Segment, Sticky

ROUTE = "route"
"""The key of the router's name; an entry without it was made by hand or by `migrator seam add`."""
RECORDED = "recorded"
"""The key of the weight that the router made live last; where `weight` is another one, a hand has set it."""
FENCE = "fence"
"""The key of the highest fence that the router has seen for the route; see `migrator.rollout.fencing`."""

# Set by the router; what else stands in an entry is somebody else's and kept.
_OURS = (
    "breaker",
    "canary",
    "claim",
    "forced",
    "function",
    "group",
    "kind",
    "legacy_beat",
    "legacy_queue",
    "segment",
    "sticky",
    "tenant",
    "timeout",
    RECORDED,
    ROUTE,
)


def entry_of(route: SeamRoute, before: Mapping[str, Any], weight: float, recorded: float) -> dict[str, Any]:
    """The entry that says a route.

    Args:
        before: the entry as it stands; an endpoint for tests, the fence, and keys that the router does not know stay in
            it.
        weight: percent that is to be live.
        recorded: percent that the router made live last.
    """
    entry: dict[str, Any] = {
        ROUTE: route.name,
        "kind": route.match.kind,
        "weight": number(weight),
        RECORDED: number(recorded),
        "canary": _target(route.canary, before),
        "function": route.canary.function,
        "timeout": route.timeout_s,
        "group": (route.sticky.group if route.sticky else "") or route.name,
    }
    if route.legacy_queue:
        entry["legacy_queue"] = route.legacy_queue
    if route.legacy_beat:
        entry["legacy_beat"] = route.legacy_beat
    if route.sticky is not None:
        entry["sticky"] = {route.sticky.kind: route.sticky.name}
    if route.overrides.key:
        entry["tenant"] = {"argument": route.overrides.key}
    forced = {"canary": list(route.overrides.canary), "legacy": list(route.overrides.legacy)}
    if any(forced.values()):
        entry["forced"] = {side: values for side, values in forced.items() if values}
    if route.segment is not None:
        entry["segment"] = _segment(route.segment)
    if route.breaker is not None:
        entry["breaker"] = {"failures": route.breaker.failures, "open": route.breaker.open_s}
    if route.claim is not None:
        entry["claim"] = {"table": route.claim.table, "every": route.claim.every_s, "offset": route.claim.offset_s}
    kept = {key: value for key, value in before.items() if key not in entry and key not in _OURS}
    return {**entry, **kept}


def rendered_weights(routes: Iterable[SeamRoute]) -> dict[str, Any]:
    """The document of some routes at their configured weights."""
    return {
        "schema": SCHEMA,
        "routes": {each.match.name: entry_of(each, {}, each.weight, each.weight) for each in routes},
    }


def route_of(name: str, entry: Mapping[str, Any]) -> SeamRoute | None:
    """The route that an entry says, or None for one that the router did not make."""
    if not isinstance(entry.get(ROUTE), str):
        return None
    canary, forced = _mapping(entry.get("canary")), _mapping(entry.get("forced"))
    breaker, claim = _mapping(entry.get("breaker")), _mapping(entry.get("claim"))
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
        sticky=_sticky_of(entry),
        overrides=Overrides(
            str(_mapping(entry.get("tenant")).get("argument", "")),
            tuple(map(str, forced.get("canary") or ())),
            tuple(map(str, forced.get("legacy") or ())),
        ),
        timeout_s=float(entry.get("timeout", 0)),
        legacy_queue=str(entry.get("legacy_queue", "")),
        legacy_beat=str(entry.get("legacy_beat", "")),
        segment=_segment_of(_mapping(entry.get("segment"))),
        breaker=Breaker(int(breaker["failures"]), float(breaker["open"])) if breaker else None,
        claim=Claim(str(claim["table"]), float(claim["every"]), float(claim.get("offset", 0))) if claim else None,
    )


def weight_in(entry: Mapping[str, Any], key: str = "weight") -> float:
    """The weight of an entry; 0 where it has none that the seam would take."""
    weight = entry.get(key, 0)
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    return float(weight) if is_number and 0 <= weight <= 100 else 0.0


def number(weight: float) -> float:
    """A weight as people write it."""
    return int(weight) if weight == int(weight) else weight


def _target(canary: SeamCanary, before: Mapping[str, Any]) -> dict[str, str]:
    known = before.get("canary")
    endpoint = known.get("endpoint") if isinstance(known, Mapping) else None
    target = {"queue": canary.queue} if canary.queue else {"lambda": canary.function, "alias": canary.alias}
    return {
        key: value for key, value in {**target, "region": canary.region, "endpoint": endpoint or ""}.items() if value
    }


def _segment(segment: Segment) -> dict[str, Any]:
    bounds = {"at_least": segment.at_least, "at_most": segment.at_most}
    return {
        segment.kind: segment.name,
        **({"in": list(segment.values)} if segment.values else {}),
        **{key: number(bound) for key, bound in bounds.items() if bound is not None},
    }


def _segment_of(entry: Mapping[str, Any]) -> Segment | None:
    if "argument" not in entry:
        return None
    values = tuple(map(str, entry.get("in") or ()))
    at_least, at_most = entry.get("at_least"), entry.get("at_most")
    return Segment(
        "argument",
        str(entry["argument"]),
        values,
        None if at_least is None else float(at_least),
        None if at_most is None else float(at_most),
    )


def _sticky_of(entry: Mapping[str, Any]) -> Sticky | None:
    sticky = _mapping(entry.get("sticky"))
    if not sticky:
        return None
    kind, name = next(iter(sticky.items()))
    group = str(entry.get("group", ""))
    return Sticky(str(kind), str(name), "" if group == entry.get(ROUTE) else group)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
