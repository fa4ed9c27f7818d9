"""Acts on a data plane: reads the live weight, shifts, reads back, and says what went wrong in words.

In: the plane, the store, a recorded state. Out: the live weight, or why it is not known. What is to be live is decided
elsewhere, and recorded before anything here is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from migrator.domain.observations import NoData
from migrator.domain.rollouts import RolloutState
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.ports import DataPlane, Fence, StateStore


@dataclass(frozen=True, slots=True)
class Acting:
    """One plane and the records by which it is acted on.

    Attributes:
        routes: by name; what the plane is told when it does not know a route (it has restarted, or is new).
    """

    plane: DataPlane
    store: StateStore
    routes: Mapping[str, AnyRoute]

    def live_weight(self, route: str) -> tuple[Weight | NoData, str]:
        """The live weight, and what went wrong with reading it."""
        try:
            live = self.plane.weights(route)
            if live is None and route in self.routes:
                # A plane that does not know the route starts it with nothing for the canary, whatever the file says.
                self.plane.ensure(replace(self.routes[route], weight=0.0))
                live = self.plane.weights(route)
        except RemoteError as error:
            return NoData(str(error)), str(error)
        if live is None:
            unknown = f"the data plane does not know the route {route}"
            return NoData(unknown), unknown
        return live, ""

    def seen(self, route: str, weight: float) -> tuple[Weight | NoData, str]:
        """Read back a weight that is live without any doing here, and what is wrong with it."""
        live, trouble = self.live_weight(route)
        if isinstance(live, Weight) and live.canary != weight:
            return live, f"{weight:g} % was live, and {live.canary:g} % is now"
        return live, trouble

    def made_live(self, state: RolloutState, weight: Weight, *, overwrite: bool) -> tuple[Weight | NoData, str]:
        """Shift by the fence of a record, read back, and what went wrong.

        Raises:
            InputError, RemoteError: the record cannot be read; nothing was shifted.
        """
        if weight.canary > 0:  # to take traffic off never waits for another look at the record
            newest = self.store.load(state.route)
            if newest is not None and newest.version != state.version and weight.canary > newest.weight:
                stale = f"another controller has since decided {newest.weight:g} %"
                return NoData(stale), stale
        return self.shifted(state.route, weight, overwrite=overwrite, fence=Fence(state.started, state.version))

    def shifted(
        self, route: str, weight: Weight, *, overwrite: bool, fence: Fence | None
    ) -> tuple[Weight | NoData, str]:
        """Shift by a fence, or by hand, read back, and what went wrong."""
        try:
            taken = self.plane.shift(route, weight, overwrite=overwrite, fence=fence)
            live = self.plane.weights(route)
        except RemoteError as error:
            return NoData(str(error)), str(error)
        if live is None:
            gone = f"the data plane does not know the route {route}"
            return NoData(gone), gone
        if live != taken:
            return live, f"the data plane took {taken.canary:g} %, but {live.canary:g} % is live"
        if (live.canary == 0) != (weight.canary == 0):
            return live, f"the data plane was given {weight.canary:g} %, but {live.canary:g} % is live"
        return live, ""

    def gave_way(self, newer: RolloutState, live: Weight) -> Weight | NoData:
        """Undo what was just made live where a newer record wants less."""
        if live.canary <= newer.weight:
            return live
        fence = Fence(newer.started, newer.version)
        taken, _ = self.shifted(newer.route, Weight(newer.weight), overwrite=True, fence=fence)
        return taken  # where it failed, the next tick of either controller sees the drift
