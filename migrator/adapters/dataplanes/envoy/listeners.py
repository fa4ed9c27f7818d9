"""The two listeners: the one that takes the calls, and the internal one that each canary try passes.

In: the address and the folder. Out: listener dicts. Everything here leaves a call as it came: legacy sees the path,
the query and the headers that it saw before Envoy stood in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrator.adapters.dataplanes.envoy.matching import CLAIMS
from migrator.adapters.envoy.directory import CALLS, TRIES, PlaneDirectory
from migrator.router.config import CONTROL_PREFIXES
from migrator.router.envoy_names import COLD_HEADER, INNER, METADATA, OUTER
from migrator.router.quantities import split_address

Json = dict[str, Any]

_TYPE = "type.googleapis.com/envoy"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens whose claims are noted.

    Attributes:
        jwks: absolute path of the keys.
        issuer: empty for any.
        audiences: empty for any.
    """

    jwks: str
    issuer: str
    audiences: tuple[str, ...]


_ROUTED = "routed"
_NOTES = "envoy.filters.http.header_to_metadata"
_NOTES_TYPE = f"{_TYPE}.extensions.filters.http.header_to_metadata.v3.Config"

MARKED_ROUTED: Json = {
    _NOTES: {
        "@type": _NOTES_TYPE,
        "request_rules": [
            {
                "header": ":method",
                "on_header_present": {"metadata_namespace": METADATA, "key": _ROUTED, "value": "1"},
            }
        ],
    }
}
"""Put into a route, it marks its calls as ones to be logged; every call has a method."""

# An expression on the route's name would cost twice as much for every call.
_LOGGED_IF_ROUTED: Json = {
    "metadata_filter": {
        "matcher": {"filter": METADATA, "path": [{"key": _ROUTED}], "value": {"string_match": {"exact": "1"}}},
        "match_if_key_not_found": {"value": False},
    }
}

# One line per call or try. No path, no query, no header: they may carry what must not be written down.
_LOG_FIELDS: Json = {
    "at": "%START_TIME(%s.%6f)%",
    "id": "%REQ(X-REQUEST-ID)%",
    "route": "%ROUTE_NAME%",
    "side": f"%UPSTREAM_METADATA({METADATA}:side)%",
    "method": "%REQ(:METHOD)%",
    "status": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "tries": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    "ms": "%DURATION%",
    "answer_us": "%COMMON_DURATION(US_TX_BEG:US_RX_END:us)%",
    "cold": f"%RESP({COLD_HEADER})%",
}


def calls_listener(listen: str, directory: PlaneDirectory, tokens: Tokens | None = None) -> Json:
    """The listener that takes the calls.

    Args:
        tokens: whose claims the segments of routes look at.
    """
    host, port = split_address(listen)
    strip = {
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": f"{_TYPE}.extensions.filters.http.header_mutation.v3.HeaderMutation",
            "mutations": {
                "request_mutations": [
                    {"remove_on_match": {"key_matcher": {"prefix": prefix}}} for prefix in CONTROL_PREFIXES
                ]
            },
        },
    }
    connection = {
        **_connection(OUTER, directory, CALLS, str(directory.calls_log), logged=_LOGGED_IF_ROUTED),
        "generate_request_id": True,
        "preserve_external_request_id": True,
        "upgrade_configs": [{"upgrade_type": "websocket", "enabled": False}],
        # Half a request that never ends must not hold a connection.
        "request_headers_timeout": "30s",
        "http_filters": [
            strip,
            *([_tokens(tokens)] if tokens is not None else []),
            {"name": _NOTES, "typed_config": {"@type": _NOTES_TYPE}},
            _router(),
        ],
    }
    return {
        "name": OUTER,
        "address": {"socket_address": {"address": "127.0.0.1" if host == "localhost" else host, "port_value": port}},
        "filter_chains": [{"filters": [_manager(connection)]}],
    }


def _tokens(tokens: Tokens) -> Json:
    """Notes the claims of a good token; a call without one goes on as it came, and legacy judges it."""
    provider = {
        **({"issuer": tokens.issuer} if tokens.issuer else {}),
        **({"audiences": list(tokens.audiences)} if tokens.audiences else {}),
        "local_jwks": {"filename": tokens.jwks},
        "forward": True,
        "payload_in_metadata": CLAIMS,
        "clear_route_cache": True,  # the route was chosen before anybody looked at the token
    }
    either = {"requirements": [{"provider_name": "tokens"}, {"allow_missing_or_failed": {}}]}
    return {
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": f"{_TYPE}.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": {"tokens": provider},
            "rules": [{"match": {"prefix": "/"}, "requires": {"requires_any": either}}],
        },
    }


def tries_listener(directory: PlaneDirectory) -> Json:
    """The internal listener; no socket leads to it."""
    connection = {
        **_connection(INNER, directory, TRIES, str(directory.tries_log), logged=None),
        "generate_request_id": False,
        "http_filters": [_router()],
    }
    return {
        "name": INNER,
        "internal_listener": {},
        "filter_chains": [{"filters": [_manager(connection)]}],
    }


def _connection(name: str, directory: PlaneDirectory, file: str, log: str, *, logged: Json | None) -> Json:
    return {
        "stat_prefix": name,
        "codec_type": "AUTO",
        # Whoever stands before this loopback listener has said who the client is; nothing is added to that.
        "use_remote_address": False,
        "server_header_transformation": "PASS_THROUGH",
        # The path goes on byte for byte; paths that servers read differently never match a template.
        "normalize_path": False,
        "merge_slashes": False,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        # Proxies such as nginx speak HTTP/1.0 to what is behind them unless told otherwise.
        "http_protocol_options": {"accept_http_10": True},
        # One connection of HTTP/2 must not take all there is: the bounds of Envoy's guide for edges.
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 65_536,
            "initial_connection_window_size": 1_048_576,
        },
        "stream_idle_timeout": "300s",
        "rds": {
            "route_config_name": name,
            "config_source": {
                "path_config_source": {"path": str(directory.path / file)},
                "resource_api_version": "V3",
                "initial_fetch_timeout": "5s",
            },
        },
        "access_log": [
            {
                "name": "envoy.access_loggers.file",
                **({"filter": logged} if logged is not None else {}),
                "typed_config": {
                    "@type": f"{_TYPE}.extensions.access_loggers.file.v3.FileAccessLog",
                    "path": log,
                    "log_format": {"json_format": _LOG_FIELDS},
                },
            }
        ],
    }


def _router() -> Json:
    return {
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": f"{_TYPE}.extensions.filters.http.router.v3.Router", "suppress_envoy_headers": True},
    }


def _manager(connection: Json) -> Json:
    return {
        "name": "envoy.filters.network.http_connection_manager",
        "typed_config": {
            "@type": f"{_TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            **connection,
        },
    }
