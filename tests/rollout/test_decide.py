"""`decide` is total, and its rules hold for whatever is measured, in whatever order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import ErrorRateGate, LatencyGate, Outcome, ParityGate
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import MOVES, Confirmed, Phase, RolloutState, Step
from migrator.domain.routes import Weight
from migrator.rollout.decide import decide
from migrator.rollout.decisions import Promote, RollBack, Shift, weight_to_carry_out
from migrator.rollout.gates import before_any_weight
from migrator.rollout.transitions import begun, decided, entry_of
from tests.support.fake_measures import compared
from tests.support.rollout_world import PLAN, World

no_data = st.builds(NoData, st.sampled_from(["no answer", "late"])) | st.just(NoData("restarted", mark_lost=True))
samples = st.integers(0, 3000).flatmap(lambda n: st.builds(Sample, st.just(n), st.integers(0, n), st.just({30: n})))
observations: st.SearchStrategy[Observation | NoData] = no_data | st.builds(
    Observation, st.floats(0, 1000), samples | no_data, samples | no_data
)
comparisons: st.SearchStrategy[Comparison | NoData] = no_data | st.builds(
    compared, inputs=st.integers(3, 200), different=st.integers(0, 3)
)
lives: st.SearchStrategy[Weight | NoData] = no_data | st.builds(Weight, st.sampled_from([0.0, 1.0, 5.0, 25.0, 100.0]))
plans = st.builds(
    lambda gates, bake: replace(PLAN, steps=(Step(5, bake), Step(25, bake), Step(100, bake)), gates=tuple(gates)),
    st.lists(st.sampled_from([ErrorRateGate(1), ParityGate(0), LatencyGate(0.95, 1.2)]), unique=True, max_size=3),
    st.sampled_from([0.0, 60.0]),
)
NOW = 1_700_000_000.0


@st.composite
def states(draw: st.DrawFn) -> RolloutState:
    phase = draw(st.sampled_from(list(Phase)))
    step = -1 if phase is Phase.PENDING else draw(st.integers(0, 2))
    plan = draw(plans)
    weight = 0.0 if phase in (Phase.PENDING, Phase.ROLLING_BACK, Phase.ROLLED_BACK) else plan.steps[step].weight
    return replace(
        begun(plan, NOW - 1000),
        phase=phase,
        step=step,
        weight=weight,
        confirmed=draw(st.none() | st.builds(Confirmed, st.just(weight), st.floats(NOW - 900, NOW))),
        baseline=draw(st.none() | samples),
        silent_since=draw(st.none() | st.just(NOW - 500)),
        reason=draw(st.sampled_from(["", "before"])),
    )


@settings(max_examples=600)
@given(states(), observations, comparisons, lives)
def test_every_situation_has_a_decision_that_is_a_move(
    state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData, live: Weight | NoData
) -> None:
    decision = decide(state, observation, comparison, live, NOW)
    after = decided(state, decision, observation, NOW)
    assert after.phase is state.phase or after.phase in MOVES[state.phase]
    assert decision.reason
    given_weight = weight_to_carry_out(decision.action)
    assert given_weight is None or given_weight == after.weight, "what is made live is what is recorded"
    assert given_weight is None or after.confirmed is None, "and it is not live before it was read back"
    refusing = [gate for gate in before_any_weight(state, comparison) if gate.outcome is not Outcome.PASS]
    if refusing and state.phase is not Phase.PROMOTED and isinstance(live, Weight):
        assert given_weight is None or given_weight <= live.canary, "weight is given only while parity passes"
    if any(gate.outcome is not Outcome.PASS for gate in decision.gates):
        assert not isinstance(decision.action, Promote)
        assert not isinstance(decision.action, Shift) or state.phase is Phase.PENDING
    if any(gate.outcome is Outcome.FAIL for gate in decision.gates) and after.phase is not state.phase:
        assert isinstance(decision.action, RollBack) or state.phase is Phase.ROLLING_BACK
    if isinstance(live, NoData):
        assert not isinstance(decision.action, (Shift, Promote))


@given(states(), observations, comparisons, lives)
def test_a_repeated_situation_is_no_news(
    state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData, live: Weight | NoData
) -> None:
    decision = decide(state, observation, comparison, live, NOW)
    after = decided(state, decision, observation, NOW)
    again = decided(after, decision, observation, NOW) if after.phase is state.phase else after
    assert entry_of(after, again, after.reason, NOW) is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(observations, comparisons, st.floats(0, 200), st.sampled_from(["", "", "", "down"])), max_size=25
    )
)
def test_no_weight_is_ever_raised_while_parity_fails(
    events: list[tuple[Observation | NoData, Comparison | NoData, float, str]],
) -> None:
    world = World()
    world.start()
    for observation, comparison, seconds, down in events:
        world.metrics.answer, world.comparisons.answer, world.plane.down = observation, comparison, down
        before = world.plane.live["tax"]
        phase = world.state.phase
        world.tick(seconds)
        assert world.state.phase is phase or world.state.phase in _reachable(phase)
        allowed = isinstance(comparison, Comparison) and comparison.different == 0
        if not allowed and phase is not Phase.PROMOTED:
            assert world.plane.live["tax"] <= before
        if not allowed and isinstance(comparison, Comparison) and not down and phase is not Phase.PROMOTED:
            assert world.plane.live["tax"] == 0
        assert world.plane.live["tax"] in (0, 5, 25, 100)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(observations, st.floats(0, 200)), max_size=12),
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
