"""The controller with every port owned by the test: good runs, failing gates, drift, planes that do not answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from migrator.domain.observations import Measuring, NoData
from migrator.domain.rollouts import Phase, RolloutPlan, Step
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import InputError, Refused, RemoteError, UsageError
from migrator.rollout.ports import Capabilities, Fence
from migrator.rollout.starting import first_weight
from tests.support.fake_measures import compared, observed
from tests.support.fake_plane import FakePlane
from tests.support.odd_stores import LoadedOtherwise
from tests.support.rollout_world import PLAN, World


def started(seconds: float = 0.0) -> World:
    world = World()
    world.start()
    world.tick(seconds)
    assert world.state.phase is Phase.SHIFTING and world.plane.live["tax"] == 5
    return world


def test_a_good_canary_is_promoted_step_by_step() -> None:
    world = started()
    phases = [world.tick(61).phase for _ in range(4)]
    assert phases[-1] is Phase.PROMOTED
    assert [weight for _, weight in world.plane.given] == [5, 25, 100, 100]
    assert [entry.phase for entry in world.store.history("tax")][-1] is Phase.PROMOTED
    assert len(world.store.history("tax")) == world.state.history_length


def test_a_step_bakes_from_the_moment_its_weight_was_live() -> None:
    world = started()
    world.tick(59)
    assert world.state.step == 0
    world.tick(1)
    assert world.state.step == 1
    world.tick(10)
    assert world.metrics.asked == ["tax 1", "tax 2", "tax 3"], "every look begins where the last one ended"


def test_counters_that_began_anew_lose_the_time_between_two_looks_and_nothing_else() -> None:
    world = started()
    world.tick(30)
    world.metrics.answer = NoData("Envoy has restarted", mark_lost=True)
    before = world.state.counted
    world.tick(20)
    assert world.state.counted.canary == before.canary and world.state.counted.mark != before.mark
    world.metrics.answer = observed()
    assert world.tick(29).step == 0, "what was not observed does not bake"
    assert world.state.counted.canary.requests == 2 * before.canary.requests
    assert world.tick(1).step == 1
    assert len(world.plane.given) == 2, "nothing was done to the plane meanwhile"


def test_a_weight_that_became_live_unmeasured_is_measured_as_soon_as_it_can_be() -> None:
    world = World()
    world.metrics.answer = RemoteError("refused")
    world.start()
    world.tick()
    assert world.tick(61).phase is Phase.HOLDING
    assert "no figures yet: refused" in world.state.evidence[0].evidence
    world.metrics.answer = observed()
    world.tick(1)
    assert world.tick(59).step == 0
    assert world.tick(1).step == 1


def test_a_canary_that_differs_gets_no_weight() -> None:
    world = World()
    world.comparisons.answer = compared(different=3)
    world.start()
    for _ in range(3):
        state = world.tick(100)
        assert (state.phase, world.plane.live["tax"]) == (Phase.PENDING, 0)
    assert "3 of 200 answers differ" in state.reason
    assert world.plane.given == []


def test_a_rollout_without_a_comparison_does_not_start() -> None:
    world = World()
    world.comparisons.answer = NoData("no comparison of tax was recorded")
    world.start()
    assert world.tick().phase is Phase.PENDING
    assert "no comparison of tax was recorded" in world.state.reason


def test_a_difference_found_on_the_way_rolls_back() -> None:
    world = started()
    world.comparisons.answer = compared(different=1)
    assert world.tick(1).phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


def test_a_failing_canary_is_rolled_back_in_one_tick_with_the_figures() -> None:
    world = started()
    world.metrics.answer = observed(canary=(6, 4), legacy=(114, 0))
    state = world.tick(1)
    assert (state.phase, state.weight, world.plane.live["tax"]) == (Phase.ROLLED_BACK, 0, 0)
    assert "canary 4/6 (66.67%) failed first" in state.reason
    world.metrics.answer = NoData("nobody asks")
    world.tick(1)
    assert "canary 4/6" in world.state.reason, "why it was rolled back stays said"


def test_a_few_failures_hold_the_step_and_later_good_requests_let_it_go_on() -> None:
    world = started()
    world.metrics.answer = observed(canary=(40, 1), legacy=(760, 2))
    assert world.tick(61).phase is Phase.HOLDING
    assert world.plane.live["tax"] == 5
    world.metrics.answer = observed(canary=(400, 1), legacy=(7600, 20))
    assert world.tick(100).phase is Phase.SHIFTING
    assert world.tick(1).step == 1


def test_too_few_requests_hold() -> None:
    world = started()
    world.metrics.answer = observed(canary=(19, 0))
    assert world.tick(800).phase is Phase.HOLDING
    assert "requests (undecided)" in world.state.reason


@pytest.mark.parametrize("silence", [NoData("no answer"), NoData("gone", mark_lost=True), RemoteError("refused")])
def test_missing_figures_hold_and_after_the_limit_the_canary_is_not_left_alone(silence: object) -> None:
    world = started()
    world.metrics.answer = silence  # type: ignore[assignment]
    world.tick(1)
    assert world.state.phase is Phase.SHIFTING, "what is due within seconds is waited for"
    assert world.tick(60).phase is Phase.HOLDING
    assert world.state.reason.startswith("NO DATA since 2023-11-14T22:")
    assert world.tick(800).phase is Phase.HOLDING
    assert world.plane.live["tax"] == 5
    assert world.tick(60).phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0
    assert world.state.reason.startswith("NO FIGURES since 2023-11-14T22:13:20Z")


def test_figures_that_come_back_in_time_let_it_go_on() -> None:
    world = started()
    world.metrics.answer = NoData("no answer")
    for _ in range(14):
        world.tick(60)
    world.metrics.answer = observed()
    assert world.tick(1).phase is not Phase.ROLLED_BACK
    assert world.state.silent_since is None
    world.tick(1)
    assert world.tick(1).step == 1


def test_figures_that_stop_coming_although_the_source_answers_are_silence_too() -> None:
    world = started()
    world.metrics.until = world.clock.now()
    for _ in range(14):
        assert world.tick(60).weight == 5
    assert world.tick(120).phase is Phase.ROLLED_BACK


def test_five_minutes_late_is_no_silence_of_a_source_that_says_so() -> None:
    world = started()
    world.metrics.measuring = Measuring("slow", lag_s=300)
    for _ in range(30):
        world.metrics.until = world.clock.now() - 240
        world.tick(60)
    assert world.state.phase is Phase.PROMOTED


def test_silence_leads_back_to_the_safe_weight_where_one_is_named() -> None:
    world = World(plan=replace(PLAN, safe_weight=5.0))
    world.start()
    world.tick()
    world.tick(61)
    assert world.plane.live["tax"] == 25
    world.metrics.answer = NoData("no answer")
    for _ in range(20):
        world.tick(60)
    assert (world.state.phase, world.state.step, world.plane.live["tax"]) == (Phase.HOLDING, 0, 5)
    world.metrics.answer = observed()
    for _ in range(2):
        world.tick(60)
    assert world.plane.live["tax"] == 25


def test_a_controller_that_was_away_itself_looks_again_before_it_speaks_of_silence() -> None:
    world = started()
    world.metrics.answer = NoData("no answer")
    assert world.tick(7200).weight == 5
    world.metrics.answer = observed()
    world.tick(10)
    assert world.state.weight > 0


def test_a_night_without_traffic_is_no_silence() -> None:
    world = started()
    world.metrics.answer = observed(canary=(0, 0), legacy=(0, 0))
    for _ in range(100):
        world.tick(300)
    assert (world.state.phase, world.plane.live["tax"]) == (Phase.HOLDING, 5)
    world.metrics.answer = observed()
    world.tick(300)
    assert world.tick(1).step == 1


def test_a_quiet_night_is_written_down_once_a_minute_and_bakes_all_the_same() -> None:
    world = started()
    world.metrics.answer = observed(canary=(0, 0), legacy=(0, 0))
    before = world.state.version
    for _ in range(59):
        world.tick(1)
    assert world.state.version <= before + 1, "nothing came, and but for the reason nothing has changed"
    assert world.tick(1).counted.baked_s == 60
    for _ in range(240):
        world.tick(1)
    assert world.state.phase is Phase.HOLDING and "no figures" not in world.state.evidence[0].evidence
    assert world.state.version - before < 12
    world.metrics.answer = NoData("no answer")
    world.tick(10)
    assert "no figures since" in world.state.evidence[0].evidence


def test_no_legacy_at_all_never_promotes() -> None:
    with pytest.raises(InputError, match="the only step is 100"):
        World(plan=replace(PLAN, steps=(Step(100, 1),))).start()


def test_at_100_percent_the_canary_is_held_against_what_legacy_did_before() -> None:
    world = started()
    world.metrics.answer = observed(canary=(400, 0), legacy=(7600, 4))
    world.tick(61)
    world.tick(61)
    assert world.plane.live["tax"] == 100
    world.metrics.answer = observed(canary=(500, 60), legacy=(0, 0))
    assert world.tick(10).phase is Phase.ROLLED_BACK


@pytest.mark.parametrize("by_hand", [0.0, 50.0])
def test_a_weight_changed_at_the_plane_is_brought_back(by_hand: float) -> None:
    world = started()
    world.tick(50)
    world.plane.live["tax"] = by_hand
    world.tick(5)
    assert world.plane.live["tax"] == 5
    assert any(f"drift: {by_hand:g} % is live, 5 % is recorded" in entry.reason for entry in world.store.history("tax"))
    assert world.tick(4).step == 0
    assert world.tick(1).step == 1, "what was observed before still counts"


def test_a_plane_that_restarted_gets_the_route_and_its_weight_back() -> None:
    world = started()
    world.plane.restart()
    world.tick(10)
    assert world.plane.live["tax"] == 5
    assert ("tax", 0.0) in world.plane.given, "it begins with nothing, whatever router.yaml says"


def test_no_weight_is_given_back_to_a_restarted_plane_while_parity_is_unknown() -> None:
    world = started()
    world.plane.restart()
    world.comparisons.answer = NoData("gone")
    assert world.tick(1).phase is Phase.HOLDING
    assert world.plane.live["tax"] == 0


def test_weight_that_nobody_gave_is_taken_away_before_the_start() -> None:
    world = World()
    world.plane.live["tax"] = 5.0
    world.comparisons.answer = compared(different=1)
    world.start()
    world.tick()
    assert world.plane.live["tax"] == 0


def test_a_plane_that_does_not_answer_stops_the_steps_and_not_the_rollout() -> None:
    world = started()
    world.plane.down = "connection refused"
    tick = world.controller.tick("tax")
    assert tick.trouble == "connection refused" and isinstance(tick.live, NoData)
    for _ in range(3):
        assert world.tick(100).step == 0
    world.plane.down = ""
    world.tick(1)
    world.tick(1)
    assert world.state.step == 1


def test_a_rollback_is_not_lost_while_the_plane_does_not_answer() -> None:
    world = started()
    world.metrics.answer = observed(canary=(20, 20))
    world.plane.down = "connection refused"
    for _ in range(3):
        assert world.tick(1).phase is Phase.ROLLING_BACK
    world.metrics.answer = observed()
    world.plane.down = ""
    assert world.tick(1).phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0
    assert "error_rate fail: canary 20/20" in world.state.reason


def test_a_rollback_is_tried_even_where_the_weight_cannot_be_read() -> None:
    world = started()
    world.plane.blind = "no answer"
    assert world.controller.rollback("tax", "told to").state.phase is Phase.ROLLING_BACK
    world.plane.live["tax"] = 5.0
    assert world.tick(1).phase is Phase.ROLLING_BACK, "0 % was not seen"
    assert world.plane.live["tax"] == 0
    world.plane.blind = ""
    assert world.tick(1).phase is Phase.ROLLED_BACK


def test_a_plane_that_takes_a_weight_and_serves_another_is_not_believed() -> None:
    world = World()
    world.plane.serves = 0.0
    world.start()
    tick = world.controller.tick("tax")
    assert tick.trouble == "the data plane took 5 %, but 0 % is live"
    assert tick.state.confirmed is None
    world.tick(1000)
    assert world.state.step == 0
    world.plane.serves = None
    world.tick(1)
    assert world.tick(59).step == 0


def test_rounded_weights_are_no_drift() -> None:
    world = World(plane=FakePlane(resolution=10.0))
    world.start()
    world.tick()
    assert world.plane.live["tax"] == 10 and world.state.weight == 5
    world.tick(30)
    assert world.state.confirmed is not None and world.state.confirmed.weight == 10
    assert not any("drift" in entry.reason for entry in world.store.history("tax"))


def test_rollback_by_hand_works_from_every_phase() -> None:
    world = World()
    world.start()
    assert world.controller.rollback("tax", "too early").state.phase is Phase.ROLLED_BACK
    world = started()
    assert world.controller.rollback("tax", "told to").state.phase is Phase.ROLLED_BACK
    assert world.state.reason == "told to"
    world.plane.live["tax"] = 40.0
    assert world.controller.rollback("tax", "again").state.phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0
    world = started()
    for _ in range(4):
        world.tick(61)
    assert world.state.phase is Phase.PROMOTED
    assert world.controller.rollback("tax", "late").state.phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


def test_rollback_without_a_recorded_rollout_takes_the_traffic_off() -> None:
    world = World()
    world.plane.live["tax"] = 30.0
    assert world.controller.rollback("tax", "night").state.phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0
    with pytest.raises(UsageError):
        world.controller.rollback("nothing", "night")


def test_traffic_on_a_rolled_back_canary_is_taken_off_again() -> None:
    world = started()
    world.controller.rollback("tax", "told to")
    world.plane.live["tax"] = 5.0
    assert world.tick().phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


def test_after_a_rollback_a_new_start_is_the_next_revision() -> None:
    world = started()
    with pytest.raises(Refused, match="is shifting"):
        world.start()
    world.controller.rollback("tax", "told to")
    world.start()
    assert (world.state.phase, world.state.revision, world.state.evidence) == (Phase.PENDING, 2, ())
    assert world.state.history_length == len(world.store.history("tax"))
    world.start()
    assert world.state.revision == 2, "one that got no weight is only started over"


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (replace(PLAN, steps=()), "no steps"),
        (replace(PLAN, steps=(Step(5, 1), Step(50, 1))), "last step must be 100"),
        (replace(PLAN, steps=(Step(50, 1), Step(5, 1), Step(100, 1))), "must rise"),
        (replace(PLAN, steps=(Step(0, 1), Step(100, 1))), "above 0"),
    ],
)
def test_an_unfit_plan_is_refused(plan: RolloutPlan, says: str) -> None:
    with pytest.raises(InputError, match=says):
        World(plan=plan).start()


@dataclass
class _SlowPlane:
    """A plane on which something else happens just before the first shift gets through."""

    plane: FakePlane
    meanwhile: list[Callable[[], object]]

    @property
    def capabilities(self) -> Capabilities:
        return self.plane.capabilities

    def ensure(self, route: AnyRoute) -> None:
        self.plane.ensure(route)

    def weights(self, route: str) -> Weight | None:
        return self.plane.weights(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        if self.meanwhile:
            self.meanwhile.pop()()
        return self.plane.shift(route, weight, overwrite=overwrite, fence=fence)

    def retire(self, route: str) -> None:
        self.plane.retire(route)


def test_a_controller_that_wakes_up_late_gives_no_weight() -> None:
    world = started()
    world.clock.pass_time(61)
    slow = _SlowPlane(world.plane, [lambda: world.controller.rollback("tax", "told to")])
    tick = replace(world.controller, plane=slow).tick("tax")
    assert ("tax", 25.0) not in world.plane.given, "the plane has seen a newer record"
    assert "newer record" in tick.trouble
    assert world.tick().phase is Phase.ROLLED_BACK
    assert world.plane.live["tax"] == 0


def test_a_service_that_is_faster_is_no_trouble_of_a_start() -> None:
    world = World()
    world.start()
    service = replace(world.controller, holder="service")
    slow = _SlowPlane(world.plane, [lambda: service.tick("tax")])
    tick = first_weight(replace(world.controller, plane=slow), "tax")
    assert tick.trouble == ""
    assert tick.live == NoData("service drives it")
    assert world.state.phase is Phase.SHIFTING
    assert world.plane.live["tax"] == 5


def test_a_start_says_what_still_does_not_work_at_a_second_look() -> None:
    world = World()
    world.start()
    world.plane.down = "connection refused"
    assert first_weight(world.controller, "tax").trouble == "connection refused"


def test_an_intent_that_was_overtaken_is_not_carried_out() -> None:
    world = started()
    world.clock.pass_time(61)

    def overtake(load: int) -> None:
        if load == 2:
            world.controller.rollback("tax", "told to")

    store = LoadedOtherwise(world.store, overtake)
    tick = replace(world.controller, store=store).tick("tax")
    assert "another controller has since decided 0 %" in tick.trouble
    assert ("tax", 25.0) not in world.plane.given
    assert world.state.phase is Phase.ROLLED_BACK


def test_the_loser_of_two_controllers_changes_nothing() -> None:
    world = started()
    world.clock.pass_time(61)
    stale = world.store.load("tax")
    assert stale is not None
    world.tick()
    late = replace(world.controller, store=LoadedOtherwise(world.store, lambda load: stale if load == 1 else None))
    tick = late.tick("tax")
    assert tick.decision is None
    assert tick.state.step == 1 and world.plane.live["tax"] == 25


def test_every_tick_is_told() -> None:
    world = started()
    world.tick(1)
    world.tick(1)
    assert len(world.recorder.ticks) == 3
    assert [bool(tick.entries) for tick in world.recorder.ticks] == [True, True, False]
