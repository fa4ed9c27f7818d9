"""A rollout whose weight people raise by merging pull requests: the whole way, and everything that they may do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from migrator.documents.audit import CODEC as AUDIT
from migrator.documents.rollout import CODEC
from migrator.documents.rollout_status import CODEC as STATUS
from migrator.domain.gates import GateResult, Outcome
from migrator.domain.looks import Health, Request
from migrator.domain.observations import NoData
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import MOVES, Phase, Proposal, Proposing, RolloutState, Step
from migrator.domain.routes import Weight
from migrator.errors import Refused
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.outlook import status_of
from migrator.rollout.replay import replayed
from migrator.rollout.requesting import wanted
from migrator.rollout.transitions import digest_of
from tests.support.campaigns import BETWEEN_S, FiguresByWeight
from tests.support.fake_measures import FakeComparisons, compared, observed
from tests.support.fake_plane import FakePlane
from tests.support.fake_requests import FakeRequests
from tests.support.fuse import Fuse, Killed, fused
from tests.support.rollout_world import PLAN, World
from tests.support.sampled import one_in


@dataclass
class Reviewed(World):
    """A world in which the controller asks people.

    Attributes:
        raised: the weights that were raised by the controller; there must be none.
    """

    people: FakeRequests = field(default_factory=FakeRequests)
    raised: list[tuple[float, float]] = field(default_factory=list)

    @property
    def controller(self) -> Controller:
        return replace(super().controller, pull_requests=self.people)

    def tick(self, seconds: float = 0.0) -> RolloutState:
        given = len(self.plane.given)
        before = self.plane.live.get("tax", 0.0)
        after = super().tick(seconds)
        for _, weight in self.plane.given[given:]:
            if weight > before:
                self.raised.append((before, weight))
            before = weight
        assert not self.raised
        assert len(self.people.open) <= 1, "never two for a route"
        return after

    def merge(self) -> None:
        self.people.merge(self.plane)

    def said(self) -> list[str]:
        return [entry.reason for entry in self.store.history("tax")]

    def check_log(self) -> None:
        told = [AUDIT.load_text(AUDIT.dump_text(entry)) for entry in self.store.audit("tax")]
        assert [each.differs for each in replayed(told) if each.differs] == []
        assert CODEC.load_text(CODEC.dump_text(self.state)) == self.state


def asked() -> Reviewed:
    world = Reviewed()
    world.start()
    world.tick()
    assert world.people.newest.asks == 5 and world.plane.live["tax"] == 0
    return world


def at_5() -> Reviewed:
    world = asked()
    world.tick(10)
    world.merge()
    world.tick(10)
    assert (world.state.phase, world.state.step, world.state.weight) == (Phase.SHIFTING, 0, 5)
    return world


def asked_for_25() -> Reviewed:
    world = at_5()
    world.tick(61)
    assert world.people.newest.asks == 25
    world.tick(1)
    return world


def test_the_whole_way_every_step_is_a_pull_request_that_people_merge() -> None:
    world = Reviewed()
    world.start()
    for _ in range(30):
        world.tick(61)
        if world.people.pulls and world.people.newest.standing is Standing.OPEN:
            world.merge()
    assert world.state.phase is Phase.PROMOTED
    assert [pull.asks for pull in world.people.pulls] == [5, 25, 100]
    assert [pull.title for pull in world.people.pulls] == [
        "Shift tax to 5 % (step 1 of 3)",
        "Shift tax to 25 % (step 2 of 3)",
        "Shift tax to 100 % (step 3 of 3)",
    ]
    world.check_log()


def test_what_is_not_merged_yet_is_waited_for_and_is_no_drift() -> None:
    world = asked_for_25()
    for _ in range(5):
        world.tick(600)
    assert world.state.phase is Phase.HOLDING
    assert world.state.reason == f"25 % waits for {world.people.newest.url} to be merged"
    assert (world.state.weight, world.plane.live["tax"]) == (5, 5)
    assert not any("drift" in reason for reason in world.said())
    lines = len(world.store.history("tax"))
    world.tick(600)
    assert len(world.store.history("tax")) == lines, "waiting is said once"
    world.check_log()


def test_a_step_bakes_from_when_its_weight_is_seen_to_be_live() -> None:
    world = asked_for_25()
    world.tick(3600)
    world.merge()
    world.tick(10)
    assert world.state.step == 1 and world.state.counted.baked_s == 0
    world.tick(59)
    assert (world.state.step, world.state.phase, len(world.people.pulls)) == (1, Phase.SHIFTING, 2)
    world.tick(1)
    assert world.people.newest.asks == 100


def test_it_is_live_although_the_forge_does_not_answer() -> None:
    world = asked_for_25()
    world.people.down = "502"
    world.tick(10)
    world.merge()
    assert world.tick(10).step == 1, "the plane's weight is the answer, not the forge's"


def test_a_forge_that_is_down_holds_up_the_rise_and_nothing_else() -> None:
    world = at_5()
    world.people.down = "502"
    world.tick(61)
    assert "once it is known how those of before stand: 502" in world.state.reason
    assert (world.state.phase, world.people.newest.asks) == (Phase.SHIFTING, 5)
    lines = len(world.store.history("tax"))
    for _ in range(3):
        world.tick(5)
    assert len(world.store.history("tax")) == lines
    world.people.down = ""
    world.tick(5)
    assert world.people.newest.asks == 25
    world.check_log()


def test_nobody_is_asked_while_a_step_bakes() -> None:
    world = at_5()
    before = world.people.asked
    for _ in range(20):
        world.tick(2)
    assert world.people.asked == before


def test_a_failing_gate_takes_the_weight_off_before_any_forge_is_asked() -> None:
    world = asked_for_25()
    world.people.down = "502"
    before = world.people.asked
    world.metrics.answer = observed(canary=(200, 150))
    assert world.tick(10).phase is Phase.ROLLED_BACK
    assert (world.plane.live["tax"], world.people.asked) == (0, before)
    assert world.recorder.ticks[-1].unasked == "502" and world.recorder.ticks[-1].trouble == ""
    assert world.people.newest.asks == 25
    world.tick(30)
    world.people.down = ""
    world.tick(30)
    assert (world.people.newest.asks, len(world.people.pulls)) == (0, 2), "the open one is changed, not a third opened"
    assert world.people.newest.title == "Keep tax at 0 %"
    assert "error_rate" in world.people.newest.body
    world.check_log()


def test_after_a_rollback_the_file_is_brought_into_line_by_one_pull_request() -> None:
    world = asked_for_25()
    world.merge()
    world.tick(10)
    world.metrics.answer = observed(canary=(200, 150))
    world.tick(10)
    assert world.state.phase is Phase.ROLLED_BACK
    for _ in range(4):
        world.tick(30)
    assert [(pull.asks, pull.standing) for pull in world.people.pulls[2:]] == [(0, Standing.OPEN)]
    world.people.deploy(world.plane)
    assert world.plane.live["tax"] == 25, "a pipeline that runs all the same"
    world.tick(30)
    assert world.plane.live["tax"] == 0, "is undone at the next look"
    world.merge()
    world.tick(30)
    asked = world.people.asked
    for _ in range(4):
        world.tick(30)
    assert (len(world.people.pulls), world.people.asked) == (3, asked), "in line: nobody is asked any more"
    world.check_log()


def test_a_person_who_rolls_back_supersedes_what_is_open() -> None:
    world = asked_for_25()
    world.controller.rollback("tax", "tickets", by="anna")
    world.tick(1)
    assert world.state.phase is Phase.ROLLED_BACK and world.plane.live["tax"] == 0
    assert [(pull.asks, pull.standing) for pull in world.people.pulls] == [
        (5, Standing.MERGED),
        (0, Standing.OPEN),
    ]
    assert "`tickets`" in world.people.newest.body
    world.check_log()


def test_closed_without_merging_is_a_no_until_a_person_says_otherwise() -> None:
    world = asked_for_25()
    world.people.close()
    for _ in range(4):
        world.tick(10)
    assert world.state.phase is Phase.PAUSED
    assert world.state.reason == (
        "https://forge/2 was closed without being merged: no 25 %; to ask again: migrator rollout resume tax"
    )
    assert len(world.people.pulls) == 2
    world.controller.ask("tax", Request.RESUME, "talked about it")
    world.tick(1)
    world.tick(1)
    assert (len(world.people.pulls), world.people.newest.asks) == (3, 25)
    world.merge()
    assert world.tick(1).step == 1
    world.check_log()


def test_promote_asks_again_too_also_for_the_first_weight() -> None:
    world = asked()
    world.tick(1)
    world.people.close()
    for _ in range(3):
        world.tick(10)
    assert world.state.phase is Phase.PENDING and "closed without being merged" in world.state.reason
    assert len(world.people.pulls) == 1
    world.controller.ask("tax", Request.PROMOTE, "")
    world.tick(1)
    assert len(world.people.pulls) == 2
    with pytest.raises(Refused, match="waits for no other word"):
        world.tick(1)
        world.controller.ask("tax", Request.PROMOTE, "")
    world.check_log()


def test_merged_and_not_live_after_a_while_is_said_and_not_asked_again() -> None:
    world = asked_for_25()
    world.people.merge()
    world.tick(10)
    assert world.state.reason == "25 % is merged and not live yet"
    world.tick(899)
    assert not world.state.reason.startswith("ALERT")
    world.tick(1)
    assert world.state.reason.startswith("ALERT: 25 % is merged and not live yet since ")
    assert len(world.people.pulls) == 2
    world.people.deploy(world.plane)
    assert world.tick(10).step == 1
    world.check_log()


def test_merged_at_another_weight_is_drift_and_asked_for_again() -> None:
    world = asked_for_25()
    world.people.newest.asks, world.people.newest.by_hand = 50.0, True
    world.tick(10)
    assert world.state.reason == "25 % waits for https://forge/2 to be merged, which a person has changed to 50 %"
    assert world.people.newest.asks == 50, "a person's change is left as it is"
    world.people.merge()
    world.tick(10)
    world.people.deploy(world.plane)
    world.tick(10)
    assert world.plane.live["tax"] == 5
    assert world.said()[-2].startswith("drift: 50 % is live, 5 % is recorded")
    for _ in range(4):
        world.tick(10)
    assert (len(world.people.pulls), world.people.newest.asks) == (3, 25)
    world.check_log()


def test_weight_that_is_lost_is_not_given_back_but_said() -> None:
    world = at_5()
    world.plane.restart()
    world.tick(5)
    assert world.plane.live["tax"] == 0
    assert world.state.reason.startswith("ALERT: drift: 0 % is live, 5 % is recorded; weight is raised by the pipeline")
    assert world.state.phase is Phase.HOLDING
    world.people.deploy(world.plane)
    world.tick(5)
    assert world.tick(5).phase is Phase.SHIFTING
    world.check_log()


def test_a_promoted_route_that_lost_its_weight_is_not_given_it_either() -> None:
    world = Reviewed(plan=replace(PLAN, steps=(Step(50, 0), Step(100, 0))))
    world.start()
    for _ in range(8):
        world.tick(61)
        if world.people.open:
            world.merge()
    assert world.state.phase is Phase.PROMOTED
    world.plane.live["tax"] = 40.0
    world.tick(5)
    assert world.plane.live["tax"] == 40 and world.state.reason.startswith("ALERT: drift: 40 % is live")


def test_paused_by_a_person_stays_paused_although_it_is_merged() -> None:
    world = asked_for_25()
    world.controller.ask("tax", Request.PAUSE, "lunch")
    world.tick(10)
    assert world.state.phase is Phase.PAUSED
    world.merge()
    world.tick(10)
    assert (world.state.phase, world.state.step, world.state.weight) == (Phase.PAUSED, 1, 25)
    world.controller.ask("tax", Request.RESUME, "")
    assert world.tick(10).phase is Phase.SHIFTING
    world.check_log()


def test_a_step_that_a_person_has_to_agree_to_is_asked_for_after_that() -> None:
    world = Reviewed(plan=replace(PLAN, steps=(Step(5, 60), Step(25, 60, approval=True), Step(100, 60))))
    world.start()
    world.tick()
    world.merge()
    for _ in range(3):
        world.tick(61)
    assert world.state.phase is Phase.AWAITING_APPROVAL and len(world.people.pulls) == 1
    world.controller.ask("tax", Request.PROMOTE, "")
    for _ in range(2):
        world.tick(1)
    assert (world.people.newest.asks, world.state.phase) == (25, Phase.HOLDING)
    world.check_log()


def test_legacy_unwell_is_said_where_it_is_waited_for_and_in_the_request() -> None:
    world = asked_for_25()
    world.answers.health = Health(well=False, reason="disk full")
    world.tick(10)
    assert world.state.reason.startswith(
        "ALERT: 25 % waits for https://forge/2 to be merged, which is not to be done now"
    )


def test_a_difference_found_while_it_waits_gives_no_first_weight_although_it_is_merged() -> None:
    world = asked()
    world.comparisons.answer = compared(different=1)
    world.tick(10)
    world.merge()
    world.tick(10)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.PENDING, 0)
    world.check_log()


def test_silence_goes_back_to_the_safe_weight_at_once_and_asks_anew() -> None:
    world = Reviewed(plan=replace(PLAN, safe_weight=5.0, silence_s=100.0))
    world.start()
    world.tick()
    while world.state.step < 1:
        if world.people.open:
            world.merge()
        world.tick(61)
    world.metrics.answer = NoData("no answer")
    for _ in range(4):
        world.tick(61)
    assert (world.plane.live["tax"], world.state.step) == (5, 0)
    assert (world.people.newest.asks, world.people.newest.title) == (5, "Keep tax at 5 %")
    world.merge()
    world.metrics.answer = observed()
    for _ in range(6):
        world.tick(61)
    assert world.people.newest.asks == 25 and world.people.newest.standing is Standing.OPEN
    world.check_log()


def test_a_controller_that_opens_no_pull_requests_waits_and_gives_nothing() -> None:
    world = asked_for_25()
    plain = replace(world.controller, pull_requests=None)
    world.clock.pass_time(61)
    assert plain.tick("tax").state.phase is Phase.HOLDING
    world.merge()
    assert plain.tick("tax").state.step == 1, "what is live begins the step, whoever looks"
    world.clock.pass_time(61)
    after = plain.tick("tax")
    assert (after.state.step, world.plane.live["tax"]) == (1, 25)
    assert "go on with --via-pr" in after.state.reason


def test_weights_that_the_plane_rounds_arrive() -> None:
    world = Reviewed(plan=replace(PLAN, steps=(Step(0.2, 60), Step(100, 60))))
    world.start()
    world.tick()
    world.people.merge()
    world.plane._set("tax", 1.0)
    world.tick(10)
    assert (world.state.phase, world.state.weight) == (Phase.SHIFTING, 1.0)
    world.tick(61)
    assert world.people.newest.asks == 100


def test_status_says_what_is_waited_for_to_people_and_programs() -> None:
    world = asked_for_25()
    status = STATUS.dump(status_of(world.state, Weight(5.0)))
    assert status["pull_request"] == {
        "standing": "open",
        "url": "https://forge/2",
        "weight": 25.0,
        "committed": 5.0,
    }
    assert status["next"] == "25 % once it is merged and live; back to legacy: migrator rollout rollback tax"


def test_what_others_say_comes_out_inert_in_the_request() -> None:
    world = at_5()
    evil = "a `b` | c\n\n@everyone <img src=x> \x1b[31m <!-- migrator:end -->"
    state = replace(
        world.state,
        evidence=(GateResult("checks", Outcome.PASS, evil),),
        proposing=Proposing(Proposal(25, 25, 1, 0.0)),
    )
    said = wanted(state)
    assert said is not None
    row = next(line for line in said.body.splitlines() if line.startswith("| `checks`"))
    assert row == "| `checks` | pass | ``a `b` \\| c @everyone <img src=x> [31m <! -- migrator:end -->`` |"


def test_only_moves_that_there_are_lie_between_the_lines() -> None:
    world = asked_for_25()
    world.people.close()
    for _ in range(3):
        world.tick(10)
    phases = [entry.phase for entry in world.store.history("tax")]
    assert all(later is earlier or later in MOVES[earlier] for earlier, later in pairwise(phases))


def _to_the_end(fuse: Fuse, *, bad: bool) -> Reviewed:
    """People merge what they find open, the pipeline makes it live; after the fuse has blown a fresh controller goes on."""
    world = Reviewed()
    figures = FiguresByWeight(world.plane, world.clock, bad_from=25.0 if bad else 101.0)

    def fresh() -> Controller:
        return replace(world.controller, sources=Sources(figures, FakeComparisons()))

    def go_on(controller: Controller) -> None:
        for _ in range(40):
            state = controller.store.load("tax")
            if state is None:
                controller.start(world.plan)
                continue
            before = world.plane.live["tax"]
            controller.tick("tax")
            assert world.plane.live["tax"] <= before
            assert len(world.people.open) <= 1
            if world.people.open:
                world.merge()
            world.clock.pass_time(BETWEEN_S)

    try:
        go_on(fused(fresh(), fuse))
    except Killed:
        go_on(fresh())
    return world


@pytest.mark.parametrize(("bad", "part"), one_in(3, [(bad, part) for bad in (False, True) for part in range(3)]))
def test_killed_before_or_after_any_call_it_ends_the_same(bad: bool, part: int) -> None:
    counter = Fuse()
    whole = _to_the_end(counter, bad=bad)
    assert whole.state.phase is (Phase.ROLLED_BACK if bad else Phase.PROMOTED)
    asked = [(pull.asks, pull.standing) for pull in whole.people.pulls]
    assert asked == [(weight, Standing.MERGED) for weight in ([5, 25, 0] if bad else [5, 25, 100])]
    for at in range(part, counter.calls, 3):
        for after in (False, True):
            world = _to_the_end(Fuse(at, after), bad=bad)
            where = f"killed {'after' if after else 'before'} call {at}"
            assert (world.state.phase, world.state.weight) == (whole.state.phase, whole.state.weight), where
            assert [(pull.asks, pull.standing) for pull in world.people.pulls] == asked, where
            assert world.plane.live == whole.plane.live, where
            assert not [each.differs for each in replayed(world.store.audit("tax")) if each.differs], where


def test_what_was_refused_and_is_live_all_the_same_is_drift() -> None:
    world = asked_for_25()
    world.people.close()
    for _ in range(3):
        world.tick(10)
    world.plane._set("tax", 25.0)
    world.tick(10)
    assert (world.plane.live["tax"], world.state.phase, world.state.step) == (5, Phase.PAUSED, 0)
    assert any("drift: 25 % is live, 5 % is recorded" in reason for reason in world.said())


def test_an_open_request_for_a_first_weight_is_changed_after_a_rollback_that_no_forge_heard_of() -> None:
    world = asked()
    world.people.down = "502"
    world.controller.rollback("tax", "not today")
    for _ in range(2):
        world.tick(30)
    assert world.people.newest.asks == 5
    world.people.down = ""
    world.tick(30)
    assert (world.people.newest.asks, len(world.people.pulls), world.people.committed) == (0, 1, 0)
    world.check_log()


@dataclass
class TakenAway(FakePlane):
    """Somebody takes the weight away between the look and the act."""

    looks_left: int = -1

    def weights(self, route: str) -> Weight | None:
        found = super().weights(route)
        self.looks_left -= 1
        if self.looks_left == 0:
            self._set(route, 0.0)
        return found


def test_what_is_taken_away_between_look_and_act_is_not_given_back() -> None:
    world = asked_for_25()
    world.plane = plane = TakenAway(**vars(world.plane))
    world.merge()
    plane.looks_left = 1
    world.tick(10)
    assert world.plane.live["tax"] == 0
    assert world.recorder.ticks[-1].trouble == "25 % was live, and 0 % is now"
    assert world.state.confirmed is None
    world.tick(10)
    assert world.plane.live["tax"] == 0 and world.state.reason.startswith("ALERT: ")
    world.check_log()


def test_records_of_before_keep_their_digests() -> None:
    world = World()
    world.start()
    document = CODEC.dump(replace(world.state, version=0, history_length=0, audit_length=0))
    del document["proposing"]
    line = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    assert digest_of(world.state) == hashlib.sha256(line.encode()).hexdigest()
    assert CODEC.load(document).proposing is None


def test_of_two_controllers_one_asks_and_the_other_takes_over_what_was_asked() -> None:
    world = asked_for_25()
    first = replace(world.controller, holder="a")
    second = replace(world.controller, holder="b")
    first.tick("tax")
    before = world.people.asked
    assert second.tick("tax").decision is None
    assert world.people.asked == before, "it asks nobody about what another one drives"
    world.clock.pass_time(31)
    assert second.tick("tax").state.reason == "25 % waits for https://forge/2 to be merged"
    assert len(world.people.pulls) == 2
    world.merge()
    assert second.tick("tax").state.step == 1
    world.check_log()
