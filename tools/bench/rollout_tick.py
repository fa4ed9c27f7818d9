"""How long one look at many rollouts takes: `python -m tools.bench.rollout_tick [ROUTES]`.

In: rollouts of gates on errors, latency, cold starts and parity, recorded in SQLite, each with new figures at every look,
so that every look is recorded with its audit entry. Planes and sources answer from memory: what is measured is the
controller and the store. Exits 1 where a round takes longer than 2 seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from migrator.adapters.clock import SystemClock
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.domain.comparisons import Comparison
from migrator.domain.gates import ColdStartGate, ErrorRateGate, LatencyGate, ParityGate
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.routes import AnyRoute, Weight
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.ports import Capabilities, Fence

BOUND_S = 2.0
ROUNDS = 5

_TIMES: Mapping[int, int] = dict.fromkeys(range(40, 90), 4)


@dataclass
class _Plane:
    """Weights in memory."""

    live: dict[str, Weight] = field(default_factory=dict)
    capabilities: Capabilities = field(default_factory=lambda: Capabilities("hash", 0.01, fallback=True))

    def ensure(self, route: AnyRoute) -> None:
        self.live.setdefault(route.name, Weight(0.0))

    def weights(self, route: str) -> Weight | None:
        return self.live.get(route, Weight(0.0))

    def recorded(self, route: str) -> Weight | None:
        return self.weights(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        self.live[route] = weight
        return weight

    def retire(self, route: str) -> None:
        self.live.pop(route, None)


class _Figures:
    """The same figures at every look."""

    def about(self, route: str) -> Measuring:
        return Measuring("memory", cold_starts=True)

    def mark(self, route: str) -> str:
        return "mark"

    def since(self, route: str, mark: str) -> Observation | NoData:
        return Observation(
            5.0, Sample(3800, 19, _TIMES), Sample(200, 1, _TIMES, cold_starts=2), mark=mark, until=time.time()
        )


class _Comparisons:
    """A good comparison."""

    def latest(self, route: str) -> Comparison | NoData:
        return Comparison(route, 100, 100, 0, 0, 0, ())


def main(routes: int) -> int:
    """Measure and print; the exit code."""
    names = [f"route-{number}" for number in range(routes)]
    gates = (ErrorRateGate(1), LatencyGate(0.95, 1.2), ColdStartGate(10, 20), ParityGate(0))
    steps = (Step(5, 86_400), Step(50, 86_400), Step(100, 86_400))
    with tempfile.TemporaryDirectory() as folder, SqliteStateStore(Path(folder) / "rollouts.sqlite3") as store:
        controller = Controller(_Plane(), Sources(_Figures(), _Comparisons()), store, SystemClock(), {})
        for name in names:
            controller.start(RolloutPlan(name, steps, gates))
            controller.tick(name)
        held = replace(controller, holder="bench")
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for name in names:
                held.tick(name)
            seconds.append(time.perf_counter() - began)
        recorded = sum(1 for _ in store.audit(names[0]))
    best, worst = min(seconds), max(seconds)
    print(f"a look at {routes} rollouts, each recorded ({recorded} audit entries a route): {best:.2f} to {worst:.2f} s")
    print(f"bound {BOUND_S:g} s: {'kept' if best < BOUND_S else 'NOT KEPT'}")
    return 0 if best < BOUND_S else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
