"""The bounds between which CloudWatch is asked to count answers.

In: a time of legacy. Out: bounds, the statistics that count between them, and buckets again.

`GetMetricData` takes the statistic `TC(a:b)`: how many values lie above a and up to b ("CloudWatch statistics definitions",
Amazon CloudWatch User Guide, read on 2026-11-26: trimmed statistics are told for whatever percentiles are told for, which
TargetResponseTime and Duration are). Each bound is a metric that is paid for, so there are `BOUNDS` of them a tenth apart,
around what legacy needs for its 95th percentile when the mark is taken: from 0.56 of it up to 5 times it. Faster answers
are booked at the first of them, slower ones far above the last. Which bounds they are stands in the mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from migrator.rollout.statistics.buckets import bound_ms, number_of

BOUNDS: Final = 24
_BELOW: Final = 6
USUAL_MS: Final = 100.0
"""What legacy is taken to need while it is not known."""

SLOWEST_MS: Final = 24 * 3600 * 1000.0
"""Where answers above the last bound are booked: nothing takes so long."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Bounds first, first + 1, ... of `rollout.statistics.buckets`."""

    first: int

    @classmethod
    def around(cls, p95_ms: float | None) -> Grid:
        """The bounds for a legacy with this 95th percentile; None for one that has answered nothing."""
        return cls(max(0, number_of(p95_ms or USUAL_MS) - _BELOW))

    @property
    def bounds(self) -> tuple[int, ...]:
        """Their numbers."""
        return tuple(range(self.first, self.first + BOUNDS))

    def statistics(self, unit_ms: float) -> tuple[str, ...]:
        """What to ask for; the last one is how many answers there are at all.

        Args:
            unit_ms: milliseconds in a unit of the metric.
        """
        bounds = [f"{bound_ms(self.first + at) / unit_ms:.10g}" for at in range(BOUNDS)]
        between = [f"TC({low}:{high})" for low, high in zip(["", *bounds[:-1]], bounds, strict=True)]
        return (*between, "SampleCount")

    def buckets(self, counts: Sequence[float]) -> Mapping[int, int]:
        """Answers by bucket, from what the statistics said."""
        told = {self.first + at: round(count) for at, count in enumerate(counts[:BOUNDS])}
        told[number_of(SLOWEST_MS)] = max(0, round(counts[BOUNDS]) - sum(told.values()))
        return {number: count for number, count in told.items() if count}
