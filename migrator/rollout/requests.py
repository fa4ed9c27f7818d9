"""What a person may ask of a rollout, and what becomes of the record: pure.

In: a state, a request, the time. Out: the next state, or a refusal that says what would be possible instead. A rollback
touches the plane, so it is a decision like the controller's own (`transitions.rolled_back_by`).
"""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.looks import Request
from migrator.domain.rollouts import MOVES, Phase, Proposing, RolloutState
from migrator.errors import Refused
from migrator.rollout.proposing import ALERT, proposal_of, waiting_text
from migrator.rollout.times import clock_time


def granted(state: RolloutState, request: Request, reason: str, now: float, *, force: bool = False) -> RolloutState:
    """The state after a request other than a rollback.

    Args:
        reason: in the person's words, or an empty string.
        force: retire although legacy is still to be kept ready.

    Raises:
        Refused: the request does not fit the phase.
    """
    return _GRANTS[request](state, reason, now, force)


def _paused(state: RolloutState, reason: str, now: float, force: bool) -> RolloutState:
    if state.phase is Phase.PAUSED:
        raise Refused(f"the rollout of {state.route} is paused already")
    if state.phase not in (Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL):
        raise _unfit(state, "paused", "a rollout is paused while it is on its way")
    # Out of holding and waiting the way leads over shifting, in one record.
    way = state if state.phase is Phase.SHIFTING else _moved(state, Phase.SHIFTING, "", now)
    return _moved(way, Phase.PAUSED, _said("paused by a person", reason), now)


def _resumed(state: RolloutState, reason: str, now: float, force: bool) -> RolloutState:
    if state.phase is not Phase.PAUSED:
        raise _unfit(state, "resumed", "only a paused rollout is")
    proposal = proposal_of(state)
    if proposal is not None and proposal.declined:
        return _moved(_asking_again(state), Phase.SHIFTING, _said("a person lets it be asked again", reason), now)
    return _moved(state, Phase.SHIFTING, _said("resumed by a person", reason), now)


def _promoted(state: RolloutState, reason: str, now: float, force: bool) -> RolloutState:
    following = state.step + 1
    steps = state.plan.steps
    if state.phase not in (Phase.PENDING, Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL, Phase.PAUSED):
        raise _unfit(state, "promoted", "a person agrees to the next step of one that is on its way")
    if proposal_of(state) is not None:
        return _asked_again(state, reason, now)
    to = f"{steps[following].weight:g} %" if following < len(steps) else "promotion"
    wanted = following < len(steps) and steps[following].approval
    alerted = state.reason.startswith(ALERT) and not state.due
    if not wanted and not alerted:
        raise Refused(
            f"the rollout of {state.route} waits for no person: {to} comes once every gate passes",
            hint="what the gates still need is said by: migrator rollout status " + state.route,
        )
    agreed = replace(state, approved=following, reason=_said(f"a person has agreed to {to}", reason))
    if state.phase is not Phase.AWAITING_APPROVAL:
        return agreed
    return _moved(agreed, Phase.SHIFTING, agreed.reason, now)


def _asked_again(state: RolloutState, reason: str, now: float) -> RolloutState:
    """What was asked of people is asked once more, by another pull request."""
    proposal = proposal_of(state)
    assert proposal is not None
    if not proposal.declined and proposal.merged is None:
        raise Refused(
            f"the rollout of {state.route} waits for no other word: {waiting_text(state, proposal)}",
            hint="merge it, or close it if it is not to be",
        )
    said = _said(f"a person lets {proposal.weight:g} % be asked for again", reason)
    again = replace(_asking_again(state), reason=said)
    return again if state.phase in (Phase.PENDING, Phase.SHIFTING) else _moved(again, Phase.SHIFTING, said, now)


def _asking_again(state: RolloutState) -> RolloutState:
    review = state.proposing.review if state.proposing is not None else None
    return replace(state, proposing=Proposing(review=review))


def _retired(state: RolloutState, reason: str, now: float, force: bool) -> RolloutState:
    if state.phase is not Phase.PROMOTED:
        raise _unfit(state, "retired", "legacy is switched off after promotion only")
    if state.confirmed is None or state.confirmed.weight != 100:
        raise Refused(
            f"100 % of {state.route} is not seen to be live", hint=f"look first: migrator rollout tick {state.route}"
        )
    until = state.since + state.plan.rollback_window_s
    if now < until and not force:
        raise Refused(
            f"legacy of {state.route} is kept ready until {clock_time(until)}",
            hint="wait, or say --force: there is no way back after it",
        )
    return _moved(state, Phase.RETIRED, _said("retired by a person", reason), now)


def _moved(state: RolloutState, phase: Phase, reason: str, now: float) -> RolloutState:
    if phase not in MOVES[state.phase]:
        raise AssertionError(f"no move leads from {state.phase} to {phase}")
    return replace(state, phase=phase, since=now, reason=reason)


def _said(what: str, reason: str) -> str:
    return f"{what}: {reason}" if reason else what


def _unfit(state: RolloutState, what: str, rule: str) -> Refused:
    return Refused(
        f"the rollout of {state.route} is {state.phase} and cannot be {what}: {rule}",
        hint=f"see how it stands: migrator rollout status {state.route}",
    )


_GRANTS = {
    Request.PAUSE: _paused,
    Request.RESUME: _resumed,
    Request.PROMOTE: _promoted,
    Request.RETIRE: _retired,
}
