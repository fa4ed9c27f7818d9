"""The `MetricSource`, `ComparisonSource` and `Observer` ports, owned by a test."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.domain.comparisons import Comparison
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.rollout.statistics.buckets import number_of
from migrator.rollout.ticks import Tick


def observed(
    canary: tuple[int, int] | None = (100, 0),
    legacy: tuple[int, int] | None = (2000, 0),
    *,
    p95_ms: tuple[float | None, float | None] = (None, None),
    window_s: float = 60.0,
) -> Observation:
    """An observation from (requests, first-try errors) of each side; None for a side without data.

    Args:
        p95_ms: of the canary and of legacy.
    """
    return Observation(
        window_s=window_s,
        legacy=Sample(*legacy, times=_times(legacy[0], p95_ms[1])) if legacy else NoData("legacy was not measured"),
        canary=Sample(*canary, times=_times(canary[0], p95_ms[0])) if canary else NoData("the canary was not measured"),
    )


def _times(answers: int, each_ms: float | None) -> dict[int, int]:
    return {} if each_ms is None else {number_of(each_ms): answers}


def compared(*, route: str = "tax", inputs: int = 200, different: int = 0) -> Comparison:
    """A comparison in which every question was answered by both sides."""
    return Comparison(
        route=route,
        inputs=inputs,
        equal=inputs - different,
        different=different,
        failed_legacy=0,
        failed_canary=0,
        differences=(),
    )


@dataclass
class FakeMetrics:
    """Answers for every mark with what the test has put there."""

    answer: Observation | NoData | Exception = field(default_factory=observed)
    marks: int = 0
    asked: list[str] = field(default_factory=list)

    def about(self, route: str) -> Measuring:
        return Measuring("fake")

    def mark(self, route: str) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        self.marks += 1
        return f"{route} {self.marks}"

    def since(self, route: str, mark: str) -> Observation | NoData:
        self.asked.append(mark)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeComparisons:
    """Answers with what the test has put there."""

    answer: Comparison | NoData | Exception = field(default_factory=compared)

    def latest(self, route: str) -> Comparison | NoData:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Recorder:
    """Remembers every tick."""

    ticks: list[Tick] = field(default_factory=list)

    def notify(self, tick: Tick) -> None:
        self.ticks.append(tick)
