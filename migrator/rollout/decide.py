"""Decides what to do about a rollout: pure, total, one function a phase.

In: the recorded state, what was measured since its weight became live, the last comparison, the live weight, the
time. Out: one `Decision`. Reading the world and acting on it is the controller's.

The rules:
- Weight is given only while every parity gate passes, whatever else holds.
- A failing gate rolls back, in every phase in which the canary has weight on the way to promotion.
- A step ends when its bake time is over, enough canary requests were seen, and every gate passes; else it holds.
- The record is the law. A live weight that differs from it (a plane that restarted, a hand on the plane, a
  controller that died between intent and act) is brought back to the record, and the step is measured afresh.
  Who wants the traffic off takes it off by `rollback`, which is recorded; a weight changed at the plane is not.
- What cannot be read (plane, metrics, comparison) never lets a rollout go on.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import GateResult, Outcome
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import Phase, RolloutState
from migrator.domain.routes import Weight
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
from migrator.rollout.gates import PARITY, before_any_weight, measured
from migrator.rollout.times import clock_time

SILENCE_LIMIT_S = 60.0
"""Without data for a step's bake time, and at least this long, the reason says so in capitals."""


def decide(
    state: RolloutState,
    observation: Observation | NoData,
    comparison: Comparison | NoData,
    live: Weight | NoData,
    now: float,
) -> Decision:
    """What to do about a rollout.

    Args:
        observation: of the time since `state.confirmed.at`, or why there is none.
        comparison: the last one of the route, or why there is none.
        live: the weight that the plane has, or why it could not be read.
        now: seconds since the epoch.
    """
    match state.phase:
        case Phase.PENDING:
            return _pending(state, comparison, live)
        case Phase.SHIFTING | Phase.HOLDING:
            return _under_way(state, observation, comparison, live, now)
        case Phase.AWAITING_APPROVAL | Phase.PAUSED:
            return _waiting_for_a_person(state, observation, comparison, live)
        case Phase.PROMOTING:
            return _promoting(state, observation, comparison, live)
        case Phase.PROMOTED:
            return _promoted(state, comparison, live)
        case Phase.ROLLING_BACK:
            return _rolling_back(state, live)
        case Phase.ROLLED_BACK:
            return _rolled_back(state, live)
        case Phase.RETIRED:
            return Decision(Nothing(), "retired")
        case _:
            assert_never(state.phase)


def _pending(state: RolloutState, comparison: Comparison | NoData, live: Weight | NoData) -> Decision:
    gates = before_any_weight(state, comparison)
    if isinstance(live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {live.reason}", gates)
    if live.canary > 0:
        return Decision(Reassert(0.0), f"{live.canary:g} % is live, but the rollout has not given any", gates)
    if refusing := _not_passing(gates):
        return Decision(Nothing(), f"not started: {_evidence(refusing)}", gates)
    first = state.plan.steps[0]
    return Decision(Shift(first.weight, 0), f"begin with {first.weight:g} %", gates)


def _under_way(
    state: RolloutState,
    observation: Observation | NoData,
    comparison: Comparison | NoData,
    live: Weight | NoData,
    now: float,
) -> Decision:
    gates = measured(state, observation, comparison)
    if broken := _failing(gates):
        return _roll_back(broken, gates)
    if isinstance(live, NoData):
        return Decision(Hold(), f"the live weight is unknown: {live.reason}", gates)
    if (drifted := _drift(state, live, gates, _closed(gates))) is not None:
        return drifted
    assert state.confirmed is not None  # no drift means that the weight was read back
    if isinstance(observation, NoData) and observation.mark_lost:
        return Decision(Remeasure(), f"measured anew: {observation.reason}", gates)
    step = state.plan.steps[state.step]
    if now - state.confirmed.at < step.bake_s:
        resumed = Resume() if state.phase is Phase.HOLDING else Nothing()
        return Decision(resumed, f"{state.weight:g} % bakes for {step.bake_s:g} s", gates)
    if waiting := _not_passing(gates):
        return Decision(Hold(), _why_hold(state, waiting, now), gates)
    if state.step + 1 < len(state.plan.steps):
        following = state.plan.steps[state.step + 1]
        return Decision(Shift(following.weight, state.step + 1), f"all gates pass; on to {following.weight:g} %", gates)
    if state.phase is Phase.HOLDING:
        return Decision(Resume(), "all gates pass", gates)
    return Decision(Promote(), "all gates pass at the last step", gates)


def _waiting_for_a_person(
    state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData, live: Weight | NoData
) -> Decision:
    gates = measured(state, observation, comparison) if state.step >= 0 else before_any_weight(state, comparison)
    if broken := _failing(gates):
        return _roll_back(broken, gates)
    if isinstance(live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {live.reason}", gates)
    return _drift(state, live, gates, _closed(gates)) or Decision(Nothing(), "waits for a person", gates)


def _promoting(
    state: RolloutState, observation: Observation | NoData, comparison: Comparison | NoData, live: Weight | NoData
) -> Decision:
    gates = measured(state, observation, comparison)
    if broken := _failing(gates):
        return _roll_back(broken, gates)
    if isinstance(live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {live.reason}", gates)
    return _drift(state, live, gates, _closed(gates)) or Decision(Settle(Phase.PROMOTED), "promoted", gates)


def _promoted(state: RolloutState, comparison: Comparison | NoData, live: Weight | NoData) -> Decision:
    # What a promoted canary answers is watched by its alarms; here the weight alone is kept.
    if isinstance(live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {live.reason}", state.evidence)
    # A comparison that was cleared away since does not keep a plane that restarted from its 100 %; a difference does.
    closed = _failing(before_any_weight(state, comparison))
    return _drift(state, live, state.evidence, closed) or Decision(Nothing(), "promoted", state.evidence)


def _rolling_back(state: RolloutState, live: Weight | NoData) -> Decision:
    if isinstance(live, NoData):
        # Not being able to read is no reason not to try.
        return Decision(Reassert(0.0), f"rolling back; the live weight is unknown: {live.reason}", state.evidence)
    if live.canary > 0:
        return Decision(Reassert(0.0), f"rolling back; {live.canary:g} % is still live", state.evidence)
    return Decision(Settle(Phase.ROLLED_BACK), _cause(state), state.evidence)


def _rolled_back(state: RolloutState, live: Weight | NoData) -> Decision:
    match live:
        case NoData(reason=reason):
            return Decision(Nothing(), f"the live weight is unknown: {reason}", state.evidence)
        case Weight(canary=weight) if weight > 0:
            return Decision(RollBack(), f"rolled back, but {weight:g} % is live", state.evidence)
        case Weight():
            return Decision(Nothing(), _cause(state), state.evidence)


def _drift(
    state: RolloutState, live: Weight, gates: tuple[GateResult, ...], closed: list[GateResult]
) -> Decision | None:
    """What to do where the plane has not the weight that the record says, or None where it has.

    Args:
        closed: the gates that forbid to give weight; to take weight away is never forbidden.
    """
    if state.confirmed is not None and live.canary == state.confirmed.weight:
        return None
    if state.confirmed is None:
        reason = f"{state.weight:g} % was decided and is not yet read back"
    else:
        reason = f"drift: {live.canary:g} % is live, {state.weight:g} % is recorded"
    if live.canary < state.weight and closed:
        kept = Hold() if state.phase in (Phase.SHIFTING, Phase.HOLDING) else Nothing()
        return Decision(kept, f"{reason}; no weight is given: {_evidence(closed)}", gates)
    return Decision(Reassert(state.weight), reason, gates)


def _why_hold(state: RolloutState, waiting: list[GateResult], now: float) -> str:
    names = ", ".join(f"{gate.name} ({gate.outcome})" for gate in waiting)
    since = state.silent_since
    limit = max(SILENCE_LIMIT_S, state.plan.steps[state.step].bake_s)
    if since is not None and now - since > limit and any(gate.outcome is Outcome.NO_DATA for gate in waiting):
        return f"NO DATA since {clock_time(since)}: held at {state.weight:g} % by {names}"
    return f"held at {state.weight:g} % by {names}"


def _roll_back(broken: list[GateResult], gates: tuple[GateResult, ...]) -> Decision:
    return Decision(RollBack(), _evidence(broken), gates)


def _cause(state: RolloutState) -> str:
    """The reason of the rollback, which stays the reason after it."""
    return state.reason or "rolled back"


def _failing(gates: tuple[GateResult, ...]) -> list[GateResult]:
    return [gate for gate in gates if gate.outcome is Outcome.FAIL]


def _closed(gates: tuple[GateResult, ...]) -> list[GateResult]:
    return [gate for gate in _not_passing(gates) if gate.name == PARITY]


def _not_passing(gates: tuple[GateResult, ...]) -> list[GateResult]:
    return [gate for gate in gates if gate.outcome is not Outcome.PASS]


def _evidence(gates: list[GateResult]) -> str:
    return "; ".join(f"{gate.name} {gate.outcome}: {gate.evidence}" for gate in gates)
