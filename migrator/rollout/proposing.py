"""The rules of a rollout whose weight people raise, by merging a pull request: pure.

In: a state and a look. Out: what is known of the pull request taken into the state, what is decided where it is waited
for, and the decision of a rollout that raises no weight itself made of any other. Making pull requests is left to an
adapter, carrying decisions out to the controller.

The rules:
- The weight that the plane has is the answer: the step begins when what was asked for is live, whatever a forge says.
- What people have not merged yet is waited for, and is no drift. The record keeps the weight that is live.
- A pull request that a person closes is a "no": the rollout pauses until a person says otherwise.
- What takes weight away is done at once and asks nobody; the file is brought into line afterwards.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.gates import GateResult
from migrator.domain.looks import Look
from migrator.domain.observations import NoData
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Phase, Proposal, Proposing, PullRequestStatus, Review, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout import figures
from migrator.rollout.decisions import (
    Action,
    Arrive,
    Decision,
    Hold,
    Inquire,
    Nothing,
    Pause,
    Propose,
    Resume,
    Shift,
    weight_to_carry_out,
)
from migrator.rollout.times import clock_time
from migrator.router.weights import effective

PATIENCE_S = 900.0
"""Seconds after which a weight that is merged and still not live is an alert. A pipeline that waits for a runner, builds
and deploys takes minutes; one that has not come after a quarter of an hour is likely to need a person."""

ALERT = "ALERT: "
"""How a reason begins that a person has to see."""

_BEGINS_IN = frozenset({Phase.PENDING, *figures.MEASURED})
_UNDER_WAY = frozenset({Phase.SHIFTING, Phase.HOLDING})


def taken_in(state: RolloutState, look: Look) -> RolloutState:
    """The state with what a look says of the pull requests; from the first such look on people raise its weight."""
    proposing = state.proposing
    if look.review is None or (proposing is None and state.phase not in _BEGINS_IN) or state.phase is Phase.RETIRED:
        return state
    proposing = proposing or Proposing()
    if isinstance(look.review, Review):
        proposal = _answered(proposing.proposal, look.review, look.now)
        lowered = proposing.lowered and _exceeds(look.review, state.weight)
        proposing = Proposing(proposal, look.review, lowered)
    return replace(state, proposing=proposing)


def proposed(state: RolloutState, action: Propose, look: Look) -> RolloutState:
    """The state once it is decided to ask people for a weight."""
    assert isinstance(look.review, Review)  # else it is inquired first
    live = effective(Weight(action.weight), look.review.resolution).canary
    proposal = Proposal(action.weight, live, action.step, look.now, before=look.review.url)
    phase = Phase.HOLDING if state.phase is Phase.SHIFTING else state.phase
    return replace(state, phase=phase, proposing=Proposing(_answered(proposal, look.review, look.now), look.review))


def lowered(state: RolloutState, *, keeps: bool = False) -> Proposing | None:
    """What becomes of the asking once weight is taken away: nothing is asked for, and the file may say too much.

    Args:
        keeps: what people are still thinking about stays asked for.
    """
    if state.proposing is None:
        return None
    proposal = state.proposing.proposal
    return Proposing(proposal if keeps and proposal is not None and proposal.merged is None else None, lowered=True)


def has_arrived(state: RolloutState, look: Look) -> bool:
    """Whether what people were asked for is live."""
    proposal = proposal_of(state)
    if proposal is None or proposal.declined or isinstance(look.live, NoData):
        return False
    return look.live.canary == proposal.live


def arrival(state: RolloutState, look: Look, judged: tuple[GateResult, ...]) -> Decision:
    """Begin the step that people have agreed to."""
    proposal = proposal_of(state)
    assert proposal is not None
    assert isinstance(look.live, Weight)
    return Decision(
        Arrive(look.live.canary, proposal.step), f"{look.live.canary:g} % is live, as was asked for", judged
    )


def waiting(state: RolloutState, look: Look, judged: tuple[GateResult, ...]) -> Decision:
    """What to do while people think about it."""
    proposal = proposal_of(state)
    assert proposal is not None
    said = waiting_text(state, proposal)
    if proposal.declined:
        return Decision(_AFTER_A_NO.get(state.phase, Nothing()), said, judged)
    waits: Action = Hold() if state.phase in _UNDER_WAY else Nothing()
    if proposal.merged is not None and look.now - proposal.merged >= PATIENCE_S:
        return Decision(waits, f"{ALERT}{said} since {clock_time(proposal.merged)}: look at the pipeline", judged)
    if proposal.merged is None and (sick := figures.unwell(state, look)):
        return Decision(waits, f"{ALERT}{said}, which is not to be done now: {sick}", judged)
    return Decision(waits, said, judged)


_AFTER_A_NO: dict[Phase, Action] = {Phase.HOLDING: Resume(), Phase.SHIFTING: Pause()}
"""Out of holding the way to a pause leads over shifting."""


def waiting_text(state: RolloutState, proposal: Proposal) -> str:
    """What is waited for, in words that stay the same for as long as it is."""
    name = _named(state)
    to = f"{proposal.weight:g} %"
    if proposal.declined:
        word = "promote" if state.phase is Phase.PENDING else "resume"
        return f"{name} was closed without being merged: no {to}; to ask again: migrator rollout {word} {state.route}"
    if proposal.merged is not None:
        return f"{to} is merged and not live yet"
    review = state.proposing.review if state.proposing is not None else None
    if review is not None and review.by_hand:
        asks = "another weight" if review.asks is None else f"{review.asks:g} %"
        return f"{to} waits for {name} to be merged, which a person has changed to {asks}"
    return f"{to} waits for {name} to be merged"


def by_people(state: RolloutState, look: Look, decision: Decision) -> Decision:
    """The decision of a rollout that raises no weight itself: it asks for it instead, or says what is missing."""
    weight = weight_to_carry_out(decision.action)
    if state.proposing is None or not weight or isinstance(decision.action, Arrive) or isinstance(look.live, NoData):
        return decision
    if weight <= look.live.canary:
        return decision
    match decision.action:
        case Shift(weight=weight, step=step):
            return _asked_for(state, look, decision, weight, step)
        case _:
            waits: Action = Hold() if state.phase in _UNDER_WAY else Nothing()
            reason = (
                f"{ALERT}{decision.reason}; weight is raised by the pipeline alone: let it apply router.yaml again, or "
                f"go back: migrator rollout rollback {state.route}"
            )
            return Decision(waits, reason, decision.gates, decision.due)


def takes_off(decision: Decision, live: Weight | NoData) -> bool:
    """Whether a decision takes weight away: that waits for nobody, and for no forge."""
    weight = weight_to_carry_out(decision.action)
    return weight is not None and (isinstance(live, NoData) or weight < live.canary)


def needs_review(state: RolloutState, decision: Decision, live: Weight | NoData) -> bool:
    """Whether it matters now how the pull requests of a route stand; they are asked about only then.

    Args:
        state: as it follows from a look at which nobody was asked.
        decision: of that look.
    """
    if state.proposing is None or takes_off(decision, live):
        return False
    if state.proposing.proposal is not None or isinstance(decision.action, Inquire):
        return True
    return is_out_of_line(state)


def is_out_of_line(state: RolloutState) -> bool:
    """Whether `router.yaml` may say more than the record, as it may once weight was taken away and nothing is asked for.

    The next run of a pipeline could give that again.
    """
    proposing = state.proposing
    if proposing is None or proposing.proposal is not None or state.phase in (Phase.PENDING, Phase.RETIRED):
        return False
    return proposing.lowered


def proposal_of(state: RolloutState) -> Proposal | None:
    """What people are asked for now."""
    return state.proposing.proposal if state.proposing is not None else None


def status_of_request(state: RolloutState) -> PullRequestStatus | None:
    """The newest pull request as the record knows it."""
    if state.proposing is None:
        return None
    review, proposal = state.proposing.review, state.proposing.proposal
    return PullRequestStatus(
        standing=review.standing if review is not None else None,
        url=review.url if review is not None else "",
        weight=proposal.weight if proposal is not None else None,
        committed=review.committed if review is not None else None,
    )


def _exceeds(review: Review, weight: float) -> bool:
    """Whether the file, or an open pull request for it, says more than a weight."""
    asks = review.asks if review.standing is Standing.OPEN else None
    return any(
        said is not None and effective(Weight(said), review.resolution).canary > weight
        for said in (review.committed, asks)
    )


def _asked_for(state: RolloutState, look: Look, decision: Decision, weight: float, step: int) -> Decision:
    match look.review:
        case None:
            reason = f"{decision.reason}, by a pull request; this controller opens none: go on with --via-pr"
            return Decision(Nothing(), reason, decision.gates)
        case NoData(reason=why):
            reason = f"{decision.reason}, by a pull request, once it is known how those of before stand: {why}"
            return Decision(Inquire(), reason, decision.gates)
        case Review():
            return Decision(Propose(weight, step), f"{decision.reason}, by a pull request", decision.gates)


def _answered(proposal: Proposal | None, review: Review, now: float) -> Proposal | None:
    if proposal is None:
        return None
    committed = review.committed
    in_file = committed is not None and effective(Weight(committed), review.resolution).canary == proposal.live
    is_answer = bool(review.url) and review.url != proposal.before
    merged = in_file or (is_answer and review.standing is Standing.MERGED)
    return replace(
        proposal,
        merged=(proposal.merged or now) if merged else None,
        declined=is_answer and not merged and review.standing is Standing.CLOSED,
    )


def _named(state: RolloutState) -> str:
    """The pull request by its address where that is known, else by its branch."""
    proposal, review = proposal_of(state), state.proposing.review if state.proposing is not None else None
    if proposal is not None and review is not None and review.url and review.url != proposal.before:
        return review.url
    return review.branch if review is not None and review.branch else f"the pull request of {state.route}"
