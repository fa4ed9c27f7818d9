"""A program that lets a controller be killed at random, again and again, until a rollout has ended.

Arguments: a folder, `good` or `bad`, and a seed. Prints how often it was killed. What is recorded in the folder
afterwards is the test's to check.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from migrator.adapters.clock import SystemClock
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.documents.rollout import CODEC
from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.rollouts import Step
from migrator.domain.routes import Weight
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.loop import ENDED, run
from migrator.rollout.transitions import begun
from tests.support.fake_measures import FakeComparisons, observed
from tests.support.fake_plane import FilePlane
from tests.support.rollout_world import PLAN, ROUTE

FAST = replace(PLAN, steps=(Step(5, 0.1), Step(25, 0.1), Step(100, 0.1)))


@dataclass(frozen=True)
class ByWeight:
    """Metrics of a canary that is good, or bad from 25 % on."""

    plane: FilePlane
    bad: bool

    def about(self, route: str) -> Measuring:
        return Measuring("fake")

    def mark(self, route: str) -> str:
        return str(time.time())

    def since(self, route: str, mark: str) -> Observation | NoData:
        live, now = self.plane.weights(route) or Weight(0), time.time()
        seen = observed(canary=(40, 20)) if self.bad and live.canary >= 25 else observed()
        return replace(seen, window_s=now - float(mark), until=now, mark=str(now))


def controller_in(folder: Path, kind: str, store: SqliteStateStore) -> Controller:
    """A controller on files alone."""
    plane = FilePlane(folder / "weights.json")
    return Controller(
        plane=plane,
        sources=Sources(ByWeight(plane, kind == "bad"), FakeComparisons()),
        store=store,
        clock=SystemClock(),
        routes={"tax": ROUTE},
    )


def _drive(folder: Path, kind: str) -> None:
    with SqliteStateStore(folder / "rollouts.sqlite3") as store:
        controller = controller_in(folder, kind, store)
        if store.load("tax") is None:
            controller.start(FAST)
        run(controller, "tax", every_s=0.002)


def _ended(folder: Path) -> bool:
    with SqliteStateStore(folder / "rollouts.sqlite3") as store:
        state = store.load("tax")
    return state is not None and state.phase in ENDED


def main(folder: Path, kind: str, seed: int) -> None:
    dice = random.Random(seed)
    CODEC.dump_text(begun(FAST, 0.0))  # built once here, so that the children spend their short lives on ticks
    kills = 0
    for _ in range(200):
        child = os.fork()
        if child == 0:
            _drive(folder, kind)
            os._exit(0)
        time.sleep(dice.uniform(0.002, 0.02))
        os.kill(child, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        kills += killed
        if not killed or _ended(folder):
            break
    _drive(folder, kind)
    print(kills)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
