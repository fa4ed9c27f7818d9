"""The files that Envoy watches, as a whole: clusters, tries, calls.

In: routes and the settings of the plane. Out: three discovery responses with a version made from their
content, so that equal configurations are equal files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.adapters.dataplanes.envoy.calls import calls_config
from migrator.adapters.dataplanes.envoy.clusters import clusters_of, unrouted_cluster
from migrator.adapters.dataplanes.envoy.discovery import response
from migrator.adapters.dataplanes.envoy.tries import tries_config
from migrator.domain.routes import Route

Json = dict[str, Any]

_API = "type.googleapis.com/envoy.config"
_CLUSTER = f"{_API}.cluster.v3.Cluster"
_ROUTES = f"{_API}.route.v3.RouteConfiguration"


@dataclass(frozen=True, slots=True)
class Resources:
    """The content of the three files."""

    clusters: Json
    tries: Json
    calls: Json


def resources_of(routes: Iterable[Route], *, legacy_url: str, side_header: str) -> Resources:
    """The files for these routes."""
    ordered = sorted(routes, key=lambda route: route.name)
    clusters = [unrouted_cluster(legacy_url)]
    for route in ordered:
        clusters += clusters_of(route)
    return Resources(
        clusters=response(_CLUSTER, clusters),
        tries=response(_ROUTES, [tries_config(ordered)]),
        calls=response(_ROUTES, [calls_config(ordered, side_header=side_header)]),
    )


def with_old_clusters(new: Json, old: Mapping[str, Any] | None) -> Json:
    """The new clusters and those old ones that they lack, for the moment in which both are in use."""
    known = {cluster["name"] for cluster in new["resources"]}
    kept = [cluster for cluster in (old or {}).get("resources") or [] if cluster.get("name") not in known]
    return response(_CLUSTER, [*(_untyped(cluster) for cluster in new["resources"]), *map(_untyped, kept)])


def with_old_tries(new: Json, old: Mapping[str, Any] | None) -> Json:
    """The new ways of tries and those old ones that they lack."""
    if not old:
        return new
    config, before = _untyped(new["resources"][0]), (old.get("resources") or [{}])[0]
    host = config["virtual_hosts"][0]
    known = [entry["match"] for entry in host["routes"]]
    old_routes = ((before.get("virtual_hosts") or [{}])[0]).get("routes") or []
    kept = [entry for entry in old_routes if entry.get("match") not in known]
    merged = {**host, "routes": [*kept, *host["routes"]]}
    return response(_ROUTES, [{**config, "virtual_hosts": [merged]}])


def _untyped(resource: Mapping[str, Any]) -> Json:
    return {key: value for key, value in resource.items() if key != "@type"}
