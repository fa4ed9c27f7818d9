"""Turns a look, a weight read back, or a person's word into the next record: pure, and the only place that makes a state
from a state.

In: a state and one of these. Out: the state that it leads to, with the decision, and what history and audit say of it.
Saving it is the store's, acting on it the controller's. A replay of the audit log comes through the same functions.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import assert_never

from migrator.documents.rollout import CODEC
from migrator.domain.looks import Look
from migrator.domain.rollouts import (
    MOVES,
    Confirmed,
    Counted,
    HistoryEntry,
    Phase,
    Proposing,
    RolloutPlan,
    RolloutState,
)
from migrator.rollout import figures, gates, proposing
from migrator.rollout.decide import decide
from migrator.rollout.decisions import (
    Arrive,
    Await,
    Decision,
    Hold,
    Inquire,
    Nothing,
    Pause,
    Promote,
    Propose,
    Reassert,
    Rebase,
    Resume,
    Retreat,
    RollBack,
    Settle,
    Shift,
)


def begun(plan: RolloutPlan, now: float, *, earlier: RolloutState | None = None) -> RolloutState:
    """The first state of a rollout, or of the next revision after one that was rolled back."""
    first = RolloutState(
        route=plan.route,
        plan=plan,
        phase=Phase.PENDING,
        step=-1,
        weight=0.0,
        revision=_revision_after(earlier),
        # It fences the plane: a revision is never older than the one before, whatever the clock does.
        started=max(now, earlier.started) if earlier else now,
        since=now,
        history_length=earlier.history_length if earlier else 0,
        audit_length=earlier.audit_length if earlier else 0,
        version=earlier.version if earlier else 0,
        compared_after=_compared_after(earlier),
        reason="not started yet",
    )
    return replace(first, memory=gates.raised(first))


def _revision_after(earlier: RolloutState | None) -> int:
    if earlier is None:
        return 1
    # One that never got any weight is started over; only after a rollback does the next revision begin.
    return earlier.revision if earlier.phase is Phase.PENDING else earlier.revision + 1


def _compared_after(earlier: RolloutState | None) -> float:
    if earlier is None:
        return 0.0
    return earlier.since if earlier.phase is Phase.ROLLED_BACK else earlier.compared_after


def looked(state: RolloutState, look: Look) -> tuple[RolloutState, Decision]:
    """The state after a look and what it decides, before anything was done about it."""
    taken = proposing.taken_in(figures.taken_in(state, look), look)
    decision = decide(taken, look)
    return decided(taken, decision, look), decision


def rolled_back_by(state: RolloutState, look: Look, reason: str) -> tuple[RolloutState, Decision]:
    """The state after a person has said that everything goes back to legacy."""
    action = Nothing() if state.phase is Phase.ROLLING_BACK else RollBack()
    decision = Decision(action, reason, state.evidence)
    return decided(state, decision, look), decision


def decided(state: RolloutState, decision: Decision, look: Look) -> RolloutState:
    """The state after a decision."""
    following = replace(_carried(state, decision, look), evidence=decision.gates, due=decision.due)
    if following.phase is not state.phase and following.phase not in MOVES[state.phase]:
        raise AssertionError(f"no move leads from {state.phase} to {following.phase}")
    began = (following.phase, following.step) != (state.phase, state.step)
    return replace(following, since=look.now if began else state.since, reason=_reason(state, decision))


def read_back(state: RolloutState, confirmed: Confirmed, mark: str) -> RolloutState:
    """The state once the plane was seen to have its weight.

    Args:
        mark: where the source's counting stood then, in case that none is known yet; else it is not used.
    """
    if state.phase is Phase.ROLLING_BACK and confirmed.weight == 0:
        return replace(state, phase=Phase.ROLLED_BACK, since=confirmed.at, confirmed=confirmed)
    counted = state.counted
    if mark and not counted.mark:
        counted = replace(counted, mark=mark, until=confirmed.at)
    return replace(state, confirmed=confirmed, counted=counted)


def entry_of(before: RolloutState, after: RolloutState, reason: str, now: float) -> HistoryEntry | None:
    """The line of history of a change; None where the operator would read the same as before."""
    if _told(before) == _told(after) and reason == before.reason:
        return None
    return HistoryEntry(
        at=now, phase=after.phase, step=after.step, weight=after.weight, reason=reason, gates=after.evidence
    )


def digest_of(state: RolloutState) -> str:
    """SHA-256 of all that a record says but who drives it, and how many records and lines there were."""
    bare = replace(state, version=0, history_length=0, audit_length=0, lease=None)
    line = CODEC.dump_line(bare)
    if state.proposing is None:
        # Records of before rollouts could be raised by people have no word of it, and their digests stay what they are.
        line = line.removesuffix(',"proposing":null}') + "}"
    return hashlib.sha256(line.encode()).hexdigest()


def _told(state: RolloutState) -> tuple[object, ...]:
    outcomes = tuple((gate.name, gate.outcome) for gate in state.evidence)
    return (state.revision, state.phase, state.step, state.weight, state.confirmed, outcomes)


def _carried(state: RolloutState, decision: Decision, look: Look) -> RolloutState:
    match decision.action:
        case Nothing() | Inquire():
            return state
        case Rebase():
            return replace(
                state, confirmed=replace(state.confirmed, at=look.now) if state.confirmed is not None else None
            )
        case Hold():
            return replace(state, phase=Phase.HOLDING)
        case Resume():
            return replace(state, phase=Phase.SHIFTING)
        case Await():
            return replace(state, phase=Phase.AWAITING_APPROVAL)
        case Pause():
            return replace(state, phase=Phase.PAUSED)
        case Propose():
            return proposing.proposed(state, decision.action, look)
        case Shift(weight=weight, step=step):
            return _begun_step(state, weight, step, look)
        case Arrive(weight=weight, step=step):
            phase = Phase.PAUSED if state.phase is Phase.PAUSED else Phase.SHIFTING
            return replace(_begun_step(state, weight, step, look), phase=phase, proposing=Proposing())
        case Retreat(weight=weight, step=step):
            return replace(
                state,
                phase=Phase.SHIFTING,
                step=step,
                weight=weight,
                confirmed=None,
                counted=_of_a_new_step(state.counted),
                proposing=proposing.lowered(state),
            )
        case Reassert(weight=weight):
            return replace(state, weight=weight, confirmed=None, proposing=proposing.lowered(state, keeps=True))
        case RollBack():
            lowered = proposing.lowered(state)
            return replace(state, phase=Phase.ROLLING_BACK, weight=0.0, confirmed=None, proposing=lowered)
        case Promote():
            return replace(state, phase=Phase.PROMOTING, weight=100.0, confirmed=None)
        case Settle(phase=phase):
            return replace(state, phase=phase, confirmed=state.confirmed or Confirmed(state.weight, look.now))
        case _:
            assert_never(decision.action)


def _begun_step(state: RolloutState, weight: float, step: int, look: Look) -> RolloutState:
    first = state.step < 0 and isinstance(look.deployed, str)
    return replace(
        state,
        phase=Phase.SHIFTING,
        step=step,
        weight=weight,
        confirmed=None,
        counted=_of_a_new_step(state.counted),
        memory=gates.raised(state),
        deployed=str(look.deployed) if first else state.deployed,
    )


def _of_a_new_step(counted: Counted) -> Counted:
    return replace(counted, baked_s=0.0, step_requests=0)


def _reason(state: RolloutState, decision: Decision) -> str:
    """What the operator reads: why it was rolled back stays said, whatever it takes to finish that."""
    if state.phase is Phase.ROLLING_BACK or (state.phase is Phase.ROLLED_BACK and decision.action == Nothing()):
        return state.reason
    return decision.reason
