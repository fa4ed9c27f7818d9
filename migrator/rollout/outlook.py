"""How a rollout stands and what comes next, for people and programs.

In: the recorded state and the live weight. Out: a `RolloutStatus`. How it is written is the command line's.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain.gates import Outcome
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase, RolloutState, RolloutStatus, WeightStatus
from migrator.domain.routes import Weight
from migrator.rollout.proposing import proposal_of, status_of_request
from migrator.rollout.times import clock_time


def status_of(state: RolloutState, live: Weight | NoData) -> RolloutStatus:
    """The status of a recorded rollout, seen beside the live weight."""
    unknown = live.reason if isinstance(live, NoData) else ""
    return RolloutStatus(
        route=state.route,
        phase=state.phase,
        step=state.step,
        steps=len(state.plan.steps),
        weight=WeightStatus(state.weight, None if isinstance(live, NoData) else live.canary, unknown),
        gates=state.evidence,
        since=clock_time(state.since),
        next=next_of(state),
        reason=state.reason,
        revision=state.revision,
        pull_request=status_of_request(state),
    )


def next_of(state: RolloutState) -> str:
    """What comes next, in words for the operator."""
    proposal = proposal_of(state)
    if proposal is not None and not proposal.declined and state.phase is not Phase.PAUSED:
        done = "live" if proposal.merged is not None else "merged and live"
        return f"{proposal.weight:g} % once it is {done}; back to legacy: migrator rollout rollback {state.route}"
    match state.phase:
        case Phase.PENDING:
            if proposal is not None:
                return f"nothing until a person lets it be asked again: migrator rollout promote {state.route}"
            first = f"{state.plan.steps[0].weight:g} %" if state.plan.steps else "nothing"
            return f"{first}{_once(state)}"
        case Phase.SHIFTING:
            if state.confirmed is None:
                return f"make {state.weight:g} % live and read it back"
            left = max(0.0, state.plan.steps[state.step].bake_s - state.counted.baked_s)
            over = clock_time(max(state.counted.until, state.confirmed.at) + left)
            return f"{_following(state)} at {over} at the earliest, if all gates pass"
        case Phase.HOLDING:
            return f"{_following(state)}{_once(state)}"
        case Phase.AWAITING_APPROVAL:
            return f"{_following(state)} once a person agrees: migrator rollout promote {state.route}"
        case Phase.PAUSED:
            return f"goes on once a person says so: migrator rollout resume {state.route}"
        case Phase.PROMOTING:
            return "promoted once 100 % is read back"
        case Phase.PROMOTED:
            return _after_promotion(state)
        case Phase.ROLLING_BACK:
            return "rolled back once 0 % is read back"
        case Phase.ROLLED_BACK:
            return f"nothing by itself; mend the canary, then: migrator rollout start {state.route}"
        case Phase.RETIRED:
            return "nothing"
        case _:
            assert_never(state.phase)


def _after_promotion(state: RolloutState) -> str:
    until = state.since + state.plan.rollback_window_s
    kept = f"legacy is kept ready until {clock_time(until)}; " if state.plan.rollback_window_s else ""
    return f"{kept}nothing by itself; legacy is switched off by a person: migrator rollout retire {state.route}"


def _following(state: RolloutState) -> str:
    if state.step + 1 < len(state.plan.steps):
        return f"{state.plan.steps[state.step + 1].weight:g} %"
    return "promotion"


def _once(state: RolloutState) -> str:
    waiting = [gate.name for gate in state.evidence if gate.outcome is not Outcome.PASS]
    return f" once passing: {', '.join(waiting)}" if waiting else ""
