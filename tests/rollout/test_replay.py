"""The audit log holds all that every decision followed from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.documents.audit import CODEC
from migrator.domain.gates import ErrorRateGate, LatencyGate, ParityGate
from migrator.domain.looks import AuditEntry, AuditEvent, Request
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import Phase, Step
from migrator.rollout.replay import replayed
from tests.support.fake_measures import compared, observed
from tests.support.rollout_world import PLAN, World


def told(world: World) -> list[AuditEntry]:
    """The log as a store gives it back."""
    return [CODEC.load_text(CODEC.dump_text(entry)) for entry in world.store.audit("tax")]


def differences(entries: list[AuditEntry]) -> list[str]:
    return [each.differs for each in replayed(entries) if each.differs]


def eventful() -> World:
    """Two revisions with nearly everything that can happen."""
    steps = (Step(5, 60), Step(25, 60, approval=True), Step(100, 60))
    world = World(plan=replace(PLAN, steps=steps, gates=(ErrorRateGate(5), ParityGate(0), LatencyGate(0.95, 1.2))))
    world.metrics.answer = Observation(60, Sample(3800, 19, {60: 3600, 80: 200}), Sample(200, 1, {60: 190, 80: 10}))
    world.comparisons.answer = compared(different=1)
    world.start()
    world.tick()
    world.comparisons.answer = compared()
    for _ in range(3):
        world.tick(20.1)
    world.plane.live["tax"] = 50.0
    world.tick(7)
    world.metrics.answer = NoData("restarted", mark_lost=True)
    world.tick(9)
    world.controller.ask("tax", Request.PAUSE, "lunch", by="anna")
    world.tick(3)
    world.controller.ask("tax", Request.RESUME, "")
    world.controller.ask("tax", Request.PROMOTE, "")
    world.metrics.answer = observed(canary=(100, 60))
    world.tick(30)
    assert world.state.phase is Phase.ROLLED_BACK
    world.comparisons.answer = replace(compared(), at=world.clock.now() + 1)
    world.clock.pass_time(2)
    world.start()
    world.tick()
    world.controller.rollback("tax", "by hand", by="bert")
    return world


def test_a_whole_log_comes_out_again() -> None:
    world = eventful()
    entries = told(world)
    assert {entry.event for entry in entries} == set(AuditEvent)
    assert differences(entries) == []
    assert [entry.version for entry in entries] == list(range(1, world.state.version + 1))
    last = list(replayed(entries))[-1].state
    assert last is not None and (last.phase, last.reason) == (Phase.ROLLED_BACK, "by hand")


def test_every_entry_that_was_tampered_with_is_found() -> None:
    entries = told(eventful())
    for place, entry in enumerate(entries):
        if entry.look is not None and isinstance(entry.look.observation, Observation):
            seen = entry.look.observation
            worse = replace(seen, canary=replace(seen.canary, first_try_errors=seen.canary.first_try_errors + 1))
            forged = replace(entry, look=replace(entry.look, observation=worse))
            assert differences([*entries[:place], forged, *entries[place + 1 :]]), f"entry {place}"


@pytest.mark.parametrize("what", ["shift 5 % (step 1)", "5 % is live", "revision 1: 5 %, 25 %, 100 %"])
def test_a_missing_entry_on_which_others_rest_is_found(what: str) -> None:
    entries = told(eventful())
    place = next(number for number, entry in enumerate(entries) if what in (entry.action, entry.reason))
    assert differences(entries[:place] + entries[place + 1 :])


def test_a_rollback_of_what_nobody_recorded_can_be_replayed_too() -> None:
    world = World()
    world.plane.live["tax"] = 30.0
    world.controller.rollback("tax", "night")
    assert differences(told(world)) == []
