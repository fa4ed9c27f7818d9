"""An Envoy as a person would write it who wants two weighted sides and nothing else.

In: addresses and a weight. Out: the text of its configuration. One listener, one route, two weighted clusters, the
router filter; no fallback, no figures of first tries, no weights that can be changed, no control headers removed.
"""

from __future__ import annotations

from string import Template
from urllib.parse import urlsplit

_CONFIG = Template("""\
admin: {address: {socket_address: {address: 127.0.0.1, port_value: $admin}}}
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: $listen}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: by_hand
          access_log: $log
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {prefix: /}
                route:
                  weighted_clusters:
                    clusters: [{name: legacy, weight: $legacy_weight}, {name: canary, weight: $canary_weight}]
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - name: legacy
    load_assignment:
      cluster_name: legacy
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: $legacy}}}}]}]
  - name: canary
    load_assignment:
      cluster_name: canary
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: $canary}}}}]}]
""")
_LOG = Template("""\
[{name: envoy.access_loggers.file, typed_config: {
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: $path}}]""")

_ANSWERING = Template("""\
admin: {address: {socket_address: {address: 127.0.0.1, port_value: $admin}}}
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: $listen}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: answering
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {prefix: /}
                direct_response: {status: 200, body: {inline_string: '{"rate": 0.25}'}}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
""")


def by_hand(admin: int, listen: int, *, legacy: str, canary: str, weight: int, log: str = "") -> str:
    """The configuration with two sides.

    Args:
        legacy: base URL.
        canary: base URL.
        weight: percent to the canary.
        log: path of an access log in Envoy's own format; empty for none.
    """
    return _CONFIG.substitute(
        admin=admin,
        listen=listen,
        legacy=urlsplit(legacy).port,
        canary=urlsplit(canary).port,
        canary_weight=weight,
        legacy_weight=100 - weight,
        log=_LOG.substitute(path=log) if log else "[]",
    )


def answering(admin: int, listen: int) -> str:
    """The configuration of one that answers every call by itself: a server that costs next to nothing."""
    return _ANSWERING.substitute(admin=admin, listen=listen)
