"""Many rollouts in turn: each as often as it needs, and none hindered by another."""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.rollouts import Phase
from migrator.errors import InputError
from migrator.rollout.loop import LONGEST_PAUSE_S
from migrator.rollout.rounds import RESTING_EVERY_S, Rounds
from tests.support.odd_stores import LoadedOtherwise
from tests.support.rollout_world import PLAN, ROUTE, World

EVERY_S = 10.0


def world_of_two() -> tuple[World, Rounds, list[tuple[str, str]]]:
    world, told = World(), list[tuple[str, str]]()
    world.plane.live["mail"] = 0.0
    controller = replace(world.controller, routes={"tax": ROUTE, "mail": replace(ROUTE, name="mail")})
    controller.start(PLAN)
    controller.start(replace(PLAN, route="mail"))
    return world, Rounds(controller, EVERY_S, lambda name, trouble: told.append((name, trouble))), told


def test_each_is_looked_at_when_it_is_due() -> None:
    world, rounds, _ = world_of_two()
    assert rounds.next(["mail", "tax"]) == EVERY_S
    seen = len(world.recorder.ticks)
    world.clock.pass_time(EVERY_S - 1)
    assert rounds.next(["mail", "tax"]) == 1
    assert len(world.recorder.ticks) == seen
    world.clock.pass_time(1)
    rounds.next(["mail", "tax"])
    assert len(world.recorder.ticks) == seen + 2


def test_a_record_that_cannot_be_read_is_said_and_hinders_no_other() -> None:
    world, rounds, told = world_of_two()

    def broken(load: int) -> None:
        if load == 1:
            raise InputError("the record of mail contradicts itself")

    rounds.controller = replace(rounds.controller, store=LoadedOtherwise(world.store, broken))
    rounds.next(["mail", "tax"])
    assert told == [("mail", "the record of mail contradicts itself")]
    assert world.store.states["tax"].phase is Phase.SHIFTING
    assert world.store.states["mail"].phase is Phase.PENDING
    world.clock.pass_time(2 * EVERY_S)
    rounds.next(["mail", "tax"])
    assert world.store.states["mail"].phase is Phase.SHIFTING, "it is tried again"


def test_one_that_fails_on_is_looked_at_less_often_but_never_rarely() -> None:
    world, rounds, _ = world_of_two()
    rounds.next(["tax"])
    world.plane.down = "refused"
    pauses = []
    for _ in range(8):
        world.clock.pass_time(rounds.due["tax"] - world.clock.now())
        rounds.next(["tax"])
        pauses.append(rounds.due["tax"] - world.clock.now())
    assert pauses == sorted(pauses) and EVERY_S < pauses[-1] <= LONGEST_PAUSE_S


def test_one_that_has_ended_is_still_looked_at_now_and_then() -> None:
    world, rounds, _ = world_of_two()
    rounds.controller.rollback("tax", "told to")
    rounds.next(["tax"])
    assert rounds.due["tax"] - world.clock.now() == RESTING_EVERY_S
    world.plane.live["tax"] = 40.0
    world.clock.pass_time(RESTING_EVERY_S)
    rounds.next(["tax"])
    assert world.plane.live["tax"] == 0


def test_a_clock_that_goes_back_keeps_nobody_waiting_for_a_day() -> None:
    world, rounds, _ = world_of_two()
    rounds.next(["tax"])
    world.clock.at -= 86_400
    for _ in range(4):
        world.clock.pass_time(rounds.next(["tax"]))
    assert len(world.recorder.ticks) >= 3
