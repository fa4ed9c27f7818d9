"""What was measured of both sides of a route over a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoData:
    """Nothing was measured, and why. An answer of its own, never a zero."""

    reason: str


@dataclass(frozen=True, slots=True)
class MarkLost(NoData):
    """What was counted since a mark cannot be told any more (counters began anew): take a new mark."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One side of a route, measured at the data plane over a window.

    Attributes:
        requests: requests whose first try went to this side.
        first_try_errors: those of them whose first try failed (5xx, reset, time-out, throttle),
            whatever the client got after a fallback.
        p95_ms: 95th percentile of the answer time in milliseconds, or None where the plane has too few.
    """

    requests: int
    first_try_errors: int
    p95_ms: float | None = None

    @property
    def error_rate(self) -> float:
        """Share of failed first tries, 0 to 1; 0 where nothing was asked (check `requests` first)."""
        return self.first_try_errors / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """Both sides over the same window, measured at the same point.

    Attributes:
        window_s: seconds.
    """

    window_s: float
    legacy: Sample | NoData
    canary: Sample | NoData
