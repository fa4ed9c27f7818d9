"""What a person may ask of a rollout, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.domain.looks import Request
from migrator.domain.rollouts import Lease, Phase, Step
from migrator.errors import Refused
from migrator.rollout.controller import LEASE_S
from migrator.rollout.gates import name_of
from tests.support.fake_measures import observed
from tests.support.rollout_world import PLAN, World


def started(**changes: object) -> World:
    world = World(plan=replace(PLAN, **changes))  # type: ignore[arg-type]
    world.start()
    world.tick()
    return world


def test_a_paused_rollout_keeps_its_weight_and_goes_on_when_told() -> None:
    world = started()
    world.controller.ask("tax", Request.PAUSE, "lunch", by="anna@desk")
    for _ in range(5):
        assert world.tick(61).phase is Phase.PAUSED
    assert world.plane.live["tax"] == 5
    world.controller.ask("tax", Request.RESUME, "")
    assert world.tick(1).step == 1
    said = [entry.reason for entry in world.store.history("tax")]
    assert "paused by a person: lunch" in said and "resumed by a person" in said
    assert [entry.by for entry in world.store.audit("tax") if entry.request is Request.PAUSE] == ["anna@desk"]


def test_a_paused_canary_that_fails_is_rolled_back_all_the_same() -> None:
    world = started()
    world.controller.ask("tax", Request.PAUSE, "")
    world.metrics.answer = observed(canary=(20, 20), legacy=(380, 0))
    assert world.tick(1).phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


def test_out_of_holding_a_pause_is_one_record() -> None:
    world = started()
    world.metrics.answer = observed(canary=(1, 0))
    assert world.tick(61).phase is Phase.HOLDING
    version = world.state.version
    world.controller.ask("tax", Request.PAUSE, "")
    assert (world.state.phase, world.state.version) == (Phase.PAUSED, version + 1)


def test_a_step_that_wants_a_persons_word_waits_for_it() -> None:
    world = started(steps=(Step(5, 60), Step(25, 60, approval=True), Step(100, 60)))
    for _ in range(3):
        world.tick(61)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.AWAITING_APPROVAL, 5)
    assert "25 % waits for a person's word" in world.state.reason
    world.controller.ask("tax", Request.PROMOTE, "looks good")
    world.tick(1)
    assert world.plane.live["tax"] == 25


def test_an_approval_may_be_given_ahead_and_is_for_one_step_only() -> None:
    world = started(steps=(Step(5, 60), Step(25, 60, approval=True), Step(100, 60, approval=True)))
    world.controller.ask("tax", Request.PROMOTE, "")
    world.tick(61)
    assert world.plane.live["tax"] == 25
    for _ in range(3):
        world.tick(61)
    assert world.state.phase is Phase.AWAITING_APPROVAL


def test_a_canary_that_fails_while_it_waits_is_rolled_back() -> None:
    world = started(steps=(Step(5, 60), Step(100, 60, approval=True)))
    world.tick(61)
    assert world.state.phase is Phase.AWAITING_APPROVAL
    world.metrics.answer = observed(canary=(100, 60))
    assert world.tick(1).phase is Phase.ROLLED_BACK


def test_legacy_is_kept_ready_for_the_window_and_only_a_person_retires_it() -> None:
    world = started(rollback_window_s=3600.0)
    for _ in range(4):
        world.tick(61)
    assert world.state.phase is Phase.PROMOTED
    with pytest.raises(Refused, match="kept ready until"):
        world.controller.ask("tax", Request.RETIRE, "")
    for _ in range(60):
        assert world.tick(61).phase is Phase.PROMOTED
    world.controller.ask("tax", Request.RETIRE, "done")
    assert world.state.phase is Phase.RETIRED
    with pytest.raises(Refused, match="legacy serves it no more"):
        world.controller.rollback("tax", "too late")


def test_within_the_window_a_promoted_canary_is_still_watched() -> None:
    world = started(rollback_window_s=3600.0)
    for _ in range(4):
        world.tick(61)
    world.metrics.answer = observed(canary=(500, 250), legacy=(0, 0))
    assert world.tick(61).phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


@pytest.mark.parametrize("request_", [Request.PAUSE, Request.RESUME, Request.PROMOTE, Request.RETIRE])
def test_what_does_not_fit_is_refused_and_changes_nothing(request_: Request) -> None:
    world = started()
    world.controller.rollback("tax", "told to")
    before = world.state
    with pytest.raises(Refused):
        world.controller.ask("tax", request_, "")
    assert world.state == before


def test_another_controllers_rollout_is_left_alone_until_its_lease_ends() -> None:
    world = started()
    first, second = (replace(world.controller, holder=name) for name in ("one", "two"))
    first.tick("tax")
    assert world.state.lease == Lease("one", world.clock.now() + LEASE_S)
    world.clock.pass_time(LEASE_S - 1)
    asked = len(world.metrics.asked)
    tick = second.tick("tax")
    assert tick.decision is None and len(world.metrics.asked) == asked
    world.clock.pass_time(2)
    assert second.tick("tax").decision is not None
    assert world.state.lease is not None and world.state.lease.holder == "two"


def test_a_lease_is_renewed_in_time_and_not_at_every_look() -> None:
    world = started()
    world.metrics.answer = observed(canary=(0, 0), legacy=(0, 0))
    held = replace(world.controller, holder="one")
    leases = []
    for _ in range(60):
        world.clock.pass_time(1)
        held.tick("tax")
        assert world.state.lease is not None and world.state.lease.until > world.clock.now()
        leases.append(world.state.lease.until)
    assert 3 <= len(set(leases)) <= 5


def test_a_persons_rollback_waits_for_no_lease() -> None:
    world = started()
    replace(world.controller, holder="one").tick("tax")
    assert world.controller.rollback("tax", "night").state.phase is Phase.ROLLED_BACK


def test_a_lease_from_a_clock_that_was_ahead_binds_nobody() -> None:
    world = started()
    world.store.states["tax"] = replace(world.state, lease=Lease("one", world.clock.now() + 86_400))
    assert replace(world.controller, holder="two").tick("tax").decision is not None


def test_every_gate_of_the_plan_has_a_name_of_its_own() -> None:
    assert len({name_of(gate) for gate in PLAN.gates}) == len(PLAN.gates)
