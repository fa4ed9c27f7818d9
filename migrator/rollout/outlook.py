"""How a rollout stands and what comes next, for people and programs.

In: the recorded state and the live weight. Out: a `RolloutStatus`. How it is written is the command line's.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain.gates import Outcome
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase, RolloutState, RolloutStatus, WeightStatus
from migrator.domain.routes import Weight
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
    )


def next_of(state: RolloutState) -> str:
    """What comes next, in words for the operator."""
    match state.phase:
        case Phase.PENDING:
            first = f"{state.plan.steps[0].weight:g} %" if state.plan.steps else "nothing"
            return f"{first}{_once(state)}"
        case Phase.SHIFTING:
            if state.confirmed is None:
                return f"make {state.weight:g} % live and read it back"
            over = clock_time(state.confirmed.at + state.plan.steps[state.step].bake_s)
            return f"{_following(state)} at {over} at the earliest, if all gates pass"
        case Phase.HOLDING:
            return f"{_following(state)}{_once(state)}"
        case Phase.AWAITING_APPROVAL | Phase.PAUSED:
            return "a person decides"
        case Phase.PROMOTING:
            return "promoted once 100 % is read back"
        case Phase.PROMOTED:
            return "nothing by itself; legacy is switched off by a person"
        case Phase.ROLLING_BACK:
            return "rolled back once 0 % is read back"
        case Phase.ROLLED_BACK:
            return f"nothing by itself; mend the canary, then: migrator rollout start {state.route}"
        case Phase.RETIRED:
            return "nothing"
        case _:
            assert_never(state.phase)


def _following(state: RolloutState) -> str:
    if state.step + 1 < len(state.plan.steps):
        return f"{state.plan.steps[state.step + 1].weight:g} %"
    return "promotion"


def _once(state: RolloutState) -> str:
    waiting = [gate.name for gate in state.evidence if gate.outcome is not Outcome.PASS]
    return f" once passing: {', '.join(waiting)}" if waiting else ""
