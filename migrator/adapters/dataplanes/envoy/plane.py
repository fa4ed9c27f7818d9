"""Envoy behind the `DataPlane` port.

In: routes and weights. Out: the same, read back from the running Envoy. A weight is a runtime key, which acts within
milliseconds, and stands in the weights file too, so that an Envoy that restarts comes up with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from migrator.adapters.dataplanes.envoy.calls import read_calls_config
from migrator.adapters.dataplanes.envoy.fences import FenceFile
from migrator.adapters.dataplanes.envoy.publishing import Publisher
from migrator.adapters.dataplanes.envoy.rendering import (
    RESOLUTION,
    Placed,
    default_directory,
    place,
    placed_on_disk,
)
from migrator.adapters.dataplanes.envoy.resources import resources_of
from migrator.adapters.dataplanes.envoy.weights import Units, read_layer, weights_layer, with_units
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import WEIGHTS, PlaneDirectory
from migrator.adapters.processes import wait_until
from migrator.collector import without_collector
from migrator.domain.routes import AnyRoute, Route, Standing, Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.fencing import passed
from migrator.rollout.ports import Capabilities, Drift, Fence
from migrator.router.config import PlaneConfig
from migrator.router.envoy_names import OUTER, names_of
from migrator.router.weights import from_units, to_units

_DEADLINE_S = 10.0


class EnvoyDataPlane:
    """One running Envoy.

    Args:
        plane: its addresses.
        legacy_url: where the calls go that no route matches.
        directory: its folder; the default lies below XDG_STATE_HOME.
    """

    def __init__(self, plane: PlaneConfig, legacy_url: str, directory: Path | None = None) -> None:
        self._plane = plane
        self._legacy_url = legacy_url
        self._directory = PlaneDirectory((directory or default_directory(plane.admin)).resolve())
        self._admin = AdminClient(plane.admin)
        self._fences = FenceFile(self._directory)
        self._publisher = Publisher(self._directory, self._admin)

    @property
    def capabilities(self) -> Capabilities:
        """Hash stickiness, weights in steps of 0.01 %, fallback, every method."""
        return Capabilities(stickiness="hash", resolution=RESOLUTION, fallback=True, mirror=True)

    def close(self) -> None:
        """Give up the connections; Envoy runs on."""
        self._admin.close()

    def ensure(self, route: AnyRoute) -> None:
        """Make Envoy serve the route; a weight already live for it is kept.

        Raises:
            UsageError: it is no route of HTTP calls.
            RemoteError: Envoy refused the configuration or does not answer; what ran before still runs.
        """
        if not isinstance(route, Route):
            raise UsageError(
                f"Envoy carries HTTP calls between two addresses, and {route.name} is another kind of route"
            )
        self.ensure_all([route])

    def ensure_all(self, routes: Iterable[Route], *, only: bool = False) -> None:
        """Make Envoy serve all these routes, as one change; what is live and what is recorded of their weights stays.

        Args:
            only: retire every route that is not among them.

        Raises:
            RemoteError: as `ensure`.
        """
        wanted = {route.name: route for route in routes}
        with self._directory.locked():
            self._check_own()
            before = placed_on_disk(self._directory)
            kept = {name: placed for name, placed in before.items() if name in wanted or not only}
            new = [name for name in wanted if name not in before]
            # A key left over from an earlier life of the route must not decide its first weight.
            self._forget(name for name in new)
            placed = {
                **kept,
                **{
                    name: Placed(route, before[name].units) if name in before else place(route)
                    for name, route in wanted.items()
                },
            }
            self._publish(placed)
            self._forget(name for name in before if name not in placed)
            self._fences.forget([*new, *(name for name in before if name not in placed)])

    def routes(self) -> dict[str, Route]:
        """The routes that the running Envoy serves, by name.

        Raises:
            RemoteError: it does not answer.
        """
        return read_calls_config(self._admin.routes(OUTER) or {})

    def standings(self) -> dict[str, Standing]:
        """How each route stands that the running Envoy serves, by name.

        Raises:
            RemoteError: it does not answer.
        """
        routes, runtime = self.routes(), self._admin.runtime()
        noted = read_layer(self._noted(), routes)
        return {
            name: Standing(route, _weight_of(_units_in(runtime, name)), _weight_of(noted.get(name)))
            for name, route in routes.items()
        }

    def weights(self, route: str) -> Weight | None:
        """The weight that is live, read from Envoy; None for a route that it does not know.

        Raises:
            RemoteError: it does not answer.
        """
        return _weight_of(_units_in(self._admin.runtime(), route))

    def recorded(self, route: str) -> Weight | None:
        """The weight that was made live last, as the file of the running Envoy says; None for one that it lacks.

        Raises:
            RemoteError: it does not answer.
        """
        return _weight_of(read_layer(self._noted(), [route]).get(route))

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make a weight live, read it back, keep it for a restart, and return the effective one.

        The fence is looked at, and noted before the weight is raised, under the lock of the folder. A disk that is full
        keeps no traffic on.

        Raises:
            Drift: the runtime of Envoy has another weight than its file says.
            Fenced: a newer record of the rollout has shifted the route.
            RemoteError: Envoy did not take it, does not know the route, or does not answer.
        """
        with self._directory.locked():
            self._check_own()
            said, before = self.recorded(route), self.weights(route)
            if said is None or before is None:
                raise RemoteError(
                    f"the Envoy at {self._plane.admin} has no route {route!r}",
                    hint="make it known: migrator router apply",
                )
            canary, legacy = to_units(weight, RESOLUTION)
            wanted = from_units(canary, legacy)
            noted = passed(route, fence, self._fences.noted(route), wanted=wanted, live=before)
            if before != said and not overwrite:
                raise Drift(route, before, said)
            with nullcontext() if wanted.canary > before.canary else suppress(RemoteError):
                self._fences.note(route, noted)
            self._admin.modify_runtime(names_of(route).runtime(canary, legacy))
            live = self.weights(route)
            if live != wanted:
                shown = "none" if live is None else f"{live.canary:g} %"
                raise RemoteError(
                    f"Envoy did not take the weight {weight.canary:g} % of route {route!r}: {shown} is live",
                    retryable=True,
                )
            if live != said:
                layer = with_units(self._directory.read(WEIGHTS), route, Units(canary, legacy))
                self._directory.write(WEIGHTS, layer)
            self._fences.note(route, noted)
            return live

    def retire(self, route: str) -> None:
        """Stop treating the route apart: its calls go where unrouted calls go.

        Raises:
            RemoteError: Envoy refused or does not answer.
        """
        with self._directory.locked():
            self._check_own()
            placed = placed_on_disk(self._directory)
            if placed.pop(route, None) is not None:
                self._publish(placed)
            self._forget([route])
            self._fences.forget([route])

    def _publish(self, placed: Mapping[str, Placed]) -> None:
        """Make Envoy use these routes; their weights are there before them."""
        with without_collector():
            new = resources_of(
                (one.route for one in placed.values()),
                legacy_url=self._legacy_url,
                side_header=self._plane.side_header,
            )
        before = self._directory.read(WEIGHTS)
        units = {name: one.units for name, one in placed.items()}
        noted, known = weights_layer(units), read_layer(before, placed)
        try:
            if noted != before:
                self._directory.write(WEIGHTS, noted)
                self._await_weights({name: each for name, each in units.items() if known.get(name) != each})
            self._publisher.publish(new)
        except RemoteError:
            if before is not None:
                self._directory.write(WEIGHTS, before)
            raise

    def _await_weights(self, fresh: Mapping[str, Units]) -> None:
        def there() -> bool:
            runtime = self._admin.runtime()
            return all(_units_in(runtime, name) == units for name, units in fresh.items())

        if not wait_until(there, _DEADLINE_S):
            raise RemoteError(
                f"Envoy did not read {WEIGHTS} within {_DEADLINE_S:g} s",
                hint="one that was started by an older version does not know the file: start it anew",
                retryable=True,
            )

    def _noted(self) -> Mapping[str, Any] | None:
        """The file of weights of the Envoy that answers, wherever its folder is."""
        folder = self._admin.server_info().directory
        return (PlaneDirectory(Path(folder)) if folder else self._directory).read(WEIGHTS)

    def _forget(self, routes: Iterable[str]) -> None:
        runtime = self._admin.runtime()
        keys = [key for route in routes for key in names_of(route).runtime(0, 0)]
        if gone := {key: "" for key in keys if key in runtime}:
            self._admin.modify_runtime(gone)

    def _check_own(self) -> None:
        """That the Envoy at the admin address reads the files in our folder."""
        info = self._admin.server_info()
        if info.directory == str(self._directory.path):
            if info.listen != self._plane.listen:
                raise RemoteError(
                    f"the Envoy at {self._plane.admin} takes calls at {info.listen}, not at {self._plane.listen}",
                    hint="stop it and start it anew: its addresses are read only then; the weights stay",
                )
            return
        if not info.directory:
            raise RemoteError(
                f"the Envoy at {self._plane.admin} was not started from a configuration of migrator",
                hint="start one: migrator router render -o DIR prints the command",
            )
        raise RemoteError(
            f"the Envoy at {self._plane.admin} reads its configuration from {info.directory}, "
            f"not from {self._directory.path}",
            hint=f"say so: --directory {info.directory}",
        )


def _units_in(runtime: Mapping[str, str], route: str) -> Units | None:
    names = names_of(route)
    canary, legacy = runtime.get(names.canary_key, ""), runtime.get(names.legacy_key, "")
    return Units(int(canary), int(legacy)) if canary.isdigit() and legacy.isdigit() else None


def _weight_of(units: Units | None) -> Weight | None:
    return from_units(units.canary, units.legacy) if units is not None else None
