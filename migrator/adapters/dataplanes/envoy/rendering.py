"""All files of one Envoy, from a router configuration.

In: a `RouterConfig`, a folder, and weights that are to be kept. Out: file names and their content. Making a running
Envoy take them is left to `publishing`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_state_path
from pydantic_core import to_json

from migrator.adapters.dataplanes.envoy.bootstrap import bootstrap_config
from migrator.adapters.dataplanes.envoy.calls import read_calls_config
from migrator.adapters.dataplanes.envoy.resources import resources_of
from migrator.adapters.dataplanes.envoy.weights import Units, read_layer, weights_layer
from migrator.adapters.envoy.directory import CALLS, CLUSTERS, TRIES, WEIGHTS, PlaneDirectory
from migrator.collector import without_collector
from migrator.domain.routes import Route, Weight
from migrator.errors import InputError
from migrator.router.config import RouterConfig
from migrator.router.weights import to_units

RESOLUTION = 0.01
"""The smallest step of a weight in percent: weights are told to Envoy in parts of 10,000."""


def default_directory(admin: str) -> Path:
    """Where the files of the Envoy with this admin address are kept, below XDG_STATE_HOME."""
    return user_state_path("migrator") / "envoy" / admin.replace(":", "-").replace("[", "").replace("]", "")


@dataclass(frozen=True, slots=True)
class Placed:
    """A route and the units that each side has."""

    route: Route
    units: Units


def place(route: Route) -> Placed:
    """A route with the units that its configured weight comes to."""
    return Placed(route, Units(*to_units(Weight(route.weight), RESOLUTION)))


def placed_on_disk(directory: PlaneDirectory) -> dict[str, Placed]:
    """The routes that the folder's files carry, with the weights that were live last.

    Raises:
        InputError: the files are damaged.
    """
    document = directory.read(CALLS) or {}
    found: dict[str, Route] = {}
    for resource in document.get("resources") or []:
        found.update(read_calls_config(resource))
    units = read_layer(directory.read(WEIGHTS), found)
    return {name: Placed(route, units.get(name, Units.none())) for name, route in found.items()}


def rendered_text(value: Any) -> str:
    """What is rendered as JSON text; that of 2,000 routes is too much for Python's own encoder with indents."""
    return to_json(value, indent=2).decode()


def render_files(
    config: RouterConfig, directory: PlaneDirectory, *, keep: Mapping[str, Placed] | None = None
) -> dict[str, dict[str, Any]]:
    """The content of each file, by file name.

    Args:
        keep: routes whose present weight wins over the configured one.
    """
    kept = keep or {}
    jwks = _checked_keys(config)
    with without_collector():
        return _rendered(config, directory, kept, jwks)


def _rendered(
    config: RouterConfig, directory: PlaneDirectory, kept: Mapping[str, Placed], jwks: str
) -> dict[str, dict[str, Any]]:
    units = {
        entry.name: kept[entry.name].units if entry.name in kept else place(entry.route).units
        for entry in config.routes
    }
    resources = resources_of(
        (entry.route for entry in config.routes),
        legacy_url=config.legacy_url,
        side_header=config.http_plane.side_header,
    )
    return {
        directory.bootstrap.name: bootstrap_config(config.http_plane, directory, jwks),
        CLUSTERS: resources.clusters,
        TRIES: resources.tries,
        CALLS: resources.calls,
        WEIGHTS: weights_layer(units),
    }


def _checked_keys(config: RouterConfig) -> str:
    """Absolute path of the keys of tokens, which Envoy would refuse to start without."""
    path = config.tokens_file
    if path is None:
        return ""
    try:
        keys = json.loads(path.read_bytes())
        good = isinstance(keys, dict) and isinstance(keys.get("keys"), list)
    except OSError as error:
        raise InputError(f"cannot read the keys of tokens: {error.strerror}", location=str(path)) from error
    except ValueError:
        good = False
    if not good:
        raise InputError("is not a JSON Web Key Set: an object with a list of keys", location=str(path))
    return str(path.resolve())
