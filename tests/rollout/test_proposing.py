"""The rules of a rollout whose weight people raise hold for whatever is measured and whatever people do, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.documents.audit import CODEC as AUDIT
from migrator.documents.rollout import CODEC
from migrator.domain.gates import Outcome
from migrator.domain.looks import AuditEntry, AuditEvent, Look, Request
from migrator.domain.observations import NoData, Observation
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import MOVES, Phase, Proposal, Proposing, Review, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout.decisions import Arrive, Propose, RollBack, weight_to_carry_out
from migrator.rollout.figures import MEASURED
from migrator.rollout.proposing import needs_review
from migrator.rollout.requesting import is_to_publish, wanted
from migrator.rollout.transitions import digest_of, looked
from tests.rollout.test_by_pull_request import Reviewed, asked, asked_for_25, at_5
from tests.rollout.test_decide import NOW, figures, looks, no_data, states
from tests.support.fake_measures import observed

WEIGHTS = st.sampled_from([0.0, 5.0, 10.0, 25.0, 100.0])
ADDRESSES = st.sampled_from(["", "https://forge/1", "https://forge/2"])
reviews = st.builds(
    Review, st.none() | WEIGHTS, st.none() | st.sampled_from(list(Standing)), ADDRESSES, st.none() | WEIGHTS
)
proposals = st.builds(
    lambda step, before, merged, declined: Proposal(
        (5.0, 25.0, 100.0)[step], (5.0, 25.0, 100.0)[step], step, NOW - 900, before, merged, declined and merged is None
    ),
    st.integers(0, 2),
    ADDRESSES,
    st.none() | st.floats(NOW - 2000, NOW),
    st.booleans(),
)


@st.composite
def asking(draw: st.DrawFn) -> RolloutState:
    """A state of a rollout whose weight people raise; what is asked for is the step after its own."""
    state = draw(states())
    proposal = draw(st.none() | proposals)
    if proposal is not None and (proposal.step != state.step + 1 or state.phase not in _MAY_ASK):
        proposal = None
    return replace(state, proposing=Proposing(proposal, draw(st.none() | reviews), draw(st.booleans())))


_MAY_ASK = (Phase.PENDING, Phase.SHIFTING, Phase.HOLDING, Phase.PAUSED)
reviewed = st.builds(lambda look, review: replace(look, review=review), looks, st.none() | no_data | reviews)


@settings(max_examples=200, deadline=None)
@given(asking(), reviewed)
def test_no_decision_raises_a_weight_and_each_is_a_move(state: RolloutState, look: Look) -> None:
    after, decision = looked(state, look)
    assert after.phase is state.phase or after.phase in MOVES[state.phase]
    assert decision.reason
    weight = weight_to_carry_out(decision.action)
    if weight and isinstance(look.live, Weight):
        assert weight <= look.live.canary, "what is live is never less than what is wanted live"
    if isinstance(decision.action, Propose):
        assert isinstance(look.review, Review), "what became of the ones before is known"
        assert after.weight == state.weight, "and nothing is recorded as given"
    if isinstance(decision.action, Arrive):
        assert state.proposing is not None and state.proposing.proposal is not None
        assert after.step == state.step + 1
    failing = any(gate.outcome is Outcome.FAIL for gate in decision.gates)
    if failing and state.phase in MEASURED:
        assert isinstance(decision.action, RollBack) or (decision.due and decision.reason.startswith("ALERT"))
    if weight is not None and isinstance(look.live, Weight) and weight < look.live.canary:
        assert not needs_review(after, decision, look.live), "to take weight away waits for no forge"


@settings(max_examples=100, deadline=None)
@given(asking(), reviewed)
def test_the_same_look_gives_the_same_record_to_the_last_bit(state: RolloutState, look: Look) -> None:
    stored = CODEC.load_text(CODEC.dump_text(state))
    assert stored == state
    kept = AUDIT.load_text(AUDIT.dump_text(AuditEntry(NOW, AuditEvent.LOOKED, 1, "", look=look))).look
    assert kept is not None and kept.review == look.review
    assert digest_of(looked(stored, kept)[0]) == digest_of(looked(state, look)[0])


@settings(max_examples=100, deadline=None)
@given(asking(), reviews)
def test_what_is_asked_for_is_open_once_it_was_published(state: RolloutState, review: Review) -> None:
    said = wanted(state)
    if said is None or review.committed is None:
        return
    published = replace(review, standing=Standing.OPEN, url="https://forge/new", asks=said.weight)
    assert not is_to_publish(said, published)
    if said.raises:
        assert said.weight > state.weight
    elif is_to_publish(said, review):
        asks = review.asks if review.asks is not None else 101
        assert review.committed > said.weight or asks > said.weight, "a file is brought into line downwards only"


EVENTS = st.sampled_from(
    ["", "", "land", "land", "land", "merge", "deploy", "close", "edit", "down", "up", "shift", "restart", "resume"]
)
FIGURES = st.one_of(*[st.just(observed())] * 6, figures)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([asked, at_5, asked_for_25]),
    st.lists(st.tuples(EVENTS, FIGURES, st.sampled_from([0.0, 5.0, 61.0, 61.0, 1000.0])), max_size=25),
)
def test_whatever_people_do_the_controller_raises_nothing_and_asks_once(
    begin: Callable[[], Reviewed], events: list[tuple[str, Observation | NoData, float]]
) -> None:
    world = begin()
    for event, seen, seconds in events:
        _happens(world, event)
        world.metrics.answer = seen
        world.tick(seconds)  # checks both
    world.metrics.answer = observed(canary=(2000, 2000))
    world.people.down = "503"
    for _ in range(3):
        world.tick(1)
    if world.state.phase is not Phase.PROMOTED:
        assert world.plane.live["tax"] == 0, "a forge that is down keeps no weight up"
    world.people.down = ""
    for _ in range(3):
        world.tick(30)
    world.check_log()
    if world.state.phase is Phase.ROLLED_BACK:
        assert not [pull for pull in world.people.open if pull.asks > 0], "nothing open asks for weight any more"


def _happens(world: Reviewed, event: str) -> None:
    people = world.people
    match event:
        case "merge" if people.open:
            people.merge()
        case "land" if people.open:
            world.merge()
        case "resume" if world.state.phase is Phase.PAUSED:
            world.controller.ask("tax", Request.RESUME, "")
        case "close" if people.open:
            people.close()
        case "edit" if people.open:
            people.newest.asks, people.newest.by_hand = 10.0, True
        case "deploy":
            people.deploy(world.plane)
        case "down":
            people.down = "503"
        case "up":
            people.down = ""
        case "shift":
            world.plane.live["tax"] = 40.0
        case "restart":
            world.plane.restart()
