"""The weights that were made live last, as a layer of Envoy's runtime in a file of its own.

In: units by route. Out: the content of the file, and units again. It is small, so that a weight is noted in
milliseconds however many routes there are, and Envoy comes up with it after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.adapters.dataplanes.envoy.discovery import response
from migrator.router.envoy_names import names_of

Json = dict[str, Any]

RECORDED_LAYER = "recorded"
_RUNTIME = "type.googleapis.com/envoy.service.runtime.v3.Runtime"


@dataclass(frozen=True, slots=True)
class Units:
    """The units that each side of a route has."""

    canary: int
    legacy: int

    @classmethod
    def none(cls) -> Units:
        """Those of a route that nothing is known of: everything goes to legacy."""
        return cls(0, 10_000)


def weights_layer(units: Mapping[str, Units]) -> Json:
    """The file that says the units of these routes, by their names."""
    layer: dict[str, int] = {}
    for route, each in sorted(units.items()):
        layer.update({key: int(value) for key, value in names_of(route).runtime(each.canary, each.legacy).items()})
    return _layer(layer)


def read_layer(document: Mapping[str, Any] | None, routes: Iterable[str]) -> dict[str, Units]:
    """The units that a file says of some routes; those that it does not know are left out."""
    resources = (document or {}).get("resources") or [{}]
    layer = resources[0].get("layer") or {}
    found: dict[str, Units] = {}
    for route in routes:
        names = names_of(route)
        canary, legacy = layer.get(names.canary_key), layer.get(names.legacy_key)
        if isinstance(canary, int) and isinstance(legacy, int):
            found[route] = Units(canary, legacy)
    return found


def with_units(document: Mapping[str, Any] | None, route: str, units: Units) -> Json:
    """The file with the units of one route changed."""
    resources = (document or {}).get("resources") or [{}]
    layer = dict(resources[0].get("layer") or {})
    told = names_of(route).runtime(units.canary, units.legacy)
    layer.update({key: int(value) for key, value in told.items()})
    return _layer(layer)


def _layer(values: Mapping[str, int]) -> Json:
    return response(_RUNTIME, [{"name": RECORDED_LAYER, "layer": dict(sorted(values.items()))}])
