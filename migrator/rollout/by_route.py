"""Several planes and sources of figures as one, each for its own routes.

In: route to plane, route to source. Out: a `DataPlane` and a `MetricSource` that hand each question on. What no
configuration names any more is asked of the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.observations import NoData, Observation
from migrator.domain.routes import AnyRoute, Weight
from migrator.rollout.ports import Capabilities, DataPlane, MetricSource


@dataclass(frozen=True, slots=True)
class PlaneByRoute:
    """A `DataPlane` of several.

    Attributes:
        planes: by the names of their routes.
        other: for a route that is not among them.
    """

    planes: Mapping[str, DataPlane]
    other: DataPlane

    @property
    def capabilities(self) -> Capabilities:
        """Those of the plane for unnamed routes; each plane answers for its own."""
        return self.other.capabilities

    def ensure(self, route: AnyRoute) -> None:
        """As the route's plane."""
        self._of(route.name).ensure(route)

    def weights(self, route: str) -> Weight | None:
        """As the route's plane."""
        return self._of(route).weights(route)

    def recorded(self, route: str) -> Weight | None:
        """As the route's plane."""
        return self._of(route).recorded(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False) -> Weight:
        """As the route's plane."""
        return self._of(route).shift(route, weight, overwrite=overwrite)

    def retire(self, route: str) -> None:
        """As the route's plane."""
        self._of(route).retire(route)

    def _of(self, route: str) -> DataPlane:
        return self.planes.get(route, self.other)


@dataclass(frozen=True, slots=True)
class MetricsByRoute:
    """A `MetricSource` of several.

    Attributes:
        sources: by the names of their routes.
        other: for a route that is not among them.
    """

    sources: Mapping[str, MetricSource]
    other: MetricSource

    def mark(self, route: str) -> str:
        """As the route's source."""
        return self._of(route).mark(route)

    def since(self, route: str, mark: str) -> Observation | NoData:
        """As the route's source."""
        return self._of(route).since(route, mark)

    def _of(self, route: str) -> MetricSource:
        return self.sources.get(route, self.other)
