"""Prometheus behind the port: raw counters at two instants, subtracted series by series.

In: a route and a mark. Out: what each side did since. A mark is an instant of the server's clock; what the counters stood at
then is asked again, since Prometheus keeps it. Nothing is extrapolated: `rate()` and `increase()` never appear.

A counter that went back in between has been reset, and the mark is lost: what was counted before the reset and was not
scraped is not known. One that was not there at the mark is taken to have begun at 0, as counters do, if Prometheus knew the
route at all then. One that has gone keeps its last value for an hour, so that it may come back.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from migrator.adapters import marks
from migrator.adapters.metrics.prometheus.api import PrometheusApi, UnusableAnswer, Vector
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.rollout.statistics.buckets import number_of
from migrator.router.figures import PrometheusFigures, SideSelectors, TokenSource

_FORM: Final = "prometheus/1"
_REMEMBERED: Final = "1h"
_SET_BACK_S: Final = 600.0
_SLOWEST_MS: Final = 24 * 3600 * 1000.0
"""Where answers above the last finite bound are booked."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant of the server's clock.

    Attributes:
        upto: seconds since the epoch, to a millisecond.
        owed: failures of legacy and of the canary that are not told yet.
    """

    upto: float
    owed: tuple[int, int] = (0, 0)

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        return marks.dumped(_FORM, {"upto": round(self.upto, 3), "owed": self.owed})

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        return marks.loaded(_FORM, text, cls._of)

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Mark:
        upto, (legacy, canary) = float(values["upto"]), values["owed"]
        if not math.isfinite(upto):
            raise ValueError("no instant")
        return cls(upto, (int(legacy), int(canary)))


class _Reset(Exception):
    """A counter began anew; says which."""


class PrometheusMetrics:
    """Reads the counters of some routes.

    Args:
        routes: route to what Prometheus has of it.
    """

    def __init__(self, routes: Mapping[str, PrometheusFigures]) -> None:
        self._routes = dict(routes)
        self._apis: dict[tuple[str, TokenSource | None], PrometheusApi] = {}

    def close(self) -> None:
        """Give up the connections."""
        for api in self._apis.values():
            api.close()
        self._apis.clear()

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        figures = self._routes.get(route)
        if figures is None:
            return Measuring("nowhere", times=False)
        sides = (figures.legacy, figures.canary)
        return Measuring(
            "prometheus",
            figures.lag_s,
            times=all(side.times for side in sides),
            throttles=bool(figures.canary.throttled),
        )

    def mark(self, route: str) -> str:
        """The last instant that figures are complete up to.

        Raises:
            RemoteError: Prometheus does not answer.
        """
        figures = self._routes[route]
        try:
            return Mark(self._api(figures).now() - figures.lag_s).text()
        except UnusableAnswer:
            return Mark(0.0).text()  # which is lost at the next look

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken.

        Raises:
            RemoteError: Prometheus does not answer, or refuses a selector.
        """
        before, figures = Mark.of_text(mark), self._routes.get(route)
        if before is None:
            return NoData("the mark is not one of this version's for Prometheus", mark_lost=True)
        if figures is None:
            return NoData(f"nothing says what Prometheus has of {route}")
        api = self._api(figures)
        try:
            upto = round(api.now() - figures.lag_s, 3)
            if upto <= before.upto:
                if before.upto - upto > _SET_BACK_S:
                    return NoData("the mark is from the future: Prometheus's clock was set back", mark_lost=True)
                return Observation(0.0, Sample(0, 0), Sample(0, 0), mark, before.upto)
            return _Look(api, figures, before, upto).observation()
        except UnusableAnswer as error:
            return NoData(str(error))
        except _Reset as error:
            return NoData(str(error), mark_lost=True)

    def _api(self, figures: PrometheusFigures) -> PrometheusApi:
        key = (figures.url, figures.token)
        if key not in self._apis:
            self._apis[key] = PrometheusApi(*key)
        return self._apis[key]


@dataclass(frozen=True, slots=True)
class _Look:
    """One look from a mark up to an instant."""

    api: PrometheusApi
    figures: PrometheusFigures
    before: Mark
    upto: float
    _known: dict[tuple[str, float], Vector] = field(default_factory=dict)

    def observation(self) -> Observation | NoData:
        """What both sides did."""
        sides = (self.figures.legacy, self.figures.canary)
        began = [self._standing(side.requests, self.before.upto) for side in sides]
        if not any(began):
            return NoData("Prometheus knew nothing of the route at the mark", mark_lost=True)
        for name, side in zip(("legacy", "canary"), sides, strict=True):
            if not self._is_fresh(side.requests):
                return NoData(
                    f"Prometheus has no fresh sample of {name}'s requests ({side.requests[0]}): they come later than "
                    f"{self.figures.lag_s:g} s, or nobody scrapes them"
                )
        legacy, owed_legacy = self._sample(sides[0], self.before.owed[0])
        canary, owed_canary = self._sample(sides[1], self.before.owed[1])
        after = Mark(self.upto, (owed_legacy, owed_canary))
        return Observation(self.upto - self.before.upto, legacy, canary, after.text(), self.upto)

    def _sample(self, side: SideSelectors, owed: int) -> tuple[Sample, int]:
        requests = round(sum(self._counted(side.requests).values()))
        seen = owed + round(sum(self._counted(side.failures).values()))
        failed = min(seen, requests)
        throttled = min(failed, round(sum(self._counted(side.throttled).values()))) if side.throttled else None
        times, bounds = _buckets(self._grown(side.times), self.figures.unit_ms) if side.times else ({}, ())
        return Sample(requests, failed, times, throttled=throttled, bounds=bounds), seen - failed

    def _counted(self, selectors: Iterable[str]) -> Vector:
        """How much each counter has grown; each is looked at all the way, so that a reset is seen that was made up for."""
        window = f"{math.ceil((self.upto - self.before.upto) * 1000)}ms"
        found: dict[Any, float] = {}
        for selector in selectors:
            began = self._standing((selector,), self.before.upto)
            lowest = self._values(f"min_over_time({selector}[{window}])", self.upto)
            if any(value < began.get(key, 0.0) for key, value in _keyed(selector, lowest)):
                raise _Reset(f"{selector} went back since: a counter was reset, or it is no counter")
            if any(self._values(f"resets({selector}[{window}])", self.upto).values()):
                raise _Reset(f"{selector} went back since: a counter was reset, or it is no counter")
            found.update(self._grown((selector,)))
        return found

    def _grown(self, selectors: Iterable[str]) -> Vector:
        selectors = tuple(selectors)
        began, now = (self._standing(selectors, at) for at in (self.before.upto, self.upto))
        grown = {key: value - began.get(key, 0.0) for key, value in now.items()}
        if any(value < 0 for value in grown.values()):
            raise _Reset(f"{selectors[0]} went back since: a counter was reset, or it is no counter")
        return grown

    def _standing(self, selectors: Iterable[str], at: float) -> dict[Any, float]:
        """What the counters stood at; those that have gone meanwhile at their last value."""
        return {
            key: value
            for selector in selectors
            for key, value in _keyed(selector, self._values(f"last_over_time({selector}[{_REMEMBERED}])", at))
        }

    def _values(self, expression: str, at: float) -> Vector:
        """Each expression is asked once a look."""
        if (expression, at) not in self._known:
            self._known[expression, at] = self.api.values(expression, at)
        return self._known[expression, at]

    def _is_fresh(self, selectors: Iterable[str]) -> bool:
        oldest = self.upto - self.figures.lag_s
        return any(
            when >= oldest
            for selector in selectors
            for when in self._values(f"timestamp({selector})", self.upto).values()
        )


def _keyed(selector: str, vector: Vector) -> Iterable[tuple[Any, float]]:
    """Series of two selectors may have the same labels."""
    return (((selector, labels), value) for labels, value in vector.items())


def _buckets(grown: Mapping[Any, float], unit_ms: float) -> tuple[Mapping[int, int], tuple[int, ...]]:
    """Answers by bucket, from cumulative counts by `le`, and the bounds; those between two are booked at the upper one."""
    upto: Counter[float] = Counter()
    for (selector, labels), value in grown.items():
        try:
            bound = float(dict(labels)["le"])
        except (KeyError, ValueError):
            raise UnusableAnswer(
                f"{selector} has a series without the label le: name the buckets of a histogram"
            ) from None
        upto[bound] += round(value)
    if not upto:
        return {}, ()
    if math.inf not in upto:
        raise UnusableAnswer("the histogram has no bucket +Inf")
    found: Counter[int] = Counter()
    below = 0
    for bound in sorted(upto):
        if upto[bound] < below:
            raise UnusableAnswer(
                "the buckets of the histogram contradict each other: its series have other bounds each"
            )
        found[number_of(_SLOWEST_MS if math.isinf(bound) else bound * unit_ms)] += upto[bound] - below
        below = upto[bound]
    bounds = tuple(sorted({number_of(bound * unit_ms) for bound in upto if not math.isinf(bound)}))
    return {number: count for number, count in sorted(found.items()) if count}, bounds
