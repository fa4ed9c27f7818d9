"""The route configuration of the internal listener: how a canary's try reaches the HTTP path to Lambda.

In: routes. Out: one RouteConfiguration. Every try that it does not know is answered 503, which a fallback mends.

A try that legacy can mend has its own time until its answer begins. An answer that has begun can no longer be mended:
cutting it off would lose the call, so the rest of it has the whole time of the route.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from migrator.domain.routes import Route
from migrator.router.envoy_names import INNER, ROUTE_HEADER, names_of

Json = dict[str, Any]


def tries_config(routes: Iterable[Route]) -> Json:
    """The route configuration of the internal listener."""
    known = [entry for route in routes for entry in _entries(route)]
    unknown = {
        "name": "unknown",
        "match": {"prefix": "/"},
        "direct_response": {"status": 503, "body": {"inline_string": "the data plane does not know this route\n"}},
    }
    return {
        "name": INNER,
        "virtual_hosts": [
            {
                "name": "all",
                "domains": ["*"],
                "request_headers_to_remove": [ROUTE_HEADER],
                "routes": [*known, unknown],
            }
        ],
    }


def _entries(route: Route) -> list[Json]:
    key = names_of(route.name).key
    function = names_of(route.name).function
    found = [_entry(route, key, function)]
    if route.fallback is not None:
        found.insert(0, _entry(route, f"{key}+fallback", function, begins_in_s=route.fallback.timeout_s))
    if route.mirror is not None:
        found.append(_entry(route, f"{key}+shadow", names_of(route.name).shadowed))
    return found


def _entry(route: Route, header: str, cluster: str, *, begins_in_s: float = 0.0) -> Json:
    url = urlsplit(route.canary_url)
    action: Json = {"cluster": cluster, "timeout": f"{route.timeout_s:.3f}s"}
    if begins_in_s:
        # Envoy applies this time only until the first part of an answer is passed on.
        action["retry_policy"] = {"per_try_timeout": f"{begins_in_s:.3f}s"}
    if url.path.strip("/"):
        # The base path goes before the call's own path, whatever characters that has.
        action["regex_rewrite"] = {"pattern": {"regex": "^"}, "substitution": url.path.rstrip("/").replace("\\", "")}
    if url.scheme == "https":
        # A function URL or an API answers to its own name only; legacy keeps the name that the client asked for.
        action["host_rewrite_literal"] = url.netloc
        action["append_x_forwarded_host"] = True
    return {
        "name": route.name,
        "match": {"prefix": "/", "headers": [{"name": ROUTE_HEADER, "string_match": {"exact": header}}]},
        "route": action,
    }
