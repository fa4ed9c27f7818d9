"""Plays a rollout in virtual time and keeps one moment of it as `docs/images/rollout-watch.svg`, as a terminal shows it."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, RenderableType

from migrator.cli.formats.rollout_live import LiveView
from migrator.domain.gates import ColdStartGate, ErrorRateGate, LatencyGate, ParityGate
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.traffic import Lognormal, Traffic, flat
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.simulation.ports import AllIsWell, MemoryPlane, MemoryStore, VirtualClock
from migrator.rollout.simulation.world import World
from migrator.rollout.ticks import Tick

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "rollout-watch.svg"
COLUMNS = 150
BEGINS = 1_795_687_200.0  # a Thursday morning
LOOKS, EVERY_S = 165, 5.0

PLAN = RolloutPlan(
    "tax",
    (Step(5, 900), Step(25, 3600), Step(50, 3600), Step(100, 3600)),
    (ErrorRateGate(1), LatencyGate(0.95, 1.2), ColdStartGate(10, 20), ParityGate(0)),
)


@dataclass
class _Drawn:
    """Keeps the picture of the last tick."""

    view: LiveView
    picture: RenderableType = ""

    def notify(self, tick: Tick) -> None:
        self.picture = self.view.draw(tick)


def main() -> int:
    """Play, and write the picture."""
    clock, plane, store = VirtualClock(BEGINS), MemoryPlane("tax"), MemoryStore()
    world = World(Traffic(flat(1200), errors=0.005, times=Lognormal()), (), clock, plane, 7)
    well, drawn = AllIsWell(clock), _Drawn(LiveView())
    sources = Sources(metrics=world, comparisons=well, readings=well)
    controller = Controller(plane, sources, store, clock, {}, observers=(drawn,))
    controller.start(PLAN, by="a picture")
    for _ in range(LOOKS):
        controller.tick("tax")
        world.pass_time(EVERY_S)
    recorder = Console(file=io.StringIO(), record=True, force_terminal=True, width=COLUMNS, color_system="truecolor")
    recorder.print(drawn.picture)
    PICTURE.write_text(
        recorder.export_svg(title="migrator rollout watch tax", unique_id="migrator-rollout"), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
