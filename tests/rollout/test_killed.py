"""A controller that dies anywhere is followed by one that ends the rollout as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.documents.audit import CODEC as AUDIT
from migrator.documents.rollout import CODEC
from migrator.domain.rollouts import MOVES, HistoryEntry, Phase, RolloutState
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.replay import replayed
from migrator.rollout.transitions import begun
from tests.support.campaigns import CAMPAIGNS, Campaign, FiguresByWeight
from tests.support.fake_clock import FakeClock
from tests.support.fake_measures import FakeComparisons
from tests.support.fake_plane import FilePlane
from tests.support.fuse import Fuse, Killed, fused
from tests.support.rollout_world import PLAN, ROUTE, World
from tests.support.sampled import only


def in_memory(campaign: Campaign, fuse: Fuse) -> World:
    """To the end; after the fuse has blown a fresh controller goes on."""
    world = World(plan=campaign.plan)
    figures = FiguresByWeight(world.plane, world.clock, campaign.bad_from, campaign.silent_from)

    def fresh() -> Controller:
        return replace(world.controller, sources=Sources(figures, FakeComparisons()))

    try:
        campaign.go_on(fused(fresh(), fuse), world.clock.pass_time)
    except Killed:
        campaign.go_on(fresh(), world.clock.pass_time)
    return world


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_killed_before_or_after_any_call_it_ends_the_same(name: str) -> None:
    campaign, counter = CAMPAIGNS[name], Fuse()
    whole = in_memory(campaign, counter)
    assert counter.calls > 10
    for at in range(counter.calls):
        for after in (False, True):
            world = in_memory(campaign, Fuse(at, after))
            where = f"killed {'after' if after else 'before'} call {at}"
            assert _end(world.state) == _end(whole.state), where
            assert world.plane.live == whole.plane.live, where
            assert _rises([weight for _, weight in world.plane.given]) == _rises(
                [weight for _, weight in whole.plane.given]
            ), where
            assert world.state.history_length == len(world.store.history("tax")), where
            assert not [each.differs for each in replayed(world.store.audit("tax")) if each.differs], where


@dataclass
class KillingFuse(Fuse):
    """Ends the process as the system does."""

    def blow(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class OnDisk:
    """Everything in a folder: the record in SQLite, the plane in a file."""

    folder: Path
    campaign: Campaign

    def go_on(self, fuse: Fuse | None = None) -> None:
        with SqliteStateStore(self.folder / "rollouts.sqlite3") as store:
            clock, plane = FakeClock(), FilePlane(self.folder / "weights.json")
            state = store.load("tax")
            if state is not None:  # later than anything that is recorded
                clock.at = max(clock.at, state.since, state.counted.until, *(e.at for e in store.history("tax"))) + 61
            figures = FiguresByWeight(plane, clock, self.campaign.bad_from, self.campaign.silent_from)
            controller = Controller(
                plane=plane,
                sources=Sources(figures, FakeComparisons()),
                store=store,
                clock=clock,
                routes={"tax": ROUTE},
            )
            self.campaign.go_on(fused(controller, fuse) if fuse else controller, clock.pass_time)

    def killed_at(self, at: int, *, after: bool) -> None:
        child = os.fork()
        if child == 0:
            self.go_on(KillingFuse(at, after, writes_only=True))
            os._exit(0)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it has to be killed to show anything"

    @property
    def state(self) -> RolloutState:
        with SqliteStateStore(self.folder / "rollouts.sqlite3") as store:
            state = store.load("tax")
        assert state is not None
        return state

    @property
    def given(self) -> list[float]:
        return [float(line) for line in FilePlane(self.folder / "weights.json").given_path.read_text().split()]

    @property
    def history(self) -> tuple[HistoryEntry, ...]:
        with SqliteStateStore(self.folder / "rollouts.sqlite3") as store:
            return store.history("tax")

    def differences(self) -> list[str]:
        with SqliteStateStore(self.folder / "rollouts.sqlite3") as store:
            return [each.differs for each in replayed(store.audit("tax")) if each.differs]


@pytest.mark.parametrize("name", only(["bad from 25 %"], CAMPAIGNS))
def test_killed_by_the_system_around_every_write_it_ends_the_same(tmp_path: Path, name: str) -> None:
    """Every call that writes is found by a run that is not killed; each is then the last one of a run, done or not."""
    campaign, counter = CAMPAIGNS[name], Fuse(writes_only=True)
    CODEC.dump_text(begun(PLAN, 0.0))  # built once here, so that the children spend their short lives on ticks
    assert AUDIT.json_schema()
    whole = OnDisk(tmp_path / "whole", campaign)
    whole.folder.mkdir()
    whole.go_on(counter)
    assert counter.calls >= 5
    for at in range(counter.calls):
        for after in (False, True):
            broken = OnDisk(tmp_path / f"{at} {after}", campaign)
            broken.folder.mkdir()
            broken.killed_at(at, after=after)
            broken.go_on()
            where = f"killed {'after' if after else 'before'} write {at}"
            assert _end(broken.state) == _end(whole.state), where
            assert _rises(broken.given) == _rises(whole.given), where
            assert max(broken.given) <= max(whole.given), where
            assert len(broken.history) == broken.state.history_length, where
            for earlier, later in pairwise(broken.history):
                assert later.phase is earlier.phase or later.phase in _reachable(earlier.phase), where
            assert broken.differences() == [], where


@pytest.mark.parametrize("kind", ["good", pytest.param("bad", marks=pytest.mark.thorough)])
def test_killed_by_the_system_at_random(tmp_path: Path, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_controller", str(tmp_path), kind, "1"],
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
    given = [float(line) for line in plane.given_path.read_text().split()]
    assert _rises(given) == ([5, 25, 100] if kind == "good" else [5, 25, 0])


def _end(state: RolloutState) -> tuple[object, ...]:
    return (state.phase, state.step, state.weight, state.revision)


def _rises(given: list[float]) -> list[float]:
    """The weights given, each change once."""
    return [weight for before, weight in pairwise([0.0, *given]) if weight != before]


def _reachable(phase: Phase) -> frozenset[Phase]:
    """By one decision and its read-back."""
    return MOVES[phase] | (MOVES[Phase.ROLLING_BACK] if Phase.ROLLING_BACK in MOVES[phase] else frozenset())
