"""What was measured of both sides of a route over a stretch of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NoData:
    """Nothing was measured, and why. An answer of its own, never a zero.

    Attributes:
        mark_lost: nothing will ever be said of the mark that was asked about (counters began anew): take a new one.
    """

    reason: str
    mark_lost: bool = False


@dataclass(frozen=True, slots=True)
class Measuring:
    """How a source of figures measures a route; the same for both sides.

    Attributes:
        point: where the first tries are counted, such as `envoy` or `load balancer`. Gates of one route compare figures
            of one point only.
        lag_s: seconds that the figures come late; a source does not report of a time before it is complete.
        times: whether answers are counted by bucket of their time, as a test of a quantile needs. A source that knows
            but a quantile for each minute does not.
        cold_starts: whether it tells which of the canary's requests began with a cold start.
        throttles: whether it tells which of the failed tries were throttled.
    """

    point: str
    lag_s: float = 0.0
    times: bool = True
    cold_starts: bool = False
    throttles: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One side of a route, measured at the data plane over a window.

    Attributes:
        requests: requests whose first try went to this side.
        first_try_errors: those of them whose first try failed (5xx, reset, time-out, throttle), whatever the client got
            after a fallback; at most `requests`.
        times: answers by bucket of the time that they took: bucket k holds those above 0.1 ms * 1.1^(k-1) and up to
            0.1 ms * 1.1^k (`rollout.statistics.buckets`). Cold starts are left out where the source tells them. They
            may be fewer than `requests`, and come later.
        cold_starts: requests that began with a cold start, or None where the source does not tell.
        throttled: failed first tries that were throttled, or None where the source does not tell.
        bounds: the numbers of the bounds between which answers were counted, in rising order; empty where every bound is
            one. In a coarser histogram an answer is booked at the next bound above it, so that only how many lie above
            one of these is known.
    """

    requests: int
    first_try_errors: int
    times: Mapping[int, int] = field(default_factory=dict)
    cold_starts: int | None = None
    throttled: int | None = None
    bounds: tuple[int, ...] = ()

    @property
    def error_rate(self) -> float:
        """Share of failed first tries, 0 to 1; 0 where nothing was asked (check `requests` first)."""
        return self.first_try_errors / self.requests if self.requests else 0.0

    def __add__(self, other: Sample) -> Sample:
        """Both stretches of time together; without times where they were counted between bounds of which none is common."""
        bounds = self.bounds or other.bounds
        if self.bounds and other.bounds:
            bounds = tuple(bound for bound in self.bounds if bound in other.bounds)
        untold = bool(self.bounds and other.bounds) and not bounds
        return Sample(
            self.requests + other.requests,
            self.first_try_errors + other.first_try_errors,
            {} if untold else dict(sorted((Counter(self.times) + Counter(other.times)).items())),
            _sum(self.cold_starts, other.cold_starts),
            _sum(self.throttled, other.throttled),
            bounds,
        )


@dataclass(frozen=True, slots=True)
class Observation:
    """Both sides over the same window, measured at the same point.

    Attributes:
        window_s: seconds that the window is long, by the source's own clock.
        mark: where the counting stood at the window's end, as text that only the source understands: the next look
            begins there, so that no request is counted twice or not at all.
        until: the last instant that the figures tell of, seconds since the epoch; a source that lags is behind now.
    """

    window_s: float
    legacy: Sample
    canary: Sample
    mark: str = ""
    until: float = 0.0


def _sum(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
