"""How long a plan takes at a described traffic: what each gate needs at each step, and when each step begins.

In: a plan, a traffic, the sizes of the faults that are to be found, an instant to begin at. Out: a `PlanForecast`. Nothing
is read and nothing is run; a rollout with all that can happen to it is what `rollout.simulation` plays.

Three rollouts of a canary like legacy are followed through the plan: one that only bake times and windows delay, one whose
evidence comes as fast as in half of all rollouts, and one of which 99 of 100 are ahead. Evidence carries over the steps,
and goes on while a step waits for a window. Times are at the mean of the day's traffic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf

from migrator.domain.forecasts import Duration, GateForecast, PlanForecast, StepForecast
from migrator.domain.rollouts import RolloutPlan, Step, Undecided
from migrator.domain.traffic import Traffic
from migrator.rollout import calendar, gates
from migrator.rollout.forecast.deciding import (
    Need,
    Sides,
    is_silent,
    to_find_alone,
    to_find_beyond,
    to_find_overspent,
    to_find_worse,
    to_show_within,
)
from migrator.rollout.forecast.judging import Budgeted, Compared, Faults, judgings
from migrator.rollout.statistics.worse import WorseTest
from migrator.rollout.times import clock_time


@dataclass(frozen=True, slots=True)
class _Pace:
    """One of the three rollouts: which of a need's figures it goes by; None for one that needs no evidence."""

    figure: str | None


_ROUNDING_S = 1e-3
"""A step that lasts until a gate has decided must not come out a moment too short."""

_PACES = (_Pace(None), _Pace("median"), _Pace("high"))


@dataclass(frozen=True, slots=True)
class _Stand:
    """How far one of the three has come.

    Attributes:
        at: when the step begins, seconds since the epoch; infinite for never.
        left: the part of what each gate has to show that is still to come, by its name.
        learned: seconds' worth of legacy's answers that latency gates have learned from, as answers.
        observed_s: seconds since the first weight.
        requests: of both sides since then.
    """

    at: float
    left: Mapping[str, float]
    legacy: float = 0.0
    canary: float = 0.0
    observed_s: float = 0.0
    requests: float = 0.0


def forecast(
    plan: RolloutPlan, traffic: Traffic, now: float, faults: Faults | None = None, source: str = "as given"
) -> PlanForecast:
    """The plan with its times.

    Args:
        now: seconds since the epoch.
        source: where the traffic's figures are from, in words.
    """
    judged = judgings(plan, traffic, faults or Faults())
    compared = {name: each for name, each in judged.items() if isinstance(each, Compared)}
    begins = calendar.opening(plan, now)
    first = _Stand(inf if begins is None else begins, dict.fromkeys(compared, 1.0))
    stands = [replace(first, left=dict.fromkeys(compared, 0.0)), first, first]
    steps: list[StepForecast] = []
    for number, step in enumerate(plan.steps):
        a_second = traffic.mean_per_minute / 60
        stays = [_stay(plan, number, judged, stand, a_second, pace) for stand, pace in zip(stands, _PACES, strict=True)]
        steps.append(
            StepForecast(
                step=number,
                weight=step.weight,
                bake_s=step.bake_s,
                approval=step.approval,
                canary_per_minute=traffic.mean_per_minute * step.weight / 100,
                holds_s=_finite(stays[1] - step.bake_s),
                holds_high_s=_finite(stays[2] - step.bake_s),
                earliest=_date(stands[0].at),
                usual=_date(stands[1].at),
                latest=_date(stands[2].at),
                gates=tuple(_gates(plan, step, judged, stands, a_second)),
            )
        )
        stands = [
            _moved(plan, step, compared, stand, stay, a_second, pace)
            for stand, stay, pace in zip(stands, stays, _PACES, strict=True)
        ]
    return PlanForecast(
        route=plan.route,
        template=plan.template,
        per_minute=traffic.mean_per_minute,
        traffic=source,
        steps=tuple(steps),
        promoted_earliest=_date(stands[0].at),
        promoted_usual=_date(stands[1].at),
        promoted_latest=_date(stands[2].at),
        after=plan.after,
    )


def _stay(
    plan: RolloutPlan,
    number: int,
    judged: Mapping[str, Compared | Budgeted],
    stand: _Stand,
    a_second: float,
    pace: _Pace,
) -> float:
    """Seconds for which a step lasts, windows left aside."""
    step, last = plan.steps[number], number + 1 == len(plan.steps)
    following = 100.0 if last else plan.steps[number + 1].weight
    canary_a_second = a_second * step.weight / 100
    waits = [step.bake_s, _seconds(step.min_requests, canary_a_second)]
    lenient = step.undecided is Undecided.GO_ON and following < 100
    for name, judging in judged.items():
        if isinstance(judging, Compared):
            if pace.figure is not None and stand.left[name] > 0 and not lenient:
                waits.append(_to_show(judging, step, stand, stand.left[name], a_second, pace.figure))
        elif last and judging.over_s:
            waits.append(judging.over_s - stand.observed_s)
            waits.append(_seconds(judging.requests - stand.canary, canary_a_second))
    return max(waits)


def _to_show(judging: Compared, step: Step, stand: _Stand, left: float, a_second: float, figure: str) -> float:
    """Seconds from a step's beginning until a canary like legacy is shown within the margin."""
    weight = step.weight / 100
    need = to_show_within(Sides(judging.legacy, judging.alike, weight), judging.test)
    learning = _seconds(max(judging.learned - stand.legacy, 0.0), a_second * (1 - weight))
    return learning + _seconds(left * getattr(need, figure), a_second * weight)


def _moved(
    plan: RolloutPlan,
    step: Step,
    compared: Mapping[str, Compared],
    stand: _Stand,
    stay: float,
    a_second: float,
    pace: _Pace,
) -> _Stand:
    """Where a rollout stands when the next step begins, or when it is promoted."""
    begins = calendar.opening(plan, stand.at + stay) if stand.at + stay < inf else None
    if begins is None:
        return replace(stand, at=inf)
    lasted = begins - stand.at
    weight = step.weight / 100
    left = dict(stand.left)
    for name, judging in compared.items():
        if pace.figure is None or left[name] <= 0:
            continue
        whole = _to_show(judging, step, stand, 1.0, a_second, pace.figure)
        needed = _to_show(judging, step, stand, left[name], a_second, pace.figure)
        left[name] = 0.0 if lasted >= needed - _ROUNDING_S else max(0.0, left[name] - lasted / whole)
    return _Stand(
        begins,
        left,
        stand.legacy + lasted * a_second * (1 - weight),
        stand.canary + lasted * a_second * weight,
        stand.observed_s + lasted,
        stand.requests + lasted * a_second,
    )


def _gates(
    plan: RolloutPlan,
    step: Step,
    judged: Mapping[str, Compared | Budgeted],
    stands: list[_Stand],
    a_second: float,
) -> list[GateForecast]:
    canary_a_second = a_second * step.weight / 100
    usual = stands[1]
    found = []
    for gate in plan.gates:
        name = gates.name_of(gate)
        judging = judged.get(name)
        if judging is None:
            found.append(GateForecast(name, remark="counts no requests: decides when it is asked"))
        elif isinstance(judging, Budgeted):
            find = to_find_overspent(judging.faulty, judging.test)
            remark = "must have been good for its whole time before promotion" if judging.over_s else ""
            found.append(GateForecast(name, judging.fault, _duration(find, canary_a_second), remark=remark))
        else:
            show = None
            if usual.left[name] > 0 or stands[2].left[name] > 0:
                times = [
                    _to_show(judging, step, stand, stand.left[name], a_second, figure) if stand.left[name] > 0 else 0.0
                    for stand, figure in ((stands[1], "median"), (stands[2], "high"))
                ]
                show = _duration(Need(times[0] * canary_a_second, times[1] * canary_a_second), canary_a_second)
            find, remark = _to_find(judging, step, plan.steps.index(step), usual, name)
            found.append(GateForecast(name, judging.fault, _duration(find, canary_a_second), show, remark))
    return found


def _to_find(judging: Compared, step: Step, raises: int, stand: _Stand, name: str) -> tuple[Need, str]:
    """Of a fault that begins with the step: by then the weight was raised so often."""
    sides = Sides(judging.legacy, judging.faulty, step.weight / 100)
    if is_silent(sides.weight):
        record = Sides(judging.legacy, judging.legacy, 1 - stand.legacy / stand.requests if stand.requests else 1.0)
        test = WorseTest(judging.level, ceiling=judging.ceiling)
        need = to_find_alone(judging.faulty, test, record, stand.requests, judging.test.margin, raises)
        return need, "legacy is silent: held against what it did before"
    if stand.left[name] <= 0:
        need = to_find_beyond(sides, judging.level, judging.test.margin, stand.requests, raises)
        return need, "shown within the margin before"
    return to_find_worse(sides, judging.level, stand.requests), ""


def _duration(need: Need, a_second: float) -> Duration:
    return Duration(
        _finite(need.median),
        _finite(need.high),
        _finite(_seconds(need.median, a_second)),
        _finite(_seconds(need.high, a_second)),
    )


def _seconds(requests: float, a_second: float) -> float:
    if requests <= 0:
        return 0.0
    return requests / a_second if a_second > 0 else inf


def _finite(value: float) -> float | None:
    return None if value == inf else round(value, 1)


def _date(at: float) -> str | None:
    return None if at == inf else clock_time(at)
