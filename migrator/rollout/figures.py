"""Takes the figures of a look into the record: pure.

In: a state and a look. Out: the state with everything counted that the look has brought; whether figures come at all; how
each side is of late. What the gates make of the figures is theirs.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.gates import GateResult, Outcome
from migrator.domain.looks import Health, Look
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import Counted, Lately, Phase, RolloutState
from migrator.rollout import gates
from migrator.rollout.times import clock_time

MEASURED = frozenset({Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL, Phase.PAUSED, Phase.PROMOTING})
"""The phases in which the canary has weight that is not yet for good."""

SLACK_S = 5.0
"""Seconds beyond a source's own lag that may pass between two figures before they are overdue."""

QUIET_S = 60.0
"""Seconds of figures without a call that are not worth a record of their own."""

REMEMBERED = 200.0
"""Requests of a side after which what was before counts for 1/e in how it is of late."""

RECENT_S = 600.0
"""Seconds after its last request for which what a side did still says how it is."""

ENOUGH_LATELY = 20.0
"""Requests of late from which on a side may be called unwell."""

UNWELL = 0.5
"""Share of failed first tries of late from which on a side is unwell. Far above every error rate that a gate tells
apart: a side that answers half of its callers is in trouble, whatever the other does."""


def is_measured(state: RolloutState, now: float) -> bool:
    """Whether figures are looked at: while the canary is on its way, and after promotion while legacy is kept ready."""
    if state.phase in MEASURED:
        return True
    return state.phase is Phase.PROMOTED and now < state.since + state.plan.rollback_window_s


def taken_in(state: RolloutState, look: Look) -> RolloutState:
    """The state with a look's figures; what the gates remember of them too."""
    if not is_measured(state, look.now):
        return state
    counted = state.counted
    match look.observation:
        case Observation() as seen if not _is_quiet(state, seen):
            counted = _counted(state, seen)
        case Observation():
            pass  # the next look begins at the same mark and tells of this time too
        case NoData():
            if look.mark:
                # What came between the old mark and the new one is lost; what is known already stays.
                counted = replace(counted, mark=look.mark)
    after = replace(state, counted=counted, memory=gates.remembered(state, look))
    overdue = is_overdue(after, look)
    return replace(after, silent_since=(state.silent_since or look.now) if overdue else None)


def is_overdue(state: RolloutState, look: Look) -> bool:
    """Whether the last figures are older than the source explains."""
    until = state.counted.until
    if isinstance(look.observation, Observation):
        until = max(until, look.observation.until)
    return look.now - until > look.lag_s + SLACK_S


def requests_gate(state: RolloutState, look: Look) -> GateResult:
    """Whether figures come, and whether the step has seen canary requests enough."""
    wanted, seen = state.plan.steps[state.step].min_requests, state.counted.step_requests
    if is_overdue(state, look):
        why = look.observation.reason if isinstance(look.observation, NoData) else "they come late"
        since = f"since {clock_time(state.counted.until)}" if state.counted.until else "yet"
        return GateResult("requests", Outcome.NO_DATA, f"no figures {since}: {why}")
    outcome = Outcome.PASS if seen >= wanted else Outcome.UNDECIDED if seen else Outcome.NO_DATA
    return GateResult("requests", outcome, f"{seen} of {wanted} canary requests")


def unwell(state: RolloutState, look: Look) -> str:
    """Why legacy is in trouble, in words; empty where it is well, as far as is known."""
    if isinstance(look.legacy, Health) and not look.legacy.well:
        return f"legacy is unwell: {look.legacy.reason or 'it says so itself'}"
    legacy = _share(state.counted.legacy_lately, look.now)
    if legacy is not None and legacy >= UNWELL:
        return f"legacy is unwell: {legacy:.0%} of its last first tries failed"
    return ""


def is_refuge(state: RolloutState, look: Look) -> bool:
    """Whether the canary's calls are no worse off with legacy, as far as is known.

    An unwell legacy is one still where the canary is in as much trouble.
    """
    if not unwell(state, look):
        return True
    legacy, canary = _share(state.counted.legacy_lately, look.now), _share(state.counted.canary_lately, look.now)
    at_least = UNWELL if isinstance(look.legacy, Health) and not look.legacy.well else 0.0
    return canary is not None and canary >= (1.0 if legacy is None else max(legacy, at_least))


def _is_quiet(state: RolloutState, seen: Observation) -> bool:
    """Whether nothing came, and not for long: then a night without calls is a record a minute, and not one a look."""
    if any(side.requests or side.times for side in (seen.legacy, seen.canary)) or not state.counted.mark:
        return False
    if state.step < 0 or seen.until - state.counted.until >= QUIET_S or seen.until < state.counted.until:
        return False
    bake_s, baked_s = state.plan.steps[state.step].bake_s, state.counted.baked_s
    return baked_s >= bake_s or baked_s + seen.window_s < bake_s


def _counted(state: RolloutState, seen: Observation) -> Counted:
    before, confirmed = state.counted, state.confirmed
    at_weight = 0.0
    if confirmed is not None:
        # What figures tell of the time before the weight was live says nothing of this step. The source's own clock
        # measures the window, so that a clock that jumps forward ends no step.
        at_weight = min(seen.window_s, max(0.0, seen.until - confirmed.at))
    return Counted(
        mark=seen.mark,
        until=seen.until,
        baked_s=before.baked_s + at_weight,
        step_requests=before.step_requests + (seen.canary.requests if at_weight > 0 else 0),
        # For people, to whom a quantile is told with the coarseness of its bounds.
        legacy=before.legacy + replace(seen.legacy, bounds=()),
        canary=before.canary + replace(seen.canary, bounds=()),
        legacy_lately=_lately(before.legacy_lately, seen.legacy, seen.until),
        canary_lately=_lately(before.canary_lately, seen.canary, seen.until),
    )


def _lately(before: Lately, seen: Sample, until: float) -> Lately:
    if not seen.requests:
        return before
    kept = max(0.0, 1 - seen.requests / REMEMBERED)
    return Lately(before.requests * kept + seen.requests, before.failures * kept + seen.first_try_errors, until)


def _share(lately: Lately, now: float) -> float | None:
    if lately.requests < ENOUGH_LATELY or now - lately.at > RECENT_S:
        return None
    return lately.failures / lately.requests
