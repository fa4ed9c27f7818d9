"""Several planes and sources of figures as one, each for its own routes.

In: route to plane, route to source, what binds routes to each other. Out: a `DataPlane` and a `MetricSource` that hand
each question on. What no configuration names any more is asked of the first one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.fencing import LOWEST
from migrator.rollout.ports import Capabilities, DataPlane, Fence, MetricSource


@dataclass(frozen=True, slots=True)
class Bonds:
    """What binds routes to each other.

    Attributes:
        together: by route the other routes of its sticky group: they have one weight.
        not_above: by route those whose weight its own never exceeds; without cycles.
    """

    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def below(self, route: str) -> tuple[str, ...]:
        """The routes that must not be above this one."""
        return tuple(name for name, above in self.not_above.items() if route in above)

    def moved(self, route: str, weight: float, there: Mapping[str, float]) -> Mapping[str, float]:
        """The weights by which a route's becomes another one: its group has the same, what must not be above goes down.

        Args:
            there: the weights of before, by route; of others nothing is said.
        """
        found = dict.fromkeys((route, *self.together.get(route, ())), weight)
        waiting = list(found)
        while waiting:
            for name in self.below(waiting.pop()):
                if name not in found and there.get(name, 0.0) > weight:
                    found[name] = weight
                    waiting.append(name)
        return {name: each for name, each in found.items() if name in there}


@dataclass(frozen=True, slots=True)
class PlaneByRoute:
    """A `DataPlane` of several.

    Attributes:
        planes: by the names of their routes.
        other: for a route that is not among them.
        bonds: kept by every shift: a group moves as one, what must not be above a route goes down with it, and nothing
            rises above what it depends on.
    """

    planes: Mapping[str, DataPlane]
    other: DataPlane
    bonds: Bonds = Bonds()

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

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """As the route's plane; then what must not be above it is lowered, and its group follows it.

        The fence holds for the route and its group, which one rollout moves at a time; what is lowered with them keeps
        the fence of its own rollout. What of these fails hinders none of the others: traffic is taken off wherever a plane answers.

        Raises:
            RemoteError: as the plane's, or another route did not follow, or it would rise above a route that it depends
                on; nothing was changed in the last case.
        """
        members = (route, *self.bonds.together.get(route, ()))
        for member in members:
            self._check_not_above(member, weight, members)
        # The route itself comes first: where its plane refuses, nothing else is touched.
        taken = self._of(route).shift(route, weight, overwrite=overwrite, fence=fence)
        troubles: list[RemoteError] = []
        for dependent in dict.fromkeys(name for member in members for name in self.bonds.below(member)):
            if dependent not in members:
                # To take traffic off never waits for a hand on the plane to be explained.
                self._follow(dependent, weight, troubles, lowered_only=True, overwrite=True, fence=LOWEST)
        for member in members[1:]:
            self._follow(member, weight, troubles, lowered_only=False, overwrite=overwrite, fence=fence)
        if troubles:
            raise troubles[0]
        return taken

    def _follow(
        self,
        route: str,
        weight: Weight,
        troubles: list[RemoteError],
        *,
        lowered_only: bool,
        overwrite: bool,
        fence: Fence | None,
    ) -> None:
        """Shift a route with another one; one that is not applied yet begins at its own weight."""
        try:
            live = self.weights(route)
            if live is None or (lowered_only and live.canary <= weight.canary):
                return
            if lowered_only:
                self.shift(route, weight, overwrite=overwrite, fence=fence)
            else:
                self._of(route).shift(route, weight, overwrite=overwrite, fence=fence)
        except RemoteError as error:
            troubles.append(error)

    def retire(self, route: str) -> None:
        """As the route's plane."""
        self._of(route).retire(route)

    def _check_not_above(self, route: str, weight: Weight, members: tuple[str, ...]) -> None:
        for above in self.bonds.not_above.get(route, ()):
            live = None if above in members else self.weights(above)
            bound = live.canary if live is not None else 0.0
            if above not in members and weight.canary > bound:
                raise RemoteError(
                    f"{weight.canary:g} % of {route} would be above the {bound:g} % of {above}, which it depends on",
                    hint=f"shift {above} first, or take it out of not_above of {route} in router.yaml",
                    retryable=True,
                )

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

    def about(self, route: str) -> Measuring:
        """As the route's source."""
        return self._of(route).about(route)

    def mark(self, route: str) -> str:
        """As the route's source."""
        return self._of(route).mark(route)

    def since(self, route: str, mark: str) -> Observation | NoData:
        """As the route's source."""
        return self._of(route).since(route, mark)

    def _of(self, route: str) -> MetricSource:
        return self.sources.get(route, self.other)


@dataclass(frozen=True, slots=True)
class MetricsOfGroups:
    """A `MetricSource` in which the routes of a sticky group count as one: they are moved by one rollout.

    Attributes:
        source: of every route by itself.
        together: by route the other routes of its group.
    """

    source: MetricSource
    together: Mapping[str, tuple[str, ...]]

    def about(self, route: str) -> Measuring:
        """What holds for all of them: the largest lag, and what every one of their sources tells."""
        each = [self.source.about(name) for name in self._group(route)]
        return Measuring(
            point=" and ".join(dict.fromkeys(one.point for one in each)),
            lag_s=max(one.lag_s for one in each),
            times=all(one.times for one in each),
            cold_starts=all(one.cold_starts for one in each),
            throttles=all(one.throttles for one in each),
        )

    def mark(self, route: str) -> str:
        """Where the counting of each of them stands."""
        group = self._group(route)
        if len(group) == 1:
            return self.source.mark(route)
        return json.dumps({name: self.source.mark(name) for name in group})

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What all of them did together; no data where one has none, so that no window is taken in by halves."""
        group = self._group(route)
        if len(group) == 1:
            return self.source.since(route, mark)
        marks = _marks(mark)
        if marks is None or marks.keys() != set(group):
            return NoData("the mark is not of this group's routes", mark_lost=True)
        seen: list[Observation] = []
        for name in group:
            found = self.source.since(name, marks[name])
            if isinstance(found, NoData):
                return replace(found, reason=f"{name}: {found.reason}")
            seen.append(found)
        return Observation(
            # What all of them tell of; counts beyond it are in this look already, and in no later one.
            window_s=min(one.window_s for one in seen),
            legacy=sum((one.legacy for one in seen[1:]), seen[0].legacy),
            canary=sum((one.canary for one in seen[1:]), seen[0].canary),
            mark=json.dumps({name: one.mark for name, one in zip(group, seen, strict=True)}),
            until=min(one.until for one in seen),
        )

    def _group(self, route: str) -> tuple[str, ...]:
        return tuple(sorted((route, *self.together.get(route, ()))))


def _marks(text: str) -> Mapping[str, str] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and all(isinstance(one, str) for one in found.values()) else None
