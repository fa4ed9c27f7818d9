"""What is counted of one candidate in the records of one format, and what several formats say together.

In: records of a candidate. Out: its `Usage`. Requests and runs of a candidate that has both are added up. What two formats
tell of the same kind is one call told twice, so that the one with the most calls a day counts, and what it does not tell
is taken from the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.domain.records import Record, Request
from migrator.domain.usage import Usage
from migrator.verdicts.recorded.figures import Figure

_SERVER_ERROR: Final = 500


@dataclass(slots=True)
class Tally:
    """Counts of one candidate.

    Attributes:
        ended: calls of which it is told whether they failed.
    """

    calls: int = 0
    ended: int = 0
    failed: int = 0
    times: Figure = field(default_factory=Figure)
    sizes: Figure = field(default_factory=Figure)

    def add(self, record: Record) -> None:
        """One more call."""
        self.calls += 1
        if isinstance(record, Request):
            if record.status or record.failed:
                self.ended += 1
                self.failed += record.failed or record.status >= _SERVER_ERROR
        elif record.failed is not None:
            self.ended += 1
            self.failed += record.failed
        if record.seconds is not None:
            self.times.add(record.seconds)
        if record.size is not None:
            self.sizes.add(record.size)


@dataclass(frozen=True, slots=True)
class Told:
    """What one format tells of a candidate.

    Attributes:
        format: its name.
        days: that its records cover.
        requests: whether these were requests, not runs.
    """

    format: str
    days: float
    requests: bool
    tally: Tally

    @property
    def per_day(self) -> float:
        """Calls a day."""
        return self.tally.calls / self.days


def usage_of(told: Sequence[Told]) -> Usage:
    """What all formats say of a candidate."""
    kinds = [_by_calls(item for item in told if item.requests is requests) for requests in (True, False)]
    counted = [kind[0] for kind in kinds if kind]
    times, sizes = Figure(), Figure()
    ended = failed = 0
    for kind in kinds:
        for figure, found in (
            (times, next((item.tally.times for item in kind if item.tally.times.size), None)),
            (sizes, next((item.tally.sizes for item in kind if item.tally.sizes.size), None)),
        ):
            if found is not None:
                figure.merge(found)
        ending = next((item.tally for item in kind if item.tally.ended), None)
        ended, failed = ended + (ending.ended if ending else 0), failed + (ending.failed if ending else 0)
    p50, p95, size = times.quantile(0.5), times.quantile(0.95), sizes.quantile(0.95)
    return Usage(
        calls=sum(item.tally.calls for item in counted),
        calls_per_day=round(sum(item.per_day for item in counted), 3),
        p50_ms=None if p50 is None else round(p50 * 1000, 3),
        p95_ms=None if p95 is None else round(p95 * 1000, 3),
        payload_bytes=None if size is None else round(size),
        failed=round(failed / ended, 6) if ended else None,
        sources=tuple(sorted({item.format for item in told})),
    )


def _by_calls(told: Iterable[Told]) -> list[Told]:
    return sorted(told, key=lambda item: (-item.per_day, item.format))
