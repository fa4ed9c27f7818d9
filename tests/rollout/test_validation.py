"""What makes a plan unfit, by itself and where it is to be measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.observations import Measuring
from migrator.domain.rollouts import Freeze, Step, Window
from migrator.rollout.measurable import measurable
from migrator.rollout.validation import mistakes
from migrator.router.templates import GATES, TEMPLATES
from tests.support.rollout_world import PLAN

ALL = Measuring("envoy", cold_starts=True, throttles=True)


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (ErrorRateGate(0), "no number of requests"),
        (ErrorRateGate(100), "between 0 and 100"),
        (LatencyGate(0.999, 1.5), "p95 and p99 can be tested, not p99.9"),
        (LatencyGate(0.95, 1.1), "above 1.1"),
        (ParityGate(-1), "negative"),
        (ColdStartGate(0, 20), "cold_starts: at_most"),
        (ThrottleGate(100), "throttles: at_most"),
        (AvailabilityGate(100, 60), "at_least"),
        (ReadingGate("depth", ReadingKind.DEAD_LETTERS), "depth: say at_most or at_least"),
        (ReadingGate("depth", ReadingKind.DEAD_LETTERS, at_most=1, at_least=2), "lies below"),
        (WebhookGate("checks", "file:///etc/passwd"), "https://"),
    ],
)
def test_a_gate_that_cannot_be_judged_is_refused(gate: Gate, says: str) -> None:
    [mistake] = mistakes(replace(PLAN, gates=(gate,)))
    assert says in mistake


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"silence_s": 0.0}, "silence"),
        ({"safe_weight": 7.0}, "0 or that of a step"),
        ({"rollback_window_s": -1.0}, "rollback window"),
        ({"freezes": (Freeze(2, 1),)}, "end after it begins"),
        ({"windows": (Window((), 0, 60),)}, "days and a length"),
        ({"steps": (Step(100, 60),)}, "nothing can be compared"),
        ({"gates": (ErrorRateGate(1), ErrorRateGate(2))}, "2 gates are called error_rate"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(changes: dict[str, object], says: str) -> None:
    [mistake] = mistakes(replace(PLAN, **changes))  # type: ignore[arg-type]
    assert says in mistake


@pytest.mark.parametrize(
    ("gate", "measuring", "says"),
    [
        (LatencyGate(0.95, 1.2), replace(ALL, times=False), "a quantile for each minute does not suffice"),
        (ColdStartGate(10, 20), replace(ALL, cold_starts=False), "which requests began with a cold start"),
        (ThrottleGate(1), replace(ALL, throttles=False), "which tries were throttled"),
    ],
)
def test_a_gate_that_the_figures_do_not_feed_is_refused(gate: Gate, measuring: Measuring, says: str) -> None:
    plan = replace(PLAN, gates=(gate,))
    assert mistakes(plan, ALL) == ()
    [mistake] = mistakes(plan, measuring)
    assert says in mistake and "envoy" in mistake


def test_a_templates_gates_give_way_and_a_persons_do_not() -> None:
    few = replace(ALL, cold_starts=False)
    ours = replace(PLAN, steps=TEMPLATES["standard"].steps, gates=GATES, template="standard")
    kept, untold = measurable(ours, few)
    assert (untold, mistakes(kept, few)) == (("cold_starts",), ())
    assert measurable(ours, ALL) == (ours, ())
    theirs = replace(ours, gates=(ErrorRateGate(1), ColdStartGate(5, 20)))
    assert measurable(theirs, few) == (theirs, ())
