"""Turns a decision into the next record: pure, and the only place that makes a state from a state.

In: a state, a decision, the time. Out: the state that the decision leads to, with its line of history where
something has changed. Saving it is the store's, acting on it the controller's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from migrator.domain.gates import Outcome
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import MOVES, Confirmed, HistoryEntry, Phase, RolloutPlan, RolloutState
from migrator.rollout.decisions import (
    Decision,
    Hold,
    Nothing,
    Promote,
    Reassert,
    Remeasure,
    Resume,
    RollBack,
    Settle,
    Shift,
)
from migrator.rollout.gates import pooled


def begun(plan: RolloutPlan, now: float, *, earlier: RolloutState | None = None) -> RolloutState:
    """The first state of a rollout, or of the next revision after one that was rolled back."""
    return RolloutState(
        route=plan.route,
        plan=plan,
        phase=Phase.PENDING,
        step=-1,
        weight=0.0,
        revision=_revision_after(earlier),
        started=now,
        since=now,
        history_length=earlier.history_length if earlier else 0,
        version=earlier.version if earlier else 0,
        reason="not started yet",
    )


def _revision_after(earlier: RolloutState | None) -> int:
    if earlier is None:
        return 1
    # One that never got any weight is started over; only after a rollback does the next revision begin.
    return earlier.revision if earlier.phase is Phase.PENDING else earlier.revision + 1


def decided(state: RolloutState, decision: Decision, observation: Observation | NoData, now: float) -> RolloutState:
    """The state after a decision, before anything was done about it."""
    following = replace(_carried(state, decision, observation, now), evidence=decision.gates)
    if following.phase is not state.phase and following.phase not in MOVES[state.phase]:
        raise AssertionError(f"no move leads from {state.phase} to {following.phase}")
    began = (following.phase, following.step) != (state.phase, state.step)
    return replace(
        following,
        since=now if began else state.since,
        silent_since=_silent_since(state, decision, following, now),
        reason=_reason(state, decision),
    )


def read_back(state: RolloutState, confirmed: Confirmed, now: float) -> RolloutState:
    """The state once the plane was seen to have its weight, or once a new measure of it has begun."""
    if state.phase is Phase.ROLLING_BACK and confirmed.weight == 0:
        return replace(state, phase=Phase.ROLLED_BACK, since=now, confirmed=confirmed)
    return replace(state, confirmed=confirmed)


def entry_of(before: RolloutState, after: RolloutState, reason: str, now: float) -> HistoryEntry | None:
    """The line of history of a change; None where the operator would read the same as before."""
    if _told(before) == _told(after) and reason == before.reason:
        return None
    return HistoryEntry(
        at=now, phase=after.phase, step=after.step, weight=after.weight, reason=reason, gates=after.evidence
    )


def _told(state: RolloutState) -> tuple[object, ...]:
    outcomes = tuple((gate.name, gate.outcome) for gate in state.evidence)
    return (state.revision, state.phase, state.step, state.weight, state.confirmed, outcomes)


def _carried(state: RolloutState, decision: Decision, observation: Observation | NoData, now: float) -> RolloutState:
    match decision.action:
        case Nothing() | Remeasure():
            return state
        case Hold():
            return replace(state, phase=Phase.HOLDING)
        case Resume():
            return replace(state, phase=Phase.SHIFTING)
        case Shift(weight=weight, step=step):
            legacy = observation.legacy if isinstance(observation, Observation) else NoData("not measured")
            return replace(
                state,
                phase=Phase.SHIFTING,
                step=step,
                weight=weight,
                confirmed=None,
                baseline=pooled(state.baseline, legacy),
            )
        case Reassert(weight=weight):
            return replace(state, weight=weight, confirmed=None)
        case RollBack():
            return replace(state, phase=Phase.ROLLING_BACK, weight=0.0, confirmed=None)
        case Promote():
            return replace(state, phase=Phase.PROMOTING, weight=100.0, confirmed=None)
        case Settle(phase=phase):
            return replace(state, phase=phase, confirmed=state.confirmed or Confirmed(state.weight, now))
        case _:
            assert_never(decision.action)


def _silent_since(state: RolloutState, decision: Decision, following: RolloutState, now: float) -> float | None:
    silent = any(gate.outcome is Outcome.NO_DATA for gate in decision.gates)
    if not silent or following.step != state.step:
        return None
    return state.silent_since if state.silent_since is not None else now


def _reason(state: RolloutState, decision: Decision) -> str:
    """What the operator reads: why it was rolled back stays said, whatever it takes to finish that."""
    if state.phase is Phase.ROLLING_BACK or (state.phase is Phase.ROLLED_BACK and decision.action == Nothing()):
        return state.reason
    return decision.reason
