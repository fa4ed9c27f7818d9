"""What production says of a candidate: how often it runs, how long it takes, and how much goes in and out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of one candidate as they were recorded.

    A figure that no source tells is None, and never a zero.

    Attributes:
        calls: calls that were counted.
        calls_per_day: calls divided by the days that the records cover.
        p50_ms: median duration in milliseconds.
        p95_ms: 95th percentile of the duration in milliseconds.
        payload_bytes: 95th percentile of what one call carries, in bytes: the larger of request and answer.
        failed: share of the calls that failed, 0 to 1.
        sources: kinds of record that told of it, such as `combined` or `celery`, sorted.
    """

    calls: int
    calls_per_day: float
    p50_ms: float | None = None
    p95_ms: float | None = None
    payload_bytes: int | None = None
    failed: float | None = None
    sources: tuple[str, ...] = ()
