"""The `MetricSource` port over counters in memory."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from migrator.adapters import marks
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError

_FORM = "memory/1"


@dataclass
class MemoryMetrics:
    """Counts what a test says happened, for one route.

    Attributes:
        epoch: changes when the counters begin anew.
        down: whether it does not answer.
    """

    legacy: Counter[str] = field(default_factory=Counter)
    canary: Counter[str] = field(default_factory=Counter)
    epoch: int = 0
    down: bool = False

    def count(self, side: str, requests: int, failures: int) -> None:
        """So many more."""
        getattr(self, side).update({"requests": requests, "failures": failures})

    def begin_anew(self) -> None:
        """Forget everything."""
        self.epoch += 1
        self.legacy.clear()
        self.canary.clear()

    def about(self, route: str) -> Measuring:
        return Measuring("memory", times=False)

    def mark(self, route: str) -> str:
        self._answer()
        return self._mark()

    def since(self, route: str, mark: str) -> Observation | NoData:
        self._answer()
        before = marks.loaded(
            _FORM,
            mark,
            lambda values: (int(values["epoch"]), float(values["at"]), [Counter(one) for one in values["sides"]]),
        )
        if before is None:
            return NoData("no mark of this source", mark_lost=True)
        epoch, at, (legacy, canary) = before
        if epoch != self.epoch:
            return NoData("counted anew", mark_lost=True)
        return Observation(
            max(0.0, time.monotonic() - at),
            _sample(self.legacy, legacy),
            _sample(self.canary, canary),
            self._mark(),
            time.time(),
        )

    def _mark(self) -> str:
        sides = [dict(self.legacy), dict(self.canary)]
        return marks.dumped(_FORM, {"epoch": self.epoch, "at": time.monotonic(), "sides": sides})

    def _answer(self) -> None:
        if self.down:
            raise RemoteError("it is down")


def _sample(now: Counter[str], before: Counter[str]) -> Sample:
    return Sample(now["requests"] - before["requests"], now["failures"] - before["failures"])
