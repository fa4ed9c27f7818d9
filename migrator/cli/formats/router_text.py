"""Routes and changes as text and as JSON.

In: changes between a configuration and a plane. Out: lines, or plain JSON values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from migrator.domain.json import JsonValue
from migrator.domain.routes import AliasRoute, AnyRoute, BalancerRoute, HttpMatch, Route, SeamRoute, Segment
from migrator.router.changes import Change, State

_HEAD = ("ROUTE", "CONFIGURED", "LIVE", "STATE", "CALLS", "FALLBACK")
_STATES = {
    State.SAME: "in force",
    State.CHANGED: "changed in the file, not applied",
    State.NEW: "not on the plane",
    State.EXTRA: "not in the file",
}


def show_lines(changes: Iterable[Change]) -> Iterator[str]:
    """A table of the routes, configured against live."""
    rows = [_HEAD, *(_row(change) for change in changes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def plan_lines(changes: Iterable[Change], *, weights: bool) -> Iterator[str]:
    """What an apply would do, one line per change; nothing where nothing is to do.

    Args:
        weights: whether live weights are set to the configured ones.
    """
    for change in changes:
        name = change.route.name
        match change.state:
            case State.NEW:
                yield f"+ {name}: {calls_text(change.route)} at weight {percent(change.configured)}"
            case State.CHANGED:
                yield from (f"~ {name}: {field}" for field in change.fields)
            case State.EXTRA:
                yield f"- {name}: retired, its calls go to legacy; {percent(change.live)} went to the canary"
            case State.SAME:
                pass
        if change.weight_differs:
            was, told = percent(change.live), percent(change.configured)
            if weights:
                yield f"~ {name}: weight {was} -> {told}"
            else:
                yield f"  {name}: weight stays {was}; the file says {told} (--weights sets it)"


def json_routes(changes: Iterable[Change]) -> list[JsonValue]:
    """The same as JSON values."""
    return [
        {
            "route": change.route.name,
            "state": change.state.value,
            "weight": {"configured": change.configured, "live": change.live, "recorded": change.recorded},
            "drift": change.drifted,
            "fields": list(change.fields),
            **_details(change.route),
        }
        for change in changes
    ]


def _details(route: AnyRoute) -> dict[str, JsonValue]:
    match route:
        case SeamRoute():
            return {route.match.kind: route.match.name, "canary": route.canary.queue or route.canary.function}
        case Route():
            return {
                **_http(route.match),
                "legacy": route.legacy_url,
                "canary": route.canary_url,
                "fallback": list(route.fallback.methods) if route.fallback else [],
            }
        case BalancerRoute():
            return {**_http(route.match), "legacy": route.legacy, "canary": route.canary}
        case AliasRoute():
            return {
                "function": route.function,
                "alias": route.alias,
                "legacy": route.legacy,
                "canary": route.canary,
            }
    assert_never(route)


def _http(match: HttpMatch) -> dict[str, JsonValue]:
    return {"methods": list(match.methods), "path": match.path, **({"hosts": list(match.hosts)} if match.hosts else {})}


def calls_text(route: AnyRoute) -> str:
    """Which calls a route is for: `POST /api/tax/{country} x-risk=low`, `task shop.mail.send`."""
    match route:
        case SeamRoute(match=match, segment=segment):
            return " ".join([f"{match.kind} {match.name}", *_segment(segment)])
        case Route(match=match) | BalancerRoute(match=match):
            host = ",".join(match.hosts)
            return " ".join([",".join(match.methods) or "any", f"{host}{match.path}", *_segment(match.segment)])
        case AliasRoute():
            return f"function {route.function}:{route.alias}"
    assert_never(route)


def _segment(segment: Segment | None) -> list[str]:
    if segment is None:
        return []
    bounds = [(">=", segment.at_least), ("<=", segment.at_most)]
    values = [f"{segment.name}={'|'.join(segment.values)}"] if segment.values else []
    return values + [f"{segment.name}{sign}{bound:g}" for sign, bound in bounds if bound is not None]


def percent(weight: float | None) -> str:
    """A weight for people."""
    return "-" if weight is None else f"{weight:g} %"


def diff_lines(changes: Iterable[Change]) -> Iterator[str]:
    """What is live against what is configured, a line each; nothing where both are the same."""
    for change in changes:
        name = change.route.name
        match change.state:
            case State.NEW:
                yield f"+ {name}: {calls_text(change.route)} at weight {percent(change.configured)}"
            case State.EXTRA:
                yield f"- {name}: {calls_text(change.route)} at weight {percent(change.live)}"
            case State.CHANGED:
                yield from (f"~ {name}: {field}" for field in change.fields)
            case State.SAME:
                pass
        if change.weight_differs:
            yield f"~ {name}: weight: {percent(change.live)} -> {percent(change.configured)}"
        if change.drifted:
            yield f"! {name}: {drift_text(change)}"


def state_text(change: Change) -> str:
    """How a route stands."""
    return _STATES[change.state]


def drift_text(change: Change) -> str:
    """Who has set the live weight: not the router."""
    if change.strange:
        return change.strange
    return f"{percent(change.live)} is live, but {percent(change.recorded)} was set last: somebody else has changed it"


def _state(change: Change) -> str:
    if change.strange:
        return "drift: pointed elsewhere"
    return f"drift: {percent(change.recorded)} was set last" if change.drifted else _STATES[change.state]


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.route.name,
        percent(change.configured),
        percent(change.live),
        _state(change),
        calls_text(change.route),
        _fallback(change.route),
    )


def _fallback(route: AnyRoute) -> str:
    match route:
        case SeamRoute():
            return "any failure"
        case Route():
            return ",".join(route.fallback.methods) if route.fallback else "none"
        case BalancerRoute() | AliasRoute():
            return "none"
    assert_never(route)
