"""The world of a simulated rollout: calls come, a side answers, and the figures are there to be read.

In: a traffic, faults, a seed, and the weight that the plane has. Out: figures, as a `MetricSource`, and how legacy is, as a
`HealthSource`. Time moves by `pass_time`; the same seed and the same stretches of time give the same world.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from migrator.domain.looks import Health
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.domain.traffic import Traffic
from migrator.rollout.simulation.dice import binomial, multinomial, poisson
from migrator.rollout.simulation.faults import Fault
from migrator.rollout.simulation.ports import MemoryPlane, VirtualClock
from migrator.rollout.statistics.buckets import bound_ms, number_of

_NONE = Sample(0, 0)
_SLOWEST = 0.999999
"""The quantile beyond which no bucket is drawn."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    seconds: float
    until: float
    legacy: Sample
    canary: Sample


@dataclass
class World:
    """Everything beyond the controller.

    Attributes:
        legacy, canary: all that either side has answered.
    """

    traffic: Traffic
    faults: tuple[Fault, ...]
    clock: VirtualClock
    plane: MemoryPlane
    seed: int = 1
    legacy: Sample = _NONE
    canary: Sample = _NONE
    _dice: Random = field(init=False)
    _began: float = field(init=False)
    _stretches: list[_Stretch] = field(default_factory=list)
    _dropped: int = 0
    _shares: dict[float, tuple[tuple[int, float], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)
        self._began = self.clock.now()

    def is_on(self, kind: str) -> Fault | None:
        """The fault of a kind that is there now, the first where several are."""
        after = self.clock.now() - self._began
        return next(
            (fault for fault in self.faults if fault.kind == kind and fault.is_on(after, self.plane.live)), None
        )

    def pass_time(self, seconds: float) -> None:
        """Let calls come for a while, at the weight that is live."""
        rate = self.traffic.rate_at(self.clock.now()) / 60 * self._value("traffic", 1.0)
        calls = poisson(self._dice, rate * seconds)
        asked = binomial(self._dice, calls, self.plane.live / 100)
        canary = self._canary(asked)
        legacy = self._side(
            calls - asked, self._failing("legacy", self.traffic.errors), self._value("legacy slower", 1.0)
        )
        self.clock.sleep(seconds)
        self.legacy, self.canary = self.legacy + legacy, self.canary + canary
        self._stretches.append(_Stretch(seconds, self.clock.now(), legacy, canary))
        self.plane.down = "the plane does not answer" if self.is_on("plane down") else ""

    def _canary(self, asked: int) -> Sample:
        dice = self._dice
        cold = binomial(dice, asked, self._value("canary cold", self.traffic.cold))
        throttled = binomial(dice, asked, self._value("canary throttled", self.traffic.throttled))
        failing = self._failing("canary", self.traffic.errors)
        seen = self._side(asked, failing, self._value("canary slower", 1.0), cold, throttled)
        return Sample(seen.requests, seen.first_try_errors, seen.times, cold, throttled)

    def _side(self, asked: int, failing: float, slower: float, cold: int = 0, throttled: int = 0) -> Sample:
        failed = throttled + binomial(self._dice, asked - throttled, failing)
        timed = max(asked - failed - cold, 0)
        return Sample(asked, failed, multinomial(self._dice, timed, self._times(slower)))

    def _failing(self, side: str, usual: float) -> float:
        return 1.0 if self.is_on(f"{side} down") else self._value(f"{side} errors", usual)

    def _value(self, kind: str, usual: float) -> float:
        fault = self.is_on(kind)
        return usual if fault is None else fault.value

    def _times(self, slower: float) -> tuple[tuple[int, float], ...]:
        """The share of each bucket's answers, of a side that is so many times as slow as legacy."""
        if slower not in self._shares:
            times = self.traffic.times
            last = number_of(times.quantile(_SLOWEST) * slower) + 1
            beyond = [1.0, *(times.above(bound_ms(number) / slower) for number in range(last)), 0.0]
            shares = ((number, beyond[number] - beyond[number + 1]) for number in range(last + 1))
            self._shares[slower] = tuple((number, share) for number, share in shares if share > 0)
        return self._shares[slower]

    # The figures, as the controller reads them.

    def about(self, route: str) -> Measuring:
        """All is told, at once."""
        return Measuring("simulated", times=True, cold_starts=True, throttles=True)

    def mark(self, route: str) -> str:
        """How many stretches of time there were."""
        return str(self._dropped + len(self._stretches))

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What came since, unless the source is silent."""
        if self.is_on("metrics silent"):
            return NoData("the source of the figures does not answer")
        # The controller may come back to the mark of its last look, and to none before it.
        first = int(mark) - self._dropped
        del self._stretches[:first]
        self._dropped += first
        window = sum(stretch.seconds for stretch in self._stretches)
        return Observation(
            window,
            sum((stretch.legacy for stretch in self._stretches), _NONE),
            sum((stretch.canary for stretch in self._stretches), _NONE),
            self.mark(route),
            self.clock.now(),
        )

    def legacy_health(self) -> Health:
        """Whether legacy answers."""
        return Health(False, "it does not answer") if self.is_on("legacy down") else Health(True)


@dataclass(frozen=True, slots=True)
class LegacyHealth:
    """The `HealthSource` of a world."""

    world: World

    def legacy(self, route: str) -> Health | NoData:
        """Whether legacy answers."""
        return self.world.legacy_health()
