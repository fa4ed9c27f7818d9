"""The traffic of a route as a person describes it, or as it was recorded."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from math import cos, exp, log, pi
from statistics import NormalDist
from typing import Protocol

_NORMAL = NormalDist()


class Times(Protocol):
    """How long legacy takes to answer."""

    def above(self, time_ms: float) -> float:
        """The share of answers that take longer, 0 to 1."""
        ...

    def quantile(self, share: float) -> float:
        """The time in milliseconds that so large a share of answers is not above; the share lies within 0 and 1."""
        ...


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Times whose logarithms are normal.

    Attributes:
        median_ms: milliseconds, above 0.
        sigma: standard deviation of the natural logarithm, above 0. Services have 0.25 to 1.
    """

    median_ms: float = 50.0
    sigma: float = 0.6

    def above(self, time_ms: float) -> float:
        """As of `Times`."""
        return 1 - _NORMAL.cdf(log(time_ms / self.median_ms) / self.sigma)

    def quantile(self, share: float) -> float:
        """As of `Times`."""
        return self.median_ms * exp(self.sigma * _NORMAL.inv_cdf(share))


@dataclass(frozen=True, slots=True)
class RecordedTimes:
    """Times that were recorded.

    Attributes:
        sorted_ms: milliseconds in rising order, at least one, above 0.
    """

    sorted_ms: tuple[float, ...]

    def above(self, time_ms: float) -> float:
        """As of `Times`."""
        return 1 - bisect_right(self.sorted_ms, time_ms) / len(self.sorted_ms)

    def quantile(self, share: float) -> float:
        """As of `Times`."""
        return self.sorted_ms[min(int(share * len(self.sorted_ms)), len(self.sorted_ms) - 1)]


HOURS = 24


@dataclass(frozen=True, slots=True)
class Traffic:
    """What comes to a route, and how legacy answers it.

    Attributes:
        per_minute: requests a minute in each hour of a day (UTC), 24 numbers.
        errors: share of legacy's first tries that fail, 0 to 1.
        cold: share of the canary's requests that begin with a cold start, 0 to 1.
        throttled: share of the canary's first tries that are throttled, 0 to 1.
    """

    per_minute: tuple[float, ...]
    errors: float = 0.005
    times: Times = field(default_factory=Lognormal)
    cold: float = 0.01
    throttled: float = 0.0

    @property
    def mean_per_minute(self) -> float:
        """Requests a minute over a day."""
        return sum(self.per_minute) / len(self.per_minute)

    def rate_at(self, at: float) -> float:
        """Requests a minute at an instant, seconds since the epoch."""
        return self.per_minute[int(at // 3600) % len(self.per_minute)]


def flat(per_minute: float) -> tuple[float, ...]:
    """The same in every hour."""
    return (per_minute,) * HOURS


def curved(mean: float, peak: float) -> tuple[float, ...]:
    """A day whose busiest hour, 14:00, has `peak` times the mean, as a sine; 1 is flat and 2 has an hour without any."""
    return tuple(mean * (1 + (peak - 1) * cos((hour - 14) * pi / 12)) for hour in range(HOURS))
