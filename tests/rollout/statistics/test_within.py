"""The test that promotes: what its evidence is worth if the canary is too bad, and that it needs requests."""

from __future__ import annotations

import random
from functools import reduce
from itertools import product
from math import comb, exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import AT_ONCE, log_mean
from migrator.rollout.statistics.within import Assurance, WithinTest, is_beyond, is_doubtful, is_within, seen

TEST = WithinTest(level=0.01, margin=0.01)


@pytest.mark.parametrize("margin", [0.01, 0.1, 0.0])
@pytest.mark.parametrize(("canary", "legacy"), [(3, SMALLEST - 3), (40, 10), (25, 25)])
@pytest.mark.parametrize("base", [0.0, 0.01, 0.2])
@pytest.mark.parametrize("beyond", [0.0, 0.05])
def test_evidence_for_a_canary_worse_by_the_margin_is_worth_nothing(
    margin: float, canary: int, legacy: int, base: float, beyond: float
) -> None:
    """Every outcome of a block, weighed by its chance, after different pasts."""
    test = WithinTest(0.01, margin, expected=1.0 if margin else 0.5)
    for past in (Increment(), Increment(500, 5, 9500, 90), Increment(1000, 200, 1000, 200)):
        before = seen(Assurance(), past, test)
        expected = sum(
            _binomial(x, canary, base + margin + beyond)
            * _binomial(y, legacy, base)
            * exp(seen(before, Increment(canary, x, legacy, y), test).log_evidence - before.log_evidence)
            for x, y in product(range(canary + 1), range(legacy + 1))
        )
        assert expected <= 1 + 1e-9


@pytest.mark.parametrize("margin", [0.01, 0.1, 0.0])
@pytest.mark.parametrize(("canary", "legacy"), [(3, SMALLEST - 3), (40, 10)])
@pytest.mark.parametrize(("base", "part"), [(0.01, 1.0), (0.01, 0.0), (0.2, 1.0), (0.2, 0.5)])
def test_evidence_against_a_canary_within_the_margin_is_worth_nothing(
    margin: float, canary: int, legacy: int, base: float, part: float
) -> None:
    test = WithinTest(0.01, margin, expected=1.0 if margin else 0.5)
    before = Assurance(legacy_requests=9500.0, legacy_failures=90.0)
    expected = sum(
        _binomial(x, canary, base + part * margin)
        * _binomial(y, legacy, base)
        * exp(log_mean(seen(before, Increment(canary, x, legacy, y), test).stakes.bets))
        for x, y in product(range(canary + 1), range(legacy + 1))
    )
    assert expected <= AT_ONCE + 1e-9


def test_a_canary_beyond_the_margin_is_found_and_one_at_it_is_not() -> None:
    at, halfway, beyond = (
        reduce(lambda a, look: seen(a, look, TEST), [Increment(250, failed, 4750, 24)] * 20, Assurance())
        for failed in (4, 6, 10)
    )
    assert is_beyond(beyond, 0.004) and not is_beyond(at, 0.004)
    assert is_doubtful(halfway, 0.004) and not is_beyond(halfway, 0.004) and not is_doubtful(at, 0.004)


def test_at_the_margin_the_evidence_keeps_all_its_worth() -> None:
    """It is no more careful than it must be: the expectation at the closest pair is 1."""
    canary, legacy = 5, SMALLEST - 5
    before = seen(Assurance(), Increment(500, 5, 9500, 100), TEST)
    expected = sum(
        _binomial(x, canary, 0.02)
        * _binomial(y, legacy, 0.01)
        * exp(seen(before, Increment(canary, x, legacy, y), TEST).log_evidence - before.log_evidence)
        for x, y in product(range(canary + 1), range(legacy + 1))
    )
    assert expected == pytest.approx(1, abs=0.001)


@given(st.integers(1, 300), st.integers(1, 300), st.data())
def test_one_more_failure_of_the_canary_is_less_evidence(canary: int, legacy: int, data: st.DataObject) -> None:
    failed = data.draw(st.integers(0, canary - 1))
    base = data.draw(st.integers(0, legacy))
    if canary + legacy >= SMALLEST:
        fewer, more = (
            seen(Assurance(), Increment(canary, x, legacy, base), TEST).log_evidence for x in (failed, failed + 1)
        )
        assert more <= fewer + 1e-9


def test_without_requests_of_both_sides_nothing_is_shown() -> None:
    for look in (Increment(), Increment(100_000, 0), Increment(0, 0, 100_000, 0)):
        assert seen(Assurance(), look, TEST).log_evidence == 0


def test_an_identical_canary_is_promoted_and_how_soon() -> None:
    """At 0.5 % and a weight of 5 %: never before a rate of 1 % can be excluded at all, nearly always within 3,700."""
    needed = [_needed(random.Random(seed), canary=0.005, legacy=0.005, at_most=3700) for seed in range(25)]
    assert sum(each is not None for each in needed) >= 24
    assert min(each for each in needed if each is not None) >= log(1 / 0.05) / TEST.margin  # 3 in n, at 95 %


def test_a_canary_worse_by_the_margin_is_not() -> None:
    promoted = [_needed(random.Random(seed), canary=0.015, legacy=0.005, at_most=1000) for seed in range(40)]
    assert sum(each is not None for each in promoted) <= 2  # 0.4 expected at most; 3 or more: a chance of 0.7 %


def test_what_is_expected_follows_legacy_and_forgets() -> None:
    """After a bad day, legacy's good one is known again within a few times the memory."""
    known = reduce(lambda a, look: seen(a, look, TEST), [Increment(50, 10, 950, 190)] * 40, Assurance())
    known = reduce(lambda a, look: seen(a, look, TEST), [Increment(50, 0, 950, 5)] * 100, known)
    assert known.legacy_failures / known.legacy_requests < 0.01


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1), st.floats(0, 1)), max_size=8))
def test_any_counts_have_a_figure_and_a_replay_the_same_bits(raw: list[tuple[int, int, float, float]]) -> None:
    increments = [Increment(c, int(c * p), n, int(n * q)) for c, n, p, q in raw]
    first, second = (reduce(lambda a, look: seen(a, look, TEST), increments, Assurance()) for _ in range(2))
    assert first == second
    assert abs(first.log_evidence) < 1e9


def _needed(dice: random.Random, *, canary: float, legacy: float, at_most: int) -> int | None:
    known, requests = Assurance(), 0
    while requests < at_most:
        c = sum(dice.random() < 0.05 for _ in range(SMALLEST))
        look = Increment(
            c,
            sum(dice.random() < canary for _ in range(c)),
            SMALLEST - c,
            sum(dice.random() < legacy for _ in range(SMALLEST - c)),
        )
        requests += c
        known = seen(known, look, TEST)
        if is_within(known, TEST):
            return requests
    return None


def _binomial(successes: int, trials: int, rate: float) -> float:
    return comb(trials, successes) * rate**successes * (1 - rate) ** (trials - successes)
