"""Decides what to do about a rollout: pure, total, one function a phase.

In: the recorded state with a look's figures taken in, and the look. Out: one `Decision`. Reading the world and acting on
it is the controller's.

The rules:
- Weight is given only while every parity gate passes, whatever else holds.
- A failing gate rolls back, in every phase in which the canary has weight on the way to promotion, and after it while
  legacy is kept ready. So do a canary that was exchanged under the rollout, and silence of the figures.
- Where legacy could not take the calls back, that is said and waits for legacy or for a person; it is not forgotten.
  Nor is weight raised then: what the canary is compared with is in trouble.
- A step ends when it was observed for its bake time, enough canary requests were seen, and every gate passes; else it
  holds. The next one begins in a window, and with a person's word where the plan wants it.
- The record is the law. A live weight that differs from it (a plane that restarted, a hand on the plane, a
  controller that died between intent and act) is brought back to the record.
  Who wants the traffic off takes it off by `rollback`, which is recorded; a weight changed at the plane is not.
- What cannot be read (plane, metrics, comparison) never lets a rollout go on.
- Where people raise the weight, each rise becomes a question to them (`proposing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from migrator.domain.gates import Gate, GateResult, Outcome
from migrator.domain.looks import Look
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase, RolloutState, Undecided
from migrator.domain.routes import Weight
from migrator.rollout import calendar, figures, gates, proposing
from migrator.rollout.decisions import (
    Await,
    Decision,
    Hold,
    Nothing,
    Promote,
    Reassert,
    Rebase,
    Resume,
    Retreat,
    RollBack,
    Settle,
    Shift,
)
from migrator.rollout.gates import parity
from migrator.rollout.gates.two_sided import doubts
from migrator.rollout.proposing import ALERT
from migrator.rollout.times import clock_time, span

SILENCE_SEEN_S = 30.0
"""Silence must have been found by two looks that lie so far apart: a controller that was itself away for long looks again
before it takes that for the source's silence."""

CLOCK_SLACK_S = 5.0
"""So far a clock may be set back before that is taken for more than its being set right."""

_UNDER_WAY = frozenset({Phase.SHIFTING, Phase.HOLDING})


def decide(state: RolloutState, look: Look) -> Decision:
    """What to do about a rollout.

    Args:
        state: with the figures of the look taken in (`figures.taken_in`), and its review (`proposing.taken_in`).
    """
    return proposing.by_people(state, look, _by_rules(state, look))


def _by_rules(state: RolloutState, look: Look) -> Decision:
    match state.phase:
        case Phase.PENDING:
            return _pending(state, look)
        case Phase.SHIFTING | Phase.HOLDING | Phase.AWAITING_APPROVAL | Phase.PAUSED | Phase.PROMOTING:
            return _with_weight(state, look)
        case Phase.PROMOTED:
            return _promoted(state, look)
        case Phase.ROLLING_BACK:
            return _rolling_back(state, look.live)
        case Phase.ROLLED_BACK:
            return _rolled_back(state, look.live)
        case Phase.RETIRED:
            return Decision(Nothing(), "retired")
        case _:
            assert_never(state.phase)


def _pending(state: RolloutState, look: Look) -> Decision:
    judged = gates.before_any_weight(state, look)
    if isinstance(look.live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {look.live.reason}", judged)
    refusing = _not_passing(judged)
    if proposing.has_arrived(state, look) and not refusing:
        return proposing.arrival(state, look, judged)
    if look.live.canary > 0:
        return Decision(Reassert(0.0), f"{look.live.canary:g} % is live, but the rollout has not given any", judged)
    if refusing:
        return Decision(Nothing(), f"not started: {_evidence(refusing)}", judged)
    if proposing.proposal_of(state) is not None:
        return proposing.waiting(state, look, judged)
    if waiting := _unpromoted(state, look):
        return Decision(Nothing(), f"not started: waits for {waiting} to be promoted", judged)
    if closed := calendar.closed(state.plan, look.now):
        return Decision(Nothing(), f"not started: {closed}", judged)
    if sick := figures.unwell(state, look):
        return Decision(Nothing(), f"not started: {sick}", judged)
    first = state.plan.steps[0]
    if first.approval and state.approved < 0:
        return Decision(Nothing(), f"not started: {first.weight:g} % waits for a person's word", judged)
    return Decision(Shift(first.weight, 0), f"begin with {first.weight:g} %", judged)


def _with_weight(state: RolloutState, look: Look) -> Decision:
    """The canary has weight, or is about to have it."""
    judged = _all(state, look)
    if cause := _cause_to_roll_back(state, look, judged):
        return _back(state, look, cause, judged)
    if silent := _silence(state, look):
        return _without_figures(state, look, silent, judged)
    waits = Hold() if state.phase in _UNDER_WAY else Nothing()
    if isinstance(look.live, NoData):
        return Decision(waits, f"the live weight is unknown: {look.live.reason}", judged)
    if proposing.has_arrived(state, look) and not _closing(judged):
        return proposing.arrival(state, look, judged)
    if (drifted := _drift(state, look.live, judged, _closing(judged))) is not None:
        return drifted
    assert state.confirmed is not None  # no drift means that the weight was read back
    if look.now < state.confirmed.at - CLOCK_SLACK_S:
        return Decision(Rebase(), "the clock went back: the step's time is counted anew", judged)
    match state.phase:
        case Phase.PROMOTING:
            return Decision(Settle(Phase.PROMOTED), "promoted", judged)
        case Phase.AWAITING_APPROVAL:
            return _awaiting(state, judged)
        case _ if proposing.proposal_of(state) is not None:
            return proposing.waiting(state, look, judged)
        case Phase.PAUSED:
            return Decision(Nothing(), "paused by a person", judged)
        case _:
            return _step(state, look, judged)


def _step(state: RolloutState, look: Look, judged: tuple[GateResult, ...]) -> Decision:
    step = state.plan.steps[state.step]
    if state.counted.baked_s < step.bake_s:
        if figures.is_overdue(state, look):
            return Decision(Hold(), _why_hold(state, judged[:1]), judged)
        resumed = Resume() if state.phase is Phase.HOLDING else Nothing()
        return Decision(resumed, f"{state.weight:g} % bakes for {span(step.bake_s)}", judged)
    last = state.step + 1 == len(state.plan.steps)
    following = 100.0 if last else state.plan.steps[state.step + 1].weight
    # Only evidence leads to 100 %, whatever a step may do without it.
    lenient = step.undecided is Undecided.GO_ON and following < 100
    if waiting := _in_the_way(state.plan.gates, judged, lenient=lenient):
        return Decision(Hold(), _why_hold(state, waiting), judged)
    agreed = state.approved > state.step
    if (sick := figures.unwell(state, look)) and not agreed:
        # What the canary is compared with is in trouble, and there would be less of a way back: that is for a person.
        return Decision(Hold(), f"{ALERT}no weight is given while {sick}; {_word(state)}", judged)
    if closed := calendar.closed(state.plan, look.now):
        to = "promotion" if last else f"{following:g} %"
        return Decision(Hold(), f"all gates pass; {to} waits: {closed}", judged)
    if state.phase is Phase.HOLDING:
        return Decision(Resume(), "all gates pass", judged)
    if last:
        return Decision(Promote(), "all gates pass at the last step", judged)
    if state.plan.steps[state.step + 1].approval and state.approved <= state.step:
        return Decision(Await(), f"all gates pass; {following:g} % waits for a person's word", judged)
    return Decision(Shift(following, state.step + 1), f"all gates pass; on to {following:g} %", judged)


def _word(state: RolloutState) -> str:
    return f"a person's word: migrator rollout promote {state.route}"


def _awaiting(state: RolloutState, judged: tuple[GateResult, ...]) -> Decision:
    if state.approved > state.step:
        return Decision(Resume(), "a person has agreed", judged)
    following = state.plan.steps[state.step + 1].weight if state.step + 1 < len(state.plan.steps) else 100.0
    return Decision(Nothing(), f"all gates pass; {following:g} % waits for a person's word", judged)


def _promoted(state: RolloutState, look: Look) -> Decision:
    watched = figures.is_measured(state, look.now)
    judged = _all(state, look) if watched else state.evidence
    if (state.due or watched) and (cause := _cause_to_roll_back(state, look, judged)):
        return _back(state, look, cause, judged)
    # After the window what a promoted canary answers is watched by its alarms; here the weight alone is kept.
    if isinstance(look.live, NoData):
        return Decision(Nothing(), f"the live weight is unknown: {look.live.reason}", judged)
    # A comparison that was cleared away since does not keep a plane that restarted from its 100 %; a difference does.
    closed = [gate for gate in gates.before_any_weight(state, look) if _is(gate, Outcome.FAIL) and _is_parity(gate)]
    return _drift(state, look.live, judged, closed) or Decision(Nothing(), "promoted", judged)


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


def _all(state: RolloutState, look: Look) -> tuple[GateResult, ...]:
    """Every gate, and first whether figures come and are enough."""
    return (figures.requests_gate(state, look), *gates.judged(state, look))


def _cause_to_roll_back(state: RolloutState, look: Look, judged: tuple[GateResult, ...]) -> str:
    """Why the canary must not keep its weight, or an empty string."""
    if broken := [gate for gate in judged if _is(gate, Outcome.FAIL)]:
        return _evidence(broken)
    if isinstance(look.deployed, str) and state.deployed and look.deployed != state.deployed:
        return (
            f"the canary was exchanged under the rollout: {look.deployed} is deployed, "
            f"what is known was measured of {state.deployed}"
        )
    return state.due


def _back(state: RolloutState, look: Look, cause: str, judged: tuple[GateResult, ...]) -> Decision:
    """Roll back, or say why that has to wait."""
    if not figures.is_refuge(state, look):
        sick = figures.unwell(state, look)
        waits = Hold() if state.phase in _UNDER_WAY else Nothing()
        reason = (
            f"{ALERT}a rollback is due ({cause}), but {sick}; "
            f"it waits until legacy is well; a person's word: migrator rollout rollback {state.route}"
        )
        return Decision(waits, reason, judged, due=cause)
    return Decision(RollBack(), cause, judged)


def _silence(state: RolloutState, look: Look) -> str:
    """Since when there have been no figures for longer than the plan bears, or an empty string."""
    if state.silent_since is None or look.now - state.silent_since < min(SILENCE_SEEN_S, state.plan.silence_s):
        return ""
    since = min(state.silent_since, state.counted.until or state.silent_since)
    return clock_time(since) if look.now - since > state.plan.silence_s + look.lag_s else ""


def _without_figures(state: RolloutState, look: Look, since: str, judged: tuple[GateResult, ...]) -> Decision:
    """Nobody knows how the canary is: back to the weight that the plan calls safe."""
    why = look.observation.reason if isinstance(look.observation, NoData) else "they come too late"
    safe = state.plan.safe_weight
    cause = f"NO FIGURES since {since}: {why}"
    if safe <= 0 or state.phase is Phase.PROMOTING:
        return _back(state, look, cause, judged)
    if state.weight > safe:
        step = max(
            (number for number, step in enumerate(state.plan.steps) if step.weight <= safe),
            default=-1,
        )
        if step < 0:
            return _back(state, look, cause, judged)
        weight = state.plan.steps[step].weight
        if isinstance(look.live, Weight) and look.live.canary < weight and (closed := _closing(judged)):
            waits = Hold() if state.phase in _UNDER_WAY else Nothing()
            return Decision(waits, f"{cause}; no weight is given: {_evidence(closed)}", judged)
        return Decision(Retreat(weight, step), f"{cause}; back to {weight:g} %", judged)
    if isinstance(look.live, Weight) and (drifted := _drift(state, look.live, judged, _closing(judged))) is not None:
        return drifted
    waits = Hold() if state.phase in _UNDER_WAY else Nothing()
    return Decision(waits, f"{cause}; {state.weight:g} % is kept, as safe", judged)


def _drift(
    state: RolloutState, live: Weight, judged: tuple[GateResult, ...], closed: list[GateResult]
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
        kept = Hold() if state.phase in _UNDER_WAY else Nothing()
        return Decision(kept, f"{reason}; no weight is given: {_evidence(closed)}", judged)
    return Decision(Reassert(state.weight), reason, judged)


def _why_hold(state: RolloutState, waiting: Iterable[GateResult]) -> str:
    listed = list(waiting)
    names = ", ".join(f"{gate.name} ({gate.outcome})" for gate in listed)
    if state.silent_since is not None and any(_is(gate, Outcome.NO_DATA) for gate in listed):
        return f"NO DATA since {clock_time(state.silent_since)}: held at {state.weight:g} % by {names}"
    return f"held at {state.weight:g} % by {names}"


def _in_the_way(plan_gates: tuple[Gate, ...], judged: tuple[GateResult, ...], *, lenient: bool) -> list[GateResult]:
    """The gates by which a step does not end."""
    waiting = _not_passing(judged)
    if not lenient:
        return waiting
    counted = {gates.name_of(gate) for gate in plan_gates if gates.is_counted(gate)}
    return [gate for gate in waiting if gate.name not in counted or not _is(gate, Outcome.UNDECIDED) or doubts(gate)]


def _unpromoted(state: RolloutState, look: Look) -> str:
    return ", ".join(name for name in state.plan.after if look.others.get(name) not in (Phase.PROMOTED, Phase.RETIRED))


def _cause(state: RolloutState) -> str:
    """The reason of the rollback, which stays the reason after it."""
    return state.reason or "rolled back"


def _is(gate: GateResult, outcome: Outcome) -> bool:
    return gate.outcome is outcome


def _is_parity(gate: GateResult) -> bool:
    return gate.name == parity.NAME


def _closing(judged: tuple[GateResult, ...]) -> list[GateResult]:
    return [gate for gate in _not_passing(judged) if _is_parity(gate)]


def _not_passing(judged: tuple[GateResult, ...]) -> list[GateResult]:
    return [gate for gate in judged if gate.outcome is not Outcome.PASS]


def _evidence(judged: list[GateResult]) -> str:
    return "; ".join(f"{gate.name} {gate.outcome}: {gate.evidence}" for gate in judged)
