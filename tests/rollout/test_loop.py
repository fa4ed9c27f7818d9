"""Looking again and again: how long between two looks, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event

import pytest

from migrator.domain.rollouts import Phase
from migrator.errors import RemoteError
from migrator.rollout.loop import (
    FAILURES_BORNE,
    LONGEST_PAUSE_ROLLING_BACK_S,
    LONGEST_PAUSE_S,
    pause_after,
    run,
)
from migrator.rollout.ticks import Tick
from tests.support.fake_measures import observed
from tests.support.odd_stores import LoadedOtherwise
from tests.support.rollout_world import World


def test_it_runs_to_the_end() -> None:
    world = World()
    world.start()
    assert run(world.controller, "tax", every_s=10).state.phase is Phase.PROMOTED
    assert set(world.clock.slept) == {10}


def test_it_stops_when_told_and_leaves_everything_as_it_is() -> None:
    world = World()
    world.start()
    stop = Event()
    stop.set()
    assert run(world.controller, "tax", stop=stop).state.phase is Phase.SHIFTING
    assert (world.plane.live["tax"], world.clock.slept) == (5, [])


def test_a_silent_plane_is_asked_less_and_less_often_and_a_rollback_goes_on_trying() -> None:
    world = World()
    world.start()
    world.tick()
    world.metrics.answer = observed(canary=(20, 20))
    world.plane.down = "refused"
    stop = Event()

    @dataclass
    class Patience:
        ticks: int = 0

        def notify(self, tick: Tick) -> None:
            self.ticks += 1
            if self.ticks == 12:
                world.plane.down = ""

    patience = Patience()
    end = run(replace(world.controller, observers=(patience,)), "tax", every_s=0.5, stop=stop)
    assert end.state.phase is Phase.ROLLED_BACK and world.plane.live["tax"] == 0
    assert world.clock.slept[0] < world.clock.slept[5] <= LONGEST_PAUSE_ROLLING_BACK_S


def test_an_ended_rollout_is_looked_at_until_the_plane_was_seen() -> None:
    world = World()
    world.start()
    world.controller.rollback("tax", "told to")
    world.plane.live["tax"] = 5.0
    world.plane.down = "refused"

    class Repair:
        def notify(self, tick: Tick) -> None:
            world.plane.down = ""

    run(replace(world.controller, observers=(Repair(),)), "tax")
    assert world.plane.live["tax"] == 0


@pytest.mark.parametrize("phase", list(Phase))
def test_pauses_are_bounded(phase: Phase) -> None:
    pauses = [pause_after(failures, 1.0, phase) for failures in range(100)]
    assert pauses == sorted(pauses) and pauses[0] == 1 and pauses[-1] <= LONGEST_PAUSE_S
    assert pause_after(50, 60.0, phase) == 60, "never more often than without a failure"


def locked(world: World, times: int) -> LoadedOtherwise:
    """A store that is locked for the first loads."""

    def first(load: int) -> None:
        if load <= times:
            raise RemoteError("locked", retryable=True)

    return LoadedOtherwise(world.store, first)


def test_a_locked_record_is_waited_for() -> None:
    world = World()
    world.start()
    controller = replace(world.controller, store=locked(world, 5))
    assert run(controller, "tax", every_s=10).state.phase is Phase.PROMOTED


def test_a_record_that_stays_locked_is_an_error_in_the_end() -> None:
    world = World()
    world.start()
    controller = replace(world.controller, store=locked(world, FAILURES_BORNE + 1))
    with pytest.raises(RemoteError, match="locked"):
        run(controller, "tax", every_s=10)


def test_a_rollback_takes_the_traffic_off_even_where_the_record_cannot_be_read() -> None:
    world = World()
    world.plane.live["tax"] = 25.0
    controller = replace(world.controller, store=locked(world, 1))
    with pytest.raises(RemoteError, match="the live weight of tax is 0 now"):
        controller.rollback("tax", "night")
    assert world.plane.live["tax"] == 0
