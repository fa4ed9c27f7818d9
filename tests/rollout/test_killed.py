"""A controller that dies anywhere is followed by one that ends the rollout as if nothing had happened."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import MOVES, Phase
from migrator.rollout.loop import ENDED
from tests.support.fake_measures import FakeMetrics, observed
from tests.support.fake_plane import FakePlane, FilePlane
from tests.support.fuse import Fuse, Killed, fused
from tests.support.rollout_world import World


@dataclass
class MetricsOfLiveWeight(FakeMetrics):
    """Answers by what is live, so that the same happens whenever it is asked."""

    plane: FakePlane | None = None
    bad_from: float = 101.0

    def since(self, route: str, mark: str) -> Observation | NoData:
        assert self.plane is not None
        self.answer = observed(canary=(40, 20)) if self.plane.live[route] >= self.bad_from else observed()
        return super().since(route, mark)


def campaign(bad_from: float, fuse: Fuse) -> World:
    """Start and tick to the end; after the fuse has blown a fresh controller goes on."""
    world = World()
    world.metrics = MetricsOfLiveWeight(plane=world.plane, bad_from=bad_from, clock=world.clock)
    controller = fused(world.controller, fuse)
    for _ in range(40):
        try:
            if world.store.load("tax") is None:
                controller.start(world.plan)
            if controller.tick("tax").state.phase in ENDED:
                return world
        except Killed:
            controller = world.controller
        world.clock.pass_time(61)
    raise AssertionError(f"never ended: {world.state}")


def rises(world: World) -> list[float]:
    """The weights given, each rise once."""
    weights = [weight for _, weight in world.plane.given]
    return [weight for before, weight in pairwise([0.0, *weights]) if weight != before]


@pytest.mark.parametrize("bad_from", [101.0, 100.0, 25.0, 5.0])
def test_killed_before_or_after_any_call_it_ends_the_same(bad_from: float) -> None:
    counter = Fuse()
    whole = campaign(bad_from, counter)
    assert counter.calls > 10
    for at in range(counter.calls):
        for after in (False, True):
            world = campaign(bad_from, Fuse(at, after))
            where = f"killed {'after' if after else 'before'} call {at}"
            assert world.state.phase is whole.state.phase, where
            assert (world.state.step, world.state.weight, world.state.revision) == (
                whole.state.step,
                whole.state.weight,
                whole.state.revision,
            ), where
            assert world.plane.live == whole.plane.live, where
            assert rises(world) == rises(whole), where
            assert world.state.history_length == len(world.store.history("tax")), where


@pytest.mark.parametrize("kind", ["good", "bad"])
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_by_the_system_at_random(tmp_path: Path, kind: str, seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_controller", str(tmp_path), kind, str(seed)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3, "it has to be killed to show anything"
    with SqliteStateStore(tmp_path / "rollouts.sqlite3") as store:
        state, history = store.load("tax"), store.history("tax")
    plane = FilePlane(tmp_path / "weights.json")
    live = plane.weights("tax")
    assert state is not None and live is not None
    assert (state.phase, live.canary) == ((Phase.PROMOTED, 100) if kind == "good" else (Phase.ROLLED_BACK, 0))
    assert len(history) == state.history_length
    for before, after in pairwise(history):
        assert after.phase is before.phase or after.phase in _reachable(before.phase)
    given = [float(line) for line in plane.given_path.read_text().split()]
    assert [weight for before, weight in pairwise([0.0, *given]) if weight != before] == (
        [5, 25, 100] if kind == "good" else [5, 25, 0]
    )


def _reachable(phase: Phase) -> frozenset[Phase]:
    return MOVES[phase] | (MOVES[Phase.ROLLING_BACK] if Phase.ROLLING_BACK in MOVES[phase] else frozenset())
