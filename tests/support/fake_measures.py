"""The `MetricSource`, `ComparisonSource` and `Observer` ports, owned by a test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import ReadingGate, WebhookGate
from migrator.domain.looks import Answer, Asked, Health
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.rollout.statistics.buckets import number_of
from migrator.rollout.ticks import Tick
from tests.support.fake_clock import FakeClock


def observed(
    canary: tuple[int, int] = (200, 0),
    legacy: tuple[int, int] = (3800, 0),
    *,
    each_ms: tuple[float | None, float | None] = (None, None),
    window_s: float = 60.0,
) -> Observation:
    """An observation from (requests, first-try errors) of each side.

    Args:
        each_ms: of the canary and of legacy, the time of every answer; None for times that are not known.
    """
    return Observation(
        window_s=window_s,
        legacy=Sample(*legacy, times=_times(legacy[0], each_ms[1])),
        canary=Sample(*canary, times=_times(canary[0], each_ms[0])),
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
    """Says at every look that what the test has put there has come since the last one.

    Attributes:
        until: until when figures tell of something; None for now.
    """

    answer: Observation | NoData | Exception = field(default_factory=observed)
    clock: FakeClock = field(default_factory=FakeClock)
    measuring: Measuring = field(default_factory=lambda: Measuring("fake", cold_starts=True, throttles=True))
    until: float | None = None
    marks: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def about(self, route: str) -> Measuring:
        return self.measuring

    def mark(self, route: str) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self._mark(route)

    def since(self, route: str, mark: str) -> Observation | NoData:
        self.asked.append(mark)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, NoData):
            return self.answer
        now = self.clock.now() if self.until is None else self.until
        return replace(
            self.answer, window_s=max(0.0, now - self.marks.get(mark, now)), mark=self._mark(route), until=now
        )

    def _mark(self, route: str) -> str:
        mark = f"{route} {len(self.marks) + 1}"
        self.marks[mark] = self.clock.now() if self.until is None else self.until
        return mark


@dataclass
class FakeComparisons:
    """Answers with what the test has put there."""

    answer: Comparison | NoData | Exception = field(default_factory=compared)

    def latest(self, route: str) -> Comparison | NoData:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeAnswers:
    """The `ReadingSource`, `CanarySource` and `HealthSource` ports: answers with what the test has put there."""

    readings: dict[str, Answer] = field(default_factory=dict)
    version: str | NoData = field(default_factory=lambda: NoData("not told"))
    health: Health | NoData = field(default_factory=lambda: NoData("not told"))

    def read(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        return self.readings.get(gate.name, NoData("not told"))

    def deployed(self, route: str) -> str | NoData:
        return self.version

    def legacy(self, route: str) -> Health | NoData:
        return self.health


@dataclass
class Recorder:
    """Remembers every tick."""

    ticks: list[Tick] = field(default_factory=list)

    def notify(self, tick: Tick) -> None:
        self.ticks.append(tick)
