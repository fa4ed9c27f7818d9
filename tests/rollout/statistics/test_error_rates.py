"""The sequential test of failure rates: its own formula, its speed, and its false alarms."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.rollout.gates import LEVEL, level_of
from migrator.rollout.statistics.error_rates import Count, log_evidence

counts = st.integers(0, 2000).flatmap(lambda n: st.builds(Count, st.integers(0, n), st.just(n)))
margins = st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.5])


@given(counts, counts, margins)
def test_any_counts_have_a_figure(canary: Count, legacy: Count, margin: float) -> None:
    assert not math.isnan(log_evidence(canary, legacy, margin))


@given(counts, counts, margins)
def test_a_canary_seen_within_the_margin_is_never_evidence_against_it(
    canary: Count, legacy: Count, margin: float
) -> None:
    if canary.rate <= legacy.rate + margin:
        assert log_evidence(canary, legacy, margin) <= 1e-9


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 40), st.integers(1, 60))
def test_the_border_maximum_is_the_maximum(failures: int, good: int, legacy_failures: int, legacy_good: int) -> None:
    """Against a plain search over a grid of legacy rates."""
    canary, legacy, margin = (
        Count(failures, failures + good),
        Count(legacy_failures, legacy_failures + legacy_good),
        0.01,
    )
    if canary.rate <= legacy.rate + margin or legacy.rate <= 0.05:
        return
    grid = [step / 4000 for step in range(4001) if step / 4000 + margin <= 1]
    best = max(_likelihood(canary, rate + margin) + _likelihood(legacy, rate) for rate in grid)
    mixture = _mixture(canary, 0.5, 0.5) + _mixture(legacy, 0.5, 50.0)
    assert log_evidence(canary, legacy, margin) == pytest.approx(mixture - best, abs=0.05)
    assert log_evidence(canary, legacy, margin) <= mixture - best + 1e-9


@given(st.integers(1, 100), st.integers(0, 1000))
def test_one_more_failure_is_more_evidence(requests: int, legacy: int) -> None:
    figures = [log_evidence(Count(failed, requests), Count(0, legacy), 0.01) for failed in range(requests + 1)]
    beyond = [figure for failed, figure in enumerate(figures) if failed / requests > 0.05]
    assert beyond == sorted(beyond)


@pytest.mark.parametrize(("rate", "within"), [(0.5, 20), (0.75, 10), (1.0, 3)])
def test_a_canary_that_fails_half_of_its_requests_is_found_within_twenty(rate: float, within: int) -> None:
    """At 5 % of the traffic, legacy failing 0.5 %: at least 99 of 100 campaigns stop in time."""
    stopped = [
        _first_alarm(random.Random(seed), weight=0.05, canary=rate, legacy=0.005, at_most=100) for seed in range(400)
    ]
    assert sum(at is not None and at <= within for at in stopped) >= 0.99 * len(stopped)


@pytest.mark.parametrize("rate", [0.005, 0.05])
def test_an_identical_canary_is_left_alone(rate: float) -> None:
    """Looking after every canary request: no more alarms than the level, which the test spends very sparingly."""
    stopped = [
        _first_alarm(random.Random(seed), weight=0.2, canary=rate, legacy=rate, at_most=600) for seed in range(150)
    ]
    assert sum(at is not None for at in stopped) <= LEVEL * len(stopped)


def test_without_any_legacy_request_a_dead_canary_is_still_found() -> None:
    assert log_evidence(Count(4, 4), Count(0, 0), 0.01) > math.log(1 / level_of(0))
    assert log_evidence(Count(1, 20), Count(0, 0), 0.01) < 0


def test_a_legacy_side_that_fails_as_well_clears_the_canary() -> None:
    assert log_evidence(Count(10, 20), Count(10, 20), 0.01) < 0


def test_the_levels_of_all_steps_stay_below_the_whole() -> None:
    assert sum(level_of(step) for step in range(50)) <= LEVEL


def _first_alarm(dice: random.Random, *, weight: float, canary: float, legacy: float, at_most: int) -> int | None:
    seen, base, asked, failed = 0, 0, 0, 0
    while seen < at_most:
        if dice.random() >= weight:
            asked += 1
            base += dice.random() < legacy
            continue
        seen += 1
        failed += dice.random() < canary
        if log_evidence(Count(failed, seen), Count(base, asked), 0.01) >= math.log(1 / level_of(0)):
            return seen
    return None


def _likelihood(count: Count, rate: float) -> float:
    good = count.requests - count.failures
    if (count.failures and rate <= 0) or (good and rate >= 1):
        return -math.inf
    return (count.failures * math.log(rate) if count.failures else 0) + (good * math.log(1 - rate) if good else 0)


def _mixture(count: Count, a: float, b: float) -> float:
    def beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    return beta(count.failures + a, count.requests - count.failures + b) - beta(a, b)
