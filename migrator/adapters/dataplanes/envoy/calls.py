"""The route configuration of the calls listener: which call goes to which side, with which weight.

In: routes. Out: one RouteConfiguration. The more specific template comes first; what no route matches goes to legacy.
Each route carries its own definition as metadata, so that the plane can be read back. Weights are none of its business:
they are runtime keys, and where those are not there everything goes to legacy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError

from migrator.adapters.dataplanes.envoy.listeners import MARKED_ROUTED
from migrator.adapters.dataplanes.envoy.matching import header_match, match_of
from migrator.adapters.dataplanes.envoy.retries import retried_statuses
from migrator.domain.routes import Fallback, Mirror, Route
from migrator.router.envoy_names import (
    COLD_HEADER,
    METADATA,
    OUTER,
    ROUTE_HEADER,
    RUNTIME_PREFIX,
    SHADOW_HEADER,
    UNROUTED,
    RouteNames,
    names_of,
)
from migrator.router.paths import rank_of

Json = dict[str, Any]

# A call that Lambda would take is at most 6 MB; what is larger cannot be tried twice.
_BODY_LIMIT = 8 * 1024 * 1024
# All of them for legacy; the runtime key says how many it has.
_UNITS = 10_000
_OVERWRITE = "OVERWRITE_IF_EXISTS_OR_ADD"
# After both tries had their full time, this much is left for the plane's own work between them.
_BETWEEN_TRIES_S = 1.0

_ROUTE: TypeAdapter[Route] = TypeAdapter(Route)


def calls_config(routes: Iterable[Route], *, side_header: str) -> Json:
    """The route configuration of the calls listener."""
    entries = [entry for route in routes for entry in _entries(route)]
    entries.sort(key=lambda entry: entry[0])
    host: Json = {
        "name": "all",
        "domains": ["*"],
        "request_body_buffer_limit": _BODY_LIMIT,
        "response_headers_to_remove": [COLD_HEADER],
        "routes": [*(route for _, route in entries), _unrouted({"prefix": "/"})],
    }
    for entry in host["routes"]:
        if entry["name"] != UNROUTED:
            entry["typed_per_filter_config"] = MARKED_ROUTED
        if side_header:
            _tell_side(entry, side_header)
    return {
        "name": OUTER,
        "ignore_port_in_host_matching": True,
        "virtual_hosts": [host],
    }


def read_calls_config(config: Mapping[str, Any]) -> dict[str, Route]:
    """The routes that a route configuration carries, by name; entries that are not ours are left out."""
    found: dict[str, Route] = {}
    for host in config.get("virtual_hosts") or []:
        for entry in host.get("routes") or []:
            metadata = ((entry.get("metadata") or {}).get("filter_metadata") or {}).get(METADATA) or {}
            if "route" not in metadata:
                continue
            with suppress(ValidationError):
                route = _ROUTE.validate_python(metadata["route"])
                found[route.name] = route
    return found


def _tell_side(entry: Json, header: str) -> None:
    """Add the header that says who answered: known beforehand but for the canary, for which legacy may answer."""
    told = [_header(header, f"%UPSTREAM_METADATA({METADATA}:side)%")]
    legacys = [_header(header, "legacy")]
    weighted = entry["route"].get("weighted_clusters")
    if weighted is None:
        entry["response_headers_to_add"] = told if "request_headers_to_add" in entry else legacys
        return
    canary, legacy = weighted["clusters"]
    canary["response_headers_to_add"], legacy["response_headers_to_add"] = told, legacys


def _entries(route: Route) -> list[tuple[tuple[object, ...], Json]]:
    """A route's entries with their sort keys: the most specific first, and what a segment leaves out last."""
    names, match = names_of(route.name), route.match
    by_parameter = match.segment if match.segment is not None and match.segment.kind == "parameter" else None
    path = match.path.replace(f"{{{by_parameter.name}}}", by_parameter.values[0]) if by_parameter else match.path
    rank, host, order = rank_of(path), 0 if match.hosts else 1, 0 if match.segment and not by_parameter else 1
    found: list[tuple[tuple[object, ...], Json]] = []
    for methods, fallback in zip(_split_methods(route), (route.fallback, None), strict=True):
        if methods is None:
            continue
        base = match_of(match, methods, segment=match.segment)
        for entry in (*_forced(route, names, base, fallback), _weighted(route, names, base, fallback)):
            found.append(((rank, host, order, len(found), route.name), entry))
    # Read back from there.
    first = next(entry for _, entry in found if "weighted_clusters" in entry["route"])
    first["metadata"] = {"filter_metadata": {METADATA: {"route": _ROUTE.dump_python(route, mode="json")}}}
    if match.segment is not None:
        rest = {
            "name": UNROUTED,
            "match": match_of(match, match.methods, segment=None),
            "route": {"cluster": names.rest, **_PATIENT},
        }
        found.append(((rank_of(match.path), host, 2, 0, route.name), rest))
    return found


def _split_methods(route: Route) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The methods with and those without a second try; an empty tuple means all that are left, None none."""
    allowed = route.fallback.methods if route.fallback else ()
    if not route.match.methods:
        return (allowed or None), ()
    twice = tuple(method for method in route.match.methods if method in allowed)
    once = tuple(method for method in route.match.methods if method not in allowed)
    return twice or None, once or None


def _forced(route: Route, names: RouteNames, base: Json, fallback: Fallback | None) -> Iterator[Json]:
    """Callers that stay on one side; the way to the canary is closed by a runtime key while nobody may leave legacy."""
    header = route.overrides.key or (route.sticky.name if route.sticky is not None else "")
    whole = {"timeout": _whole_time(route, fallback)}
    for values, cluster in ((route.overrides.legacy, names.legacy), (route.overrides.canary, names.canary)):
        if not values:
            continue
        match = {**base, "headers": [*base.get("headers", ()), header_match(header, values)]}
        entry: Json = {"name": route.name, "match": match, "route": {"cluster": cluster, **whole}}
        if cluster == names.canary:
            match["runtime_fraction"] = {
                "default_value": {"numerator": 0},
                "runtime_key": names.forced_key,
            }
            entry["request_headers_to_add"] = _try_headers(names, fallback, route.via)
        yield entry


def _weighted(route: Route, names: RouteNames, base: Json, fallback: Fallback | None) -> Json:
    canary: Json = {
        "name": names.canary,
        "weight": 0,
        "request_headers_to_add": _try_headers(names, fallback, route.via),
    }
    action: Json = {
        "timeout": _whole_time(route, fallback),
        "weighted_clusters": {
            "runtime_key_prefix": RUNTIME_PREFIX,
            # Always in this order: a caller's hash falls into a range, and only the bound between the two moves.
            "clusters": [canary, {"name": names.legacy, "weight": _UNITS}],
        },
    }
    if route.sticky is not None:
        # The group goes before the key, so that callers of another group are not those of this one.
        group = f"{route.sticky.group or route.name}:".replace("\\", "")
        header = {
            "header_name": route.sticky.name,
            "regex_rewrite": {"pattern": {"regex": "^"}, "substitution": group},
        }
        action["hash_policy"] = [{"header": header}]
        action["weighted_clusters"]["use_hash_policy"] = True
    if route.mirror is not None:
        action["request_mirror_policies"] = [_mirror(route.mirror, names)]
    return {"name": route.name, "match": base, "route": action}


def _whole_time(route: Route, fallback: Fallback | None) -> str:
    """The listener of the tries ends the canary's try in time; here both tries together have theirs."""
    return f"{route.timeout_s + (fallback.timeout_s + _BETWEEN_TRIES_S if fallback else 0):.3f}s"


def _mirror(mirror: Mirror, names: RouteNames) -> Json:
    return {
        "cluster": names.shadow,
        "runtime_fraction": {
            "default_value": {"numerator": round(mirror.percent * 100), "denominator": "TEN_THOUSAND"}
        },
        "disable_shadow_host_suffix_append": True,
        "request_headers_mutations": [
            {"append": _header(SHADOW_HEADER, ",".join(mirror.allow) or "none")},
            {"append": _header(ROUTE_HEADER, f"{names.key}+shadow")},
        ],
    }


def _try_headers(names: RouteNames, fallback: Fallback | None, via: str) -> list[Json]:
    """What the outer router reads, on the canary's share alone: a retry policy of the route would also retry legacy."""
    if fallback is None:
        return [_header(ROUTE_HEADER, names.key)]
    statuses = retried_statuses(fallback.on, via)
    return [
        _header(ROUTE_HEADER, f"{names.key}+fallback"),
        _header("x-envoy-retry-on", "retriable-status-codes,reset,connect-failure"),
        _header("x-envoy-retriable-status-codes", ",".join(map(str, statuses))),
        _header("x-envoy-max-retries", "1"),
    ]


def _unrouted(match: Json) -> Json:
    return {
        "name": UNROUTED,
        "match": match,
        "route": {"cluster": UNROUTED, **_PATIENT, "upgrade_configs": [{"upgrade_type": "websocket"}]},
    }


# Calls that are not ours to judge wait as long as they did before: downloads, long polls, chats.
_PATIENT: Json = {"timeout": "0s", "idle_timeout": "3600s"}


def _header(key: str, value: str) -> Json:
    return {"header": {"key": key, "value": value}, "append_action": _OVERWRITE}
