"""The seam behind the `DataPlane` port.

In: routes and weights. Out: the same, read back from where they are kept. In the file that legacy processes read a change
is one rename, under a lock that other commands wait for, and a process acts on it within `REFRESH_S`; what is kept
elsewhere reaches the files of the hosts by `migrator router sync`. A document that is damaged is never written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from migrator.adapters.dataplanes.seam.entries import FENCE, RECORDED, ROUTE, entry_of, number, route_of, weight_in
from migrator.adapters.weights import WeightsStore
from migrator.documents.weights import dump_weights, load_weights
from migrator.domain.routes import AnyRoute, SeamRoute, Standing, Weight
from migrator.errors import InputError, RemoteError, UsageError
from migrator.rollout.fencing import fence_in, fence_text, passed
from migrator.rollout.ports import Capabilities, Drift, Fence
from migrator.router.weights import effective

REFRESH_S = 1.0
"""How long a process may go on with the weights that it read last: the seam's own `LOOK_EVERY_S`."""
RESOLUTION = 0.01
"""Percent; the seam counts in 10,000 units."""


class SeamPlane:
    """One file of weights.

    Args:
        store: where the weights are kept: the file that the seam reads, or for several hosts the source that
            `migrator router sync` fills it from.
    """

    def __init__(self, store: WeightsStore) -> None:
        self._store = store

    @property
    def capabilities(self) -> Capabilities:
        """Hash stickiness by Envoy's hash, weights in steps of 0.01 %; whatever fails on the way falls back."""
        return Capabilities(stickiness="hash", resolution=RESOLUTION, fallback=True)

    def close(self) -> None:
        """Give up the connections."""
        self._store.close()

    def ensure(self, route: AnyRoute) -> None:
        """Make the seam serve the route; a weight already live for it is kept.

        Raises:
            UsageError: it is a route of HTTP calls.
            RemoteError: the file cannot be written, or is something else; it stays as it is.
        """
        if not isinstance(route, SeamRoute):
            raise UsageError(f"the seam carries tasks and calls, and {route.name} is a route of HTTP calls")
        self.ensure_all([route])

    def ensure_all(self, routes: Iterable[SeamRoute], *, only: bool = False) -> None:
        """Make the seam serve all these routes, as one change.

        Args:
            only: retire every route of the router's that is not among them.

        Raises:
            RemoteError: as `ensure`.
        """
        wanted = list(routes)
        names = {route.name for route in wanted}
        with self._changing() as document:
            entries = document["routes"]
            for name, entry in list(entries.items()):
                known = entry.get(ROUTE) if isinstance(entry, dict) else None
                # A route that asks for another function now leaves the first one.
                moved = known in names and not any(r.name == known and r.match.name == name for r in wanted)
                if known is not None and (moved or (only and known not in names)):
                    del entries[name]
            for route in wanted:
                before = entries.get(route.match.name)
                before = before if isinstance(before, dict) else {}
                # What `migrator seam add` left at 0, or a hand set, begins anew as a route of the router's.
                known = before.get(ROUTE) == route.name
                if not known:
                    before = {key: value for key, value in before.items() if key != FENCE}
                weight = weight_in(before) if known else effective(Weight(route.weight), RESOLUTION).canary
                recorded = weight_in(before, RECORDED) if known and RECORDED in before else weight
                entries[route.match.name] = entry_of(route, before, weight, recorded)

    def routes(self) -> dict[str, SeamRoute]:
        """The router's routes in the file, by name.

        Raises:
            RemoteError: the file cannot be read.
        """
        found = (route_of(name, entry) for name, entry in self._read()["routes"].items() if isinstance(entry, dict))
        return {route.name: route for route in found if route is not None}

    def standings(self) -> dict[str, Standing]:
        """How each of the router's routes stands, by name.

        Raises:
            RemoteError: the file cannot be read.
        """
        found = {}
        for name, entry in self._read()["routes"].items():
            route = route_of(name, entry) if isinstance(entry, dict) else None
            if route is not None:
                found[route.name] = Standing(route, _live_in(entry), _recorded_in(entry))
        return found

    def weights(self, route: str) -> Weight | None:
        """The weight in the file; None for a route that it does not have.

        Raises:
            RemoteError: the file cannot be read.
        """
        for entry in self._read()["routes"].values():
            if isinstance(entry, dict) and entry.get(ROUTE) == route:
                return _live_in(entry)
        return None

    def recorded(self, route: str) -> Weight | None:
        """The weight that the router wrote last; None for a route that the file does not have.

        Raises:
            RemoteError: the file cannot be read.
        """
        for entry in self._read()["routes"].values():
            if isinstance(entry, dict) and entry.get(ROUTE) == route:
                return _recorded_in(entry)
        return None

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make a weight live, read it back, and return the effective one.

        The fence is looked at and noted in the change itself: under the file's lock, or on the condition that nobody has
        written to the source since it was read. Parameter Store has no such condition: there a change made between
        the two calls, some milliseconds, is told afterwards.

        Raises:
            Drift: a hand has set another weight.
            Fenced: a newer record of the rollout has shifted the route.
            RemoteError: the file does not have the route, cannot be written, or has another weight afterwards.
        """
        wanted = effective(weight, RESOLUTION)
        with self._changing() as document:
            entries = [
                each for each in document["routes"].values() if isinstance(each, dict) and each.get(ROUTE) == route
            ]
            if not entries:
                raise RemoteError(
                    f"{self._store.shown} has no route {route!r}", hint="make it known: migrator router apply"
                )
            for entry in entries:
                noted = passed(route, fence, fence_in(entry.get(FENCE)), wanted=wanted, live=_live_in(entry))
                before, said = weight_in(entry), weight_in(entry, RECORDED if RECORDED in entry else "weight")
                if before != said and not overwrite:
                    raise Drift(route, Weight(before), Weight(said))
                entry["weight"] = entry[RECORDED] = number(wanted.canary)
                entry.pop(FENCE, None)
                if noted is not None:
                    entry[FENCE] = fence_text(noted)
        live = self.weights(route)
        if live != wanted:
            shown = "none" if live is None else f"{live.canary:g} %"
            raise RemoteError(
                f"{self._store.shown} did not keep the weight {weight.canary:g} % of route {route!r}: {shown} is live",
                hint="somebody else writes this file; look who does",
                retryable=True,
            )
        return live

    def retire(self, route: str) -> None:
        """Take the route out of the file: its calls stay with legacy.

        Raises:
            RemoteError: the file cannot be written.
        """
        if self.weights(route) is None:
            return
        with self._changing() as document:
            entries = document["routes"]
            for name in [
                name for name, entry in entries.items() if isinstance(entry, dict) and entry.get(ROUTE) == route
            ]:
                del entries[name]

    def _read(self) -> dict[str, Any]:
        return self._loaded(self._store.read().data)

    def _loaded(self, data: bytes | None) -> dict[str, Any]:
        try:
            return load_weights(data, location=self._store.shown)
        except InputError as error:
            raise RemoteError(f"{self._store.shown} cannot be used: {error.message}", hint=error.hint) from error

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The document, written back as a whole where nothing was raised and something changed."""
        with self._store.locked():
            held = self._store.read()
            document = self._loaded(held.data)
            before = dump_weights(document)
            yield document
            after = dump_weights(document)
            if after != before:
                self._store.write(after, held.version)


def _live_in(entry: Mapping[str, Any]) -> Weight:
    return effective(Weight(weight_in(entry)), RESOLUTION)


def _recorded_in(entry: Mapping[str, Any]) -> Weight:
    return effective(Weight(weight_in(entry, RECORDED if RECORDED in entry else "weight")), RESOLUTION)
