"""Clusters: where each side of a route lives, as Envoy is told.

In: a route, or the address of the legacy system. Out: cluster dicts. Which call goes to which cluster is left
to `calls` and `tries`.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from migrator.domain.routes import Route
from migrator.errors import InputError
from migrator.router.envoy_names import INNER, METADATA, UNROUTED, names_of

Json = dict[str, Any]

_TYPE = "type.googleapis.com/envoy"
_CONNECT_TIMEOUT = "0.5s"
# Envoy's default of 1,024 would turn a burst into 503 answers that legacy alone would have served.
_LIMITS: Json = {
    "thresholds": [
        {"max_connections": 20000, "max_pending_requests": 20000, "max_requests": 20000, "max_retries": 20000}
    ]
}
# Servers close idle connections (gunicorn after 2 s): one that is reused just then loses its call. Ours go first.
_IDLE_TIMEOUT = "1s"
# The internal listener closes after an hour.
_INNER_IDLE_TIMEOUT = "60s"


def clusters_of(route: Route) -> list[Json]:
    """The clusters that a route needs."""
    names = names_of(route.name)
    found = [
        _remote(names.legacy, route.legacy_url, "legacy"),
        _guarded(_remote(names.function, route.canary_url, "canary"), route),
    ]
    if route.mirror is not None:
        found += [_internal(names.shadow, "shadow"), _remote(names.shadowed, route.canary_url, "shadow")]
    if route.match.segment is not None:
        found.append(_remote(names.rest, route.legacy_url, "legacy"))
    if route.fallback is None:
        found.append(_internal(names.canary))
        return found
    found.append(_internal(names.first_try))
    found.append(_remote(names.fallback, route.legacy_url, "fallback"))
    found.append(_in_turn(names.canary, (names.first_try, names.fallback)))
    return found


def unrouted_cluster(legacy_url: str) -> Json:
    """The cluster of the calls that no route matches."""
    return _remote(UNROUTED, legacy_url, "legacy")


def _guarded(cluster: Json, route: Route) -> Json:
    """The cluster of the canary with the breaker and the bound that the route asks for."""
    if route.max_concurrent:
        (threshold,) = cluster["circuit_breakers"]["thresholds"]
        # Connections are not bounded: a call that had to wait for one would come late to its second try.
        cluster["circuit_breakers"] = {"thresholds": [{**threshold, "max_requests": route.max_concurrent}]}
    if route.breaker is not None:
        rest = f"{route.breaker.open_s:.3f}s"
        cluster["outlier_detection"] = {
            "consecutive_5xx": route.breaker.failures,
            "interval": "0.5s",
            "base_ejection_time": rest,
            "max_ejection_time": rest,  # else each further time is longer than the last
            "max_ejection_percent": 100,
            "enforcing_consecutive_5xx": 100,
            "enforcing_success_rate": 0,
            "enforcing_consecutive_gateway_failure": 0,
        }
        # With its one server left alone the cluster answers 503 at once, which the fallback mends.
        cluster["common_lb_config"] = {"healthy_panic_threshold": {"value": 0}}
    return cluster


def _remote(name: str, url: str, side: str) -> Json:
    parts = urlsplit(url)
    host, port = _host_and_port(parts)
    address = {"socket_address": {"address": host, "port_value": port}}
    cluster = {
        "name": name,
        "type": "STATIC" if _is_literal(host) else "STRICT_DNS",
        "connect_timeout": _CONNECT_TIMEOUT,
        "circuit_breakers": _LIMITS,
        "load_assignment": _assignment(name, address, side),
        "typed_extension_protocol_options": _http(_IDLE_TIMEOUT),
    }
    if not _is_literal(host):
        cluster["dns_lookup_family"] = "V4_PREFERRED"
    if parts.scheme == "https":
        cluster["transport_socket"] = _tls(host)
    return cluster


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise InputError(f"{parts.geturl()} is not a URL that calls can be sent to: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{parts.geturl()!r} is not an http or https URL with a host")
    return parts.hostname, port


def _internal(name: str, side: str = "canary") -> Json:
    """A cluster that leads into the internal listener."""
    address = {"envoy_internal_address": {"server_listener_name": INNER}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": _CONNECT_TIMEOUT,
        "circuit_breakers": _LIMITS,
        "load_assignment": _assignment(name, address, side),
        "typed_extension_protocol_options": _http(_INNER_IDLE_TIMEOUT),
    }


def _in_turn(name: str, members: Iterable[str]) -> Json:
    """A cluster whose first try goes to its first member and whose second try to the second one."""
    return {
        "name": name,
        "connect_timeout": _CONNECT_TIMEOUT,
        "lb_policy": "CLUSTER_PROVIDED",
        "circuit_breakers": _LIMITS,
        "cluster_type": {
            "name": "envoy.clusters.composite",
            "typed_config": {
                "@type": f"{_TYPE}.extensions.clusters.composite.v3.ClusterConfig",
                "clusters": [{"name": member} for member in members],
            },
        },
    }


def _http(idle_timeout: str) -> Json:
    return {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": f"{_TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions",
            "common_http_protocol_options": {"idle_timeout": idle_timeout},
            "explicit_http_config": {"http_protocol_options": {}},
        }
    }


def _assignment(name: str, address: Json, side: str) -> Json:
    endpoint = {"endpoint": {"address": address}, "metadata": {"filter_metadata": {METADATA: {"side": side}}}}
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]}


@lru_cache(maxsize=1024)
def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _tls(host: str) -> Json:
    authorities = ssl.get_default_verify_paths().cafile
    if authorities is None:
        raise InputError(
            f"https://{host} cannot be checked: this machine has no file of trusted certificates",
            hint="install ca-certificates, or name the file in SSL_CERT_FILE",
        )
    literal = _is_literal(host)
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TYPE}.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            **({} if literal else {"sni": host}),
            "common_tls_context": {
                "validation_context": {
                    "trusted_ca": {"filename": authorities},
                    "match_typed_subject_alt_names": [
                        {"san_type": "IP_ADDRESS" if literal else "DNS", "matcher": {"exact": host}}
                    ],
                }
            },
        },
    }
