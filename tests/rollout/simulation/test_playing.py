"""A rollout that is played goes as a real one would: the same controller, each fault with its end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from migrator.documents.rollout_simulation import CODEC
from migrator.domain.gates import (
    ColdStartGate,
    ErrorRateGate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.rollouts import Phase, RolloutPlan, Step, Window
from migrator.domain.simulations import SimulatedEvent
from migrator.domain.traffic import Traffic, flat
from migrator.errors import InputError
from migrator.rollout.calendar import is_open
from migrator.rollout.simulation.faults import parse_fault
from migrator.rollout.simulation.playing import Scene, played

MONDAY = 1_795_996_800.0
"""2026-11-30 00:00 UTC."""
PLAN = RolloutPlan(
    "tax",
    (Step(10, 300), Step(50, 300), Step(100, 300)),
    (ErrorRateGate(1), LatencyGate(0.95, 1.5), ColdStartGate(10, 20), ThrottleGate(1)),
    silence_s=120,
    rollback_window_s=3600,
)
SCENE = Scene(PLAN, Traffic(flat(6000)), MONDAY, every_s=5.0)


def with_faults(*texts: str, scene: Scene = SCENE) -> Scene:
    return replace(scene, faults=tuple(map(parse_fault, texts)))


def test_a_canary_like_legacy_is_promoted_by_all_steps() -> None:
    seen = played(SCENE)
    assert (seen.end, seen.ended, seen.weight) == (Phase.PROMOTED, True, 100)
    weights = [event.weight for event in seen.events]
    assert sorted(weights) == weights and set(weights) == {0, 10, 50, 100}
    # 100 requests a second; the three weights hold for 300 s each, and a look later.
    assert seen.canary_requests == pytest.approx(100 * 300 * (0.1 + 0.5 + 1.0), rel=0.06)
    assert seen.canary_failed == pytest.approx(seen.canary_requests * 0.005, rel=0.3)


def test_a_seed_gives_the_same_rollout_again_and_another_one_another() -> None:
    told: list[SimulatedEvent] = []
    first = played(SCENE, told.append)
    assert played(SCENE) == first and tuple(told) == first.events
    other = played(replace(SCENE, seed=2))
    assert other.canary_failed != first.canary_failed


@pytest.mark.parametrize(
    ("fault", "reason", "by_s"),
    [
        ("canary errors 10% from 2m", "error_rate fail", 200),
        ("canary down from 2m", "error_rate fail", 140),
        ("canary slower 3x from 2m", "latency_p95 fail", 240),
        ("canary cold 60%", "cold_starts fail", 30),
        ("canary throttled 20% from 2m", "fail", 200),
        ("canary errors 30% from 50%", "error_rate fail", 400),
        ("canary errors 100% from 100%", "error_rate fail", 650),
        ("metrics silent from 2m", "NO FIGURES", 300),
    ],
)
def test_a_fault_ends_in_a_rollback(fault: str, reason: str, by_s: float) -> None:
    seen = played(with_faults(fault))
    assert (seen.end, seen.weight) == (Phase.ROLLED_BACK, 0) and reason in seen.reason, seen.reason
    assert seen.lasted_s <= by_s
    begun = next(event for event in seen.events if event.phase is None)
    assert begun.weight >= parse_fault(fault).from_weight
    assert begun.reason == f"begins: {fault}" and seen.lasted_s >= begun.after_s


@pytest.mark.parametrize(
    "fault",
    [
        "canary down from 2m for 0",
        "legacy slower 2x from 2m for 1m",
        "legacy errors 20% from 2m for 1m",
        "metrics silent from 2m for 1m",
        "plane down from 4m for 5m",
        "controller dead from 4m for 5m",
        "traffic 0.1x from 2m",
    ],
)
def test_what_is_not_the_canarys_fault_delays_at_most(fault: str) -> None:
    seen = played(with_faults(fault))
    assert seen.end is Phase.PROMOTED, seen.reason
    assert seen.lasted_s >= 900


def test_while_nothing_looks_nothing_moves() -> None:
    dead = played(with_faults("controller dead from 4m for 10m"))
    moves = [event.after_s for event in dead.events if event.phase is not None]
    assert not [at for at in moves if 240 <= at < 840] and dead.lasted_s >= 840 + 600
    down = played(with_faults("plane down from 4m for 10m"))
    assert any("the plane does not answer" in event.reason for event in down.events)
    assert all(event.weight == 10 for event in down.events if 240 <= event.after_s < 840)


def test_a_rollback_that_is_due_waits_while_legacy_is_worse_off() -> None:
    seen = played(with_faults("legacy errors 60% from 2m for 5m", "canary slower 3x from 3m"))
    alert = next(event for event in seen.events if event.reason.startswith("ALERT"))
    assert alert.weight == 10 and 180 <= alert.after_s < 420
    assert seen.end is Phase.ROLLED_BACK and "latency_p95" in seen.reason and seen.lasted_s >= 420


def test_a_fault_in_the_rollback_window_is_waited_for() -> None:
    seen = played(with_faults("canary down from 20m"))
    assert seen.end is Phase.ROLLED_BACK and 1200 <= seen.lasted_s < 1300
    promoted = [event for event in seen.events if event.phase is Phase.PROMOTED]
    assert promoted and promoted[0].after_s < 1200


def test_weight_is_raised_in_windows_only_and_a_person_is_waited_for() -> None:
    window = Window((0, 1), 60, 70)
    steps = (Step(10, 60), Step(50, 60, approval=True), Step(100, 60))
    scene = replace(
        SCENE,
        plan=replace(PLAN, steps=steps, windows=(window,), gates=(ErrorRateGate(5),)),
        every_s=60.0,
        traffic=Traffic(flat(600)),
        agrees_after_s=600.0,
    )
    seen = played(scene)
    weights = [(event.after_s, event.weight) for event in seen.events if event.phase is not None]
    raised = [after for (_, before), (after, weight) in pairwise(weights) if weight > before]
    assert len(raised) == 3 and all(is_open(window, MONDAY + after) for after in raised)
    assert any(event.phase is Phase.AWAITING_APPROVAL for event in seen.events)
    alone = played(replace(scene, agrees_after_s=None, longest_s=7200.0))
    assert (alone.end, alone.ended, alone.weight) == (Phase.AWAITING_APPROVAL, False, 10)


def test_gates_that_count_no_requests_and_other_routes_are_taken_as_good() -> None:
    gates = (
        ParityGate(0, 60.0),
        ReadingGate("orders", ReadingKind.PROMETHEUS, {}, at_least=5.0),
        ReadingGate("dead_letters", ReadingKind.DEAD_LETTERS, {}, at_most=0.0),
        WebhookGate("checks", "https://checks.example"),
    )
    assert played(replace(SCENE, plan=replace(PLAN, gates=gates, after=("other",)))).end is Phase.PROMOTED


def test_a_plan_that_is_not_fit_does_not_begin() -> None:
    with pytest.raises(InputError, match="the last step must be 100"):
        played(replace(SCENE, plan=replace(PLAN, steps=(Step(10, 60),))))


def test_without_traffic_nothing_is_decided() -> None:
    seen = played(replace(SCENE, traffic=Traffic(flat(0)), longest_s=3600.0))
    assert not seen.ended and seen.weight == 10 and seen.canary_requests == 0


def test_the_document_reads_back() -> None:
    seen = played(with_faults("canary down from 2m"))
    assert CODEC.load(CODEC.dump(seen)) == seen
