"""What each gate of a plan has to find and to show, in numbers that its tests count.

In: a plan, a described traffic, the sizes of the faults. Out: one `Judging` a gate: rates of legacy, of a faulty canary, of
one like legacy. How long that takes is `deciding`'s. Gates that count no requests are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    LatencyGate,
    ThrottleGate,
)
from migrator.domain.rollouts import RolloutPlan
from migrator.domain.traffic import Traffic
from migrator.rollout import gates
from migrator.rollout.gates.latency import EXPECTED
from migrator.rollout.statistics.buckets import ENOUGH_BEYOND, bound_ms, number_of, steps_within
from migrator.rollout.statistics.budget import BudgetTest
from migrator.rollout.statistics.levels import PROMOTION
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad a canary is that has to be found; None for twice what the gate allows, or what is like it.

    Attributes:
        worse_by_pp: percentage points more errors.
        slower: times as slow.
        cold: percent of its requests that begin cold.
        throttled: percent of its first tries that are throttled.
    """

    worse_by_pp: float | None = None
    slower: float | None = None
    cold: float | None = None
    throttled: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A gate that compares both sides.

    Attributes:
        legacy: share of legacy's requests that counts as bad.
        faulty, alike: the same of a faulty canary, and of one like legacy as the promoting test counts it.
        learned: legacy answers that have to be seen before anything is counted.
        ceiling: the highest share that is believed of a legacy side which has hardly been asked (`WorseTest`).
    """

    fault: str
    level: float
    test: WithinTest
    legacy: float
    faulty: float
    alike: float
    learned: float = 0.0
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A gate on a share of the canary's own requests.

    Attributes:
        faulty: the share of a faulty canary.
        over_s: seconds that must have been observed before promotion.
        requests: of the canary, that must have been seen before promotion.
    """

    fault: str
    test: BudgetTest
    faulty: float
    over_s: float = 0.0
    requests: float = 0.0


def judgings(plan: RolloutPlan, traffic: Traffic, faults: Faults) -> Mapping[str, Compared | Budgeted]:
    """By the names of the gates that count requests, in the order of the plan."""
    levels = gates.levels_of(plan)
    named = ((gates.name_of(gate), gate) for gate in plan.gates)
    made = ((name, _judging(gate, levels.get(name, 0.0), traffic, faults)) for name, gate in named)
    return {name: judging for name, judging in made if judging is not None}


def _judging(gate: Gate, level: float, traffic: Traffic, faults: Faults) -> Compared | Budgeted | None:
    match gate:
        case ErrorRateGate(worse_by_pp=margin):
            return _errors(margin, level, traffic, 2 * margin if faults.worse_by_pp is None else faults.worse_by_pp)
        case LatencyGate():
            return _latency(gate, level, traffic, gate.ratio**2 if faults.slower is None else faults.slower)
        case ColdStartGate(at_most=budget, free=free):
            cold = min(3 * budget, 100.0) if faults.cold is None else faults.cold
            return Budgeted(f"{cold:g} % cold", BudgetTest(level, budget / 100, free), cold / 100)
        case ThrottleGate(at_most=budget):
            share = min(10 * budget, 100.0) if faults.throttled is None else faults.throttled
            return Budgeted(f"{share:g} % throttled", BudgetTest(level, budget / 100, 0), share / 100)
        case AvailabilityGate(at_least=least, over_s=over_s):
            allowed = 1 - least / 100
            failing = min(10 * allowed, 1.0)
            test = BudgetTest(level, allowed, 0)
            return Budgeted(f"{failing:.4g} of its requests fail", test, failing, over_s, 1 / allowed)
        case _:
            return None


def _errors(margin: float, level: float, traffic: Traffic, size: float) -> Compared:
    legacy = traffic.errors
    faulty = min(legacy + size / 100, 1.0)
    fault = f"errors {legacy * 100:.3g} % -> {faulty * 100:.3g} %"
    return Compared(
        fault, level, WithinTest(PROMOTION, margin / 100), legacy, faulty, legacy, ceiling=WorseTest(level).ceiling
    )


def _latency(gate: LatencyGate, level: float, traffic: Traffic, size: float) -> Compared:
    usual = traffic.times.quantile(gate.quantile)
    bound = max(number_of(usual) - 1, 0)
    further = bound + steps_within(gate.ratio)
    return Compared(
        f"{size:.3g} times as slow",
        level,
        WithinTest(PROMOTION, 0.0, EXPECTED),
        traffic.times.above(bound_ms(bound)),
        traffic.times.above(bound_ms(bound) / size),
        traffic.times.above(bound_ms(further)),
        ENOUGH_BEYOND / (1 - gate.quantile),
    )
