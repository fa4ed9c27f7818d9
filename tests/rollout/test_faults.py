"""What goes wrong around a controller: others at the same time, clocks, stores, planes, legacy, exchanged canaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from migrator.adapters.states.dynamodb import DynamoStateStore
from migrator.domain.gates import ErrorRateGate, ReadingGate, ReadingKind
from migrator.domain.looks import Health, Reading, Request
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase
from migrator.errors import InputError, RemoteError
from migrator.rollout.replay import replayed
from tests.support.campaigns import CAMPAIGNS, FiguresByWeight
from tests.support.fake_clock import FakeClock
from tests.support.fake_measures import FakeComparisons, observed
from tests.support.fake_plane import FakePlane
from tests.support.fuse import Fuse, fused
from tests.support.moto import REGION, aws_server, table
from tests.support.rollout_world import PLAN, World


def started(**changes: object) -> World:
    world = World(plan=replace(PLAN, **changes))  # type: ignore[arg-type]
    world.start()
    world.tick()
    return world


@dataclass
class Interruption(Fuse):
    """Something else happens before or after one of the calls; then the one that was interrupted goes on."""

    meanwhile: Callable[[], object] = lambda: None

    def blow(self) -> None:
        self.at = -1
        self.meanwhile()


def interrupted(world: World, interruption: Interruption) -> None:
    """Six looks of one controller, in one of which something else happens."""
    controller = fused(world.controller, interruption)
    for _ in range(6):
        controller.tick("tax")
        world.clock.pass_time(61)


def _calls() -> int:
    counter = Interruption()
    interrupted(started(), counter)
    return counter.calls


@pytest.mark.parametrize("after", [False, True])
def test_after_a_persons_rollback_no_controller_that_was_under_way_raises_the_weight(after: bool) -> None:
    for at in range(_calls()):
        world = started()
        given_then: list[int] = []

        def roll_back(world: World = world, given_then: list[int] = given_then) -> None:
            world.controller.rollback("tax", "night")
            given_then.append(len(world.plane.given))

        interrupted(world, Interruption(at, after, meanwhile=roll_back))
        where = f"rolled back {'after' if after else 'before'} call {at}"
        [then] = given_then
        assert {weight for _, weight in world.plane.given[then:]} <= {0.0}, where
        assert (world.state.phase, world.plane.live["tax"]) == (Phase.ROLLED_BACK, 0), where
        assert not [each.differs for each in replayed(world.store.audit("tax")) if each.differs], where


@pytest.mark.parametrize("after", [False, True])
def test_two_controllers_on_one_rollout_end_as_one_does(after: bool) -> None:
    for at in range(_calls()):
        world = started()
        interrupted(world, Interruption(at, after, meanwhile=lambda world=world: world.controller.tick("tax")))  # type: ignore[misc]
        for _ in range(4):
            world.tick(61)
        where = f"another look {'after' if after else 'before'} call {at}"
        assert (world.state.phase, world.plane.live["tax"]) == (Phase.PROMOTED, 100), where
        weights = [weight for _, weight in world.plane.given]
        assert weights == sorted(weights) and set(weights) <= {5, 25, 100}, where
        counted = world.state.counted.canary.requests
        assert counted == 200 * sum(mark in world.metrics.marks for mark in _marks(world)), where


def _marks(world: World) -> list[str]:
    """The marks at which the record says that figures were taken in."""
    return [
        entry.look.observation.mark
        for entry in world.store.audit("tax")
        if entry.look is not None and not isinstance(entry.look.observation, NoData)
    ]


def test_a_clock_that_jumps_ahead_ends_no_step_of_which_the_source_saw_nothing() -> None:
    world = started()
    world.tick(10)
    seen = world.metrics.since("tax", world.state.counted.mark)
    assert not isinstance(seen, NoData)
    world.clock.pass_time(86_400)

    class OwnClock:
        """A source that measures its windows by a clock of its own."""

        def about(self, route: str) -> Any:
            return world.metrics.about(route)

        def mark(self, route: str) -> str:
            return world.metrics.mark(route)

        def since(self, route: str, mark: str) -> Any:
            return replace(seen, window_s=1.0, until=world.clock.now())

    controller = replace(world.controller, sources=replace(world.controller.sources, metrics=OwnClock()))
    assert controller.tick("tax").state.step == 0


def test_a_clock_that_goes_back_begins_the_step_anew_and_not_in_a_day() -> None:
    world = started()
    world.tick(30)
    world.clock.at -= 86_400
    for _ in range(5):
        world.tick(30)
    assert world.state.step >= 1
    assert any("the clock went back" in entry.reason for entry in world.store.history("tax"))


@pytest.mark.parametrize("error", [InputError("the disk is full"), RemoteError("locked", retryable=True)])
def test_no_weight_is_given_that_could_not_be_recorded(error: Exception) -> None:
    world = started()

    def fail() -> None:
        raise error

    writes = Interruption(0, writes_only=True, meanwhile=fail)
    world.clock.pass_time(61)
    with pytest.raises(type(error)):
        fused(world.controller, writes).tick("tax")
    assert world.plane.live["tax"] == 5
    assert world.tick(1).step == 1, "once there is room again it goes on"


def test_throttling_in_the_final_step_is_borne() -> None:
    world = started()
    world.tick(61)
    world.plane.blind = "Throttling: rate exceeded"
    for _ in range(5):
        world.tick(61)
    assert world.state.weight <= 100 and world.state.phase is not Phase.PROMOTED
    world.plane.blind = ""
    for _ in range(5):
        world.tick(61)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.PROMOTED, 100)


def test_throttling_in_a_rollback_is_tried_through() -> None:
    world = started()
    world.plane.down = "Throttling: rate exceeded"
    assert world.controller.rollback("tax", "night").trouble == "Throttling: rate exceeded"
    for _ in range(3):
        assert world.tick(5).phase is Phase.ROLLING_BACK
    world.plane.down = ""
    assert world.tick(5).phase is Phase.ROLLED_BACK


DEAD = ReadingGate("dead letters", ReadingKind.DEAD_LETTERS, at_most=0)


def watching_dead_letters() -> World:
    world = started(gates=(ErrorRateGate(5), DEAD))
    assert world.state.phase is Phase.PENDING, "no weight before the queue could be read"
    world.answers.readings["dead letters"] = Reading(0, 0)
    world.tick(1)
    return world


def test_while_legacy_is_unwell_a_due_rollback_is_said_waits_and_is_not_forgotten() -> None:
    world = watching_dead_letters()
    world.answers.health = Health(False, "GET /healthz answers 503")
    world.tick(10)
    world.answers.readings["dead letters"] = Reading(3, 0)
    world.tick(10)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.HOLDING, 5)
    assert world.state.reason.startswith("ALERT: a rollback is due (dead letters fail")
    assert "GET /healthz answers 503" in world.state.reason
    world.answers.readings["dead letters"] = Reading(0, 0)
    world.tick(10)
    assert world.plane.live["tax"] == 5 and world.state.due, "that the gate is well again does not undo it"
    world.answers.health = Health(True)
    assert world.tick(10).phase is Phase.ROLLED_BACK
    assert "dead letters fail: 3" in world.state.reason


def test_a_legacy_side_that_fails_its_own_calls_is_unwell_too() -> None:
    world = watching_dead_letters()
    world.answers.readings["dead letters"] = Reading(3, 0)
    world.metrics.answer = observed(canary=(200, 0), legacy=(3800, 3000))
    world.tick(10)
    assert world.plane.live["tax"] == 5 and "79% of its last first tries failed" in world.state.reason
    world.metrics.answer = observed()
    assert world.tick(10).phase is Phase.ROLLED_BACK


def test_a_canary_that_is_worse_off_than_an_unwell_legacy_is_rolled_back() -> None:
    world = watching_dead_letters()
    world.answers.readings["dead letters"] = Reading(3, 0)
    world.metrics.answer = observed(canary=(200, 190), legacy=(3800, 2200))
    assert world.tick(10).phase is Phase.ROLLED_BACK


def test_no_weight_is_raised_while_legacy_is_unwell_unless_a_person_agrees() -> None:
    world = started()
    world.answers.health = Health(False, "GET /healthz answers 503")
    world.tick(61)
    world.tick(61)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.HOLDING, 5)
    assert world.state.reason.startswith("ALERT: no weight is given while legacy is unwell: GET /healthz answers 503")
    world.controller.ask("tax", Request.PROMOTE, "Lambda is better off")
    for _ in range(3):
        world.tick(61)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.HOLDING, 25), "the word was for one step"
    world.answers.health = Health(True)
    for _ in range(4):
        world.tick(61)
    assert world.state.phase is Phase.PROMOTED


def test_nothing_begins_while_legacy_is_unwell() -> None:
    world = World()
    world.answers.health = Health(False, "down")
    world.start()
    assert world.tick(1).reason == "not started: legacy is unwell: down"
    assert world.plane.given == []


def test_a_person_may_roll_back_to_an_unwell_legacy() -> None:
    world = started()
    world.answers.health = Health(False, "down")
    assert world.controller.rollback("tax", "I know").state.phase is Phase.ROLLED_BACK


def test_a_canary_that_is_exchanged_in_the_middle_is_rolled_back_and_begins_afresh() -> None:
    world = World()
    world.answers.version = "7"
    world.start()
    world.tick()
    world.tick(30)
    assert world.state.deployed == "7"
    world.answers.version = NoData("AWS does not answer")
    assert world.tick(1).phase is Phase.SHIFTING, "not to know is no exchange"
    world.answers.version = "8"
    assert world.tick(1).phase is Phase.ROLLED_BACK
    assert "8 is deployed, what is known was measured of 7" in world.state.reason
    world.comparisons.answer = replace(
        world.comparisons.answer,  # type: ignore[type-var]
        at=world.clock.now() + 1,
    )
    world.clock.pass_time(2)
    world.start()
    world.tick()
    assert world.plane.live["tax"] == 5
    assert (world.state.revision, world.state.counted.canary.requests, world.state.deployed) == (2, 0, "8")


def test_sticky_callers_that_make_the_share_another_than_the_weight_change_nothing() -> None:
    """40 % of the calls at a weight of 5: an identical canary is no worse, a bad one is found."""
    good, bad = started(), started()
    good.metrics.answer = observed(canary=(400, 8), legacy=(600, 12))
    for _ in range(10):
        good.tick(61)
    assert good.state.phase is Phase.PROMOTED
    bad.metrics.answer = observed(canary=(400, 32), legacy=(600, 12))
    for _ in range(2):
        bad.tick(61)
    assert bad.state.phase is Phase.ROLLED_BACK


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.mark.parametrize("name", ["promoted", "bad from 25 %", "agreed to"])
def test_a_rollout_in_dynamodb_ends_as_one_in_memory(server: str, name: str) -> None:
    campaign = CAMPAIGNS[name]
    with table(server) as kept, DynamoStateStore(f"dynamodb://{kept}?region={REGION}&endpoint={server}") as store:
        world, clock, plane = World(), FakeClock(), FakePlane()
        plane.live["tax"] = 0.0
        figures = FiguresByWeight(plane, clock, campaign.bad_from, campaign.silent_from)
        controller = replace(
            world.controller,
            plane=plane,
            clock=clock,
            store=store,
            sources=replace(world.controller.sources, metrics=figures, comparisons=FakeComparisons()),
        )
        campaign.go_on(controller, clock.pass_time)
        state = store.load("tax")
        assert state is not None
        assert (state.phase, plane.live["tax"]) == ((Phase.ROLLED_BACK, 0) if "bad" in name else (Phase.PROMOTED, 100))
        assert not [each.differs for each in replayed(store.audit("tax")) if each.differs]
