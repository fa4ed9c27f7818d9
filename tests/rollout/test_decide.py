"""`decide` is total, and its rules hold for whatever is measured, in whatever order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.documents.audit import CODEC as AUDIT
from migrator.documents.rollout import CODEC
from migrator.domain.comparisons import Comparison
from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    LatencyGate,
    Outcome,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.looks import AuditEntry, AuditEvent, Health, Look, Reading, Verdict
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import MOVES, Confirmed, Freeze, Phase, RolloutState, Step, Undecided
from migrator.domain.routes import Weight
from migrator.rollout.decisions import Promote, RollBack, Shift, weight_to_carry_out
from migrator.rollout.figures import MEASURED, taken_in
from migrator.rollout.gates import before_any_weight
from migrator.rollout.transitions import begun, digest_of, entry_of, looked
from tests.support.fake_measures import compared
from tests.support.rollout_world import PLAN, World

NOW = 1_700_000_000.0

no_data = st.builds(NoData, st.sampled_from(["no answer", "late"])) | st.just(NoData("restarted", mark_lost=True))
samples = st.integers(0, 3000).flatmap(
    lambda n: st.builds(
        Sample,
        st.just(n),
        st.integers(0, n),
        st.just({30: n}) | st.just({30: n // 2, 60: n - n // 2}),
        st.none() | st.integers(0, n),
        st.none() | st.integers(0, n),
    )
)
figures: st.SearchStrategy[Observation | NoData] = no_data | st.builds(
    Observation, st.floats(0, 1000), samples, samples, st.just("mark"), st.floats(NOW - 2000, NOW)
)
comparisons: st.SearchStrategy[Comparison | NoData] = no_data | st.builds(
    compared, inputs=st.integers(3, 200), different=st.integers(0, 3)
)
lives: st.SearchStrategy[Weight | NoData] = no_data | st.builds(Weight, st.sampled_from([0.0, 1.0, 5.0, 25.0, 100.0]))
READ = ReadingGate("dead letters", ReadingKind.DEAD_LETTERS, {"queue": "q"}, at_most=0, for_s=60)
HOOK = WebhookGate("checks", "https://example.com/")
looks = st.builds(
    Look,
    now=st.just(NOW),
    live=lives,
    observation=figures,
    comparison=comparisons,
    mark=st.sampled_from(["", "new"]),
    answers=st.fixed_dictionaries(
        {
            "dead letters": no_data | st.builds(Reading, st.floats(0, 3), st.just(NOW)),
            "checks": no_data | st.builds(Verdict, st.sampled_from(list(Outcome)), st.just("so")),
        }
    ),
    deployed=no_data | st.sampled_from(["7", "8"]),
    legacy=no_data | st.builds(Health, st.booleans()),
    others=st.fixed_dictionaries({}, optional={"first": st.sampled_from(list(Phase))}),
)
GATES = (
    ErrorRateGate(1),
    ParityGate(0),
    LatencyGate(0.95, 1.2),
    ColdStartGate(10, 20),
    ThrottleGate(0.1),
    AvailabilityGate(99.9, 100.0),
    READ,
    HOOK,
)
steps = st.builds(
    lambda bake, approval, undecided: (
        Step(5, bake, undecided=undecided),
        Step(25, bake, approval=approval, undecided=undecided),
        Step(100, bake),
    ),
    st.sampled_from([0.0, 60.0]),
    st.booleans(),
    st.sampled_from(list(Undecided)),
)
plans = st.builds(
    lambda steps, gates, after, safe, window, freezes: replace(
        PLAN,
        steps=steps,
        gates=tuple(gates),
        after=after,
        safe_weight=safe,
        rollback_window_s=window,
        freezes=freezes,
    ),
    steps,
    st.lists(st.sampled_from(GATES), unique_by=repr, max_size=4),
    st.sampled_from([(), ("first",)]),
    st.sampled_from([0.0, 5.0]),
    st.sampled_from([0.0, 5000.0]),
    st.sampled_from([(), (Freeze(NOW - 10, NOW + 10),)]),
)


@st.composite
def states(draw: st.DrawFn) -> RolloutState:
    phase = draw(st.sampled_from(list(Phase)))
    plan = draw(plans)
    step = -1 if phase is Phase.PENDING else draw(st.integers(0, len(plan.steps) - 1))
    if phase is Phase.AWAITING_APPROVAL:
        step = 0
    weight = 0.0 if phase in (Phase.PENDING, Phase.ROLLING_BACK, Phase.ROLLED_BACK) else plan.steps[step].weight
    state = replace(
        begun(plan, NOW - 1000),
        phase=phase,
        step=step,
        weight=weight,
        confirmed=draw(st.none() | st.builds(Confirmed, st.just(weight), st.floats(NOW - 900, NOW + 900))),
        silent_since=draw(st.none() | st.just(NOW - 2000)),
        reason=draw(st.sampled_from(["", "before"])),
        approved=draw(st.integers(-1, 2)),
        deployed=draw(st.sampled_from(["", "7"])),
        due=draw(st.sampled_from(["", "", "latency"])),
    )
    if phase is not Phase.PENDING:
        for look in draw(st.lists(looks, max_size=2)):
            state = taken_in(state, look)
    return state


@settings(max_examples=250, deadline=None)
@given(states(), looks)
def test_every_situation_has_a_decision_that_is_a_move(state: RolloutState, look: Look) -> None:
    after, decision = looked(state, look)
    assert after.phase is state.phase or after.phase in MOVES[state.phase]
    assert decision.reason
    given_weight = weight_to_carry_out(decision.action)
    assert given_weight is None or given_weight == after.weight, "what is made live is what is recorded"
    assert given_weight is None or after.confirmed is None, "and it is not live before it was read back"
    assert after.weight in (0, *(step.weight for step in state.plan.steps)), "nothing above or beside the plan"
    parity = [gate for gate in before_any_weight(state, look) if gate.name == "parity"]
    refusing = [gate for gate in parity if gate.outcome is not Outcome.PASS]
    if refusing and state.phase is not Phase.PROMOTED and isinstance(look.live, Weight):
        assert given_weight is None or given_weight <= look.live.canary, "weight is given only while parity passes"
    if isinstance(decision.action, Promote):
        assert all(gate.outcome is Outcome.PASS for gate in decision.gates)
    if isinstance(decision.action, Shift) and decision.action.weight == 100:
        assert all(gate.outcome is Outcome.PASS for gate in decision.gates), "only evidence leads to 100 %"
    if isinstance(decision.action, (Shift, Promote)):
        assert not state.plan.freezes, "not in a freeze"
        assert isinstance(look.live, Weight)
        assert not any(gate.outcome in (Outcome.FAIL, Outcome.NO_DATA) for gate in decision.gates)
    if isinstance(decision.action, Shift) and state.plan.steps[decision.action.step].approval:
        assert state.approved >= decision.action.step, "not without the person whom the plan wants asked"
    if isinstance(decision.action, (Shift, Promote)) and isinstance(look.legacy, Health) and not look.legacy.well:
        assert state.approved > state.step >= 0, "not while legacy is unwell, but by a person's word"
    failing = any(gate.outcome is Outcome.FAIL for gate in decision.gates)
    if failing and state.phase in MEASURED:
        assert isinstance(decision.action, RollBack) or (decision.due and decision.reason.startswith("ALERT"))
    if decision.due:
        assert looked(after, replace(look, legacy=Health(True), now=NOW + 1000))[1].action == RollBack(), (
            "what is due is done once legacy is well"
        )


@settings(deadline=None)
@given(states(), looks)
def test_a_repeated_situation_is_no_news(state: RolloutState, look: Look) -> None:
    quiet = replace(look, observation=NoData("nothing new"), mark="")
    after, _ = looked(looked(state, quiet)[0], quiet)
    again, decision = looked(after, quiet)
    if after.phase is state.phase and again.phase is after.phase:
        assert again == after or entry_of(after, again, decision.reason, NOW) is None


@settings(max_examples=200, deadline=None)
@given(states(), looks)
def test_the_same_look_gives_the_same_record_to_the_last_bit(state: RolloutState, look: Look) -> None:
    stored = CODEC.load_text(CODEC.dump_text(state))
    kept = AUDIT.load_text(AUDIT.dump_text(AuditEntry(NOW, AuditEvent.LOOKED, 1, "", look=look))).look
    assert kept is not None
    assert digest_of(looked(stored, kept)[0]) == digest_of(looked(state, look)[0])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(figures, comparisons, st.floats(0, 200), st.sampled_from(["", "", "", "down"])), max_size=25))
def test_no_weight_is_ever_raised_while_parity_fails(
    events: list[tuple[Observation | NoData, Comparison | NoData, float, str]],
) -> None:
    world = World()
    world.start()
    for observation, comparison, seconds, down in events:
        world.metrics.answer, world.comparisons.answer, world.plane.down = observation, comparison, down
        before = world.plane.live["tax"]
        phase = world.state.phase
        if phase is Phase.ROLLED_BACK:
            break
        world.tick(seconds)
        assert world.state.phase is phase or world.state.phase in _reachable(phase)
        allowed = isinstance(comparison, Comparison) and comparison.different == 0
        if not allowed and phase is not Phase.PROMOTED:
            assert world.plane.live["tax"] <= before
        if (
            not allowed
            and isinstance(comparison, Comparison)
            and not down
            and not world.state.due
            and phase is not Phase.PROMOTED
        ):
            assert world.plane.live["tax"] == 0
        assert world.plane.live["tax"] in (0, 5, 25, 100)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(figures, st.floats(0, 200)), max_size=12),
    st.integers(20, 2000),
    st.sampled_from([compared(different=1), compared()]),
)
def test_failing_gates_always_end_at_legacy_100(
    events: list[tuple[Observation | NoData, float]], requests: int, comparison: Comparison
) -> None:
    world = World()
    world.start()
    for observation, seconds in events:
        world.metrics.answer = observation
        world.tick(seconds)
    if world.state.phase is Phase.PROMOTED:
        return
    world.metrics.answer = Observation(10, Sample(requests * 10, 0), Sample(requests, requests))
    world.comparisons.answer = comparison
    for _ in range(3):
        world.tick(1)
    assert world.plane.live["tax"] == 0
    assert world.state.phase in (Phase.ROLLED_BACK, Phase.PENDING)


def _reachable(phase: Phase) -> frozenset[Phase]:
    """By one decision and its read-back."""
    direct = MOVES[phase]
    return direct | (MOVES[Phase.ROLLING_BACK] if Phase.ROLLING_BACK in direct else frozenset())
