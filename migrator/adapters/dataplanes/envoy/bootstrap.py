"""What Envoy is started with: its admin interface, its listeners, and where it reads the rest.

In: addresses and the folder. Out: the bootstrap dict.
"""

from __future__ import annotations

from typing import Any

from migrator.adapters.dataplanes.envoy.listeners import Tokens, calls_listener, tries_listener
from migrator.adapters.dataplanes.envoy.weights import RECORDED_LAYER
from migrator.adapters.envoy.directory import CLUSTERS, WEIGHTS, PlaneDirectory
from migrator.router.config import PlaneConfig
from migrator.router.quantities import split_address

Json = dict[str, Any]

_MAX_CONNECTIONS = 50_000
"""Clients at once; far above what one legacy system serves, below what exhausts this machine's memory."""

_TYPE = "type.googleapis.com/envoy"


def bootstrap_config(plane: PlaneConfig, directory: PlaneDirectory, jwks: str = "") -> Json:
    """The bootstrap of one Envoy.

    Args:
        jwks: absolute path of the keys of tokens; empty where no segment looks at a claim.
    """
    tokens = Tokens(jwks, plane.tokens.issuer, plane.tokens.audiences) if plane.tokens is not None else None
    host, port = split_address(plane.admin)
    return {
        "node": {
            "id": f"migrator-{plane.admin}",
            "cluster": "migrator",
            # Read back from the admin interface, so that nobody changes files that this Envoy does not read.
            "metadata": {"migrator_directory": str(directory.path), "migrator_listen": plane.listen},
        },
        "admin": {
            "address": {"socket_address": {"address": "127.0.0.1" if host == "localhost" else host, "port_value": port}}
        },
        "layered_runtime": {
            "layers": [
                # A second try goes to another system: waiting 25 ms before it helps nobody.
                {
                    "name": "fixed",
                    "static_layer": {
                        "upstream": {"base_retry_backoff_ms": 1},
                        # The patterns are ours: lists of callers and words of paths, matched in linear time.
                        "re2.max_program_size.error_level": 10_000_000,
                    },
                },
                # A weight acts by the layer of the admin interface; after a restart that one is empty.
                {
                    "name": RECORDED_LAYER,
                    "rtds_layer": {
                        "name": RECORDED_LAYER,
                        "rtds_config": {
                            "path_config_source": {"path": str(directory.path / WEIGHTS)},
                            "resource_api_version": "V3",
                            "initial_fetch_timeout": "5s",
                        },
                    },
                },
                {"name": "admin", "admin_layer": {}},
            ]
        },
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": f"{_TYPE}.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        "max_active_downstream_connections": _MAX_CONNECTIONS,
                    },
                }
            ]
        },
        "bootstrap_extensions": [
            {
                "name": "envoy.bootstrap.internal_listener",
                "typed_config": {"@type": f"{_TYPE}.extensions.bootstrap.internal_listener.v3.InternalListener"},
            }
        ],
        "dynamic_resources": {
            "cds_config": {
                "path_config_source": {"path": str(directory.path / CLUSTERS)},
                "resource_api_version": "V3",
            }
        },
        "static_resources": {"listeners": [tries_listener(directory), calls_listener(plane.listen, directory, tokens)]},
    }
