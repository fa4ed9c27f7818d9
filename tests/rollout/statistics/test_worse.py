"""The test that rolls back: what its evidence is worth if the canary is not worse, and how it grows if it is."""

from __future__ import annotations

import random
from functools import reduce
from itertools import product
from math import comb, exp, log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import AT_ONCE, LOG_ODDS, kept, log_mean
from migrator.rollout.statistics.odds import log_ratio
from migrator.rollout.statistics.worse import ALONE, PAIRED, Suspicion, WorseTest, is_worse, log_evidence, seen

TEST = WorseTest(level=0.004)


def looks(largest: int = 400) -> st.SearchStrategy[Increment]:
    sides = st.integers(0, largest).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
    return st.builds(lambda c, le: Increment(*c, *le), sides, sides)


@given(st.integers(1, 12), st.integers(1, 12), st.floats(-3, 5), st.floats(-1, 1))
def test_a_ratio_is_one_of_distributions(canary: int, legacy: int, log_odds: float, log_null: float) -> None:
    """Against the definition, term by term; and its expectation under the null is exactly 1."""
    for together in range(canary + legacy + 1):
        ks = range(max(0, together - legacy), min(canary, together) + 1)

        def chance(k: int, log_of: float, ks: range = ks, together: int = together) -> float:
            weight = {j: comb(canary, j) * comb(legacy, together - j) * exp(j * log_of) for j in ks}
            return weight[k] / sum(weight.values())

        ratios = {k: exp(log_ratio(k, canary, legacy, together, log_odds, log_null)) for k in ks}
        for k in ks:
            assert ratios[k] == pytest.approx(chance(k, log_odds) / chance(k, log_null), rel=1e-9)
        assert sum(chance(k, log_null) * ratios[k] for k in ks) == pytest.approx(1, abs=1e-9)


def test_a_ratio_of_a_million_requests_is_finite_and_quick() -> None:
    assert 0 < log_ratio(700, 50_000, 950_000, 10_000, log(1.5)) < 1e4


@pytest.mark.parametrize(
    ("canary_rate", "legacy_rate", "tolerance"), [(0.2, 0.2, 1), (0.1, 0.2, 1), (0.5, 0.5, 1), (0.3, 0.2, 2)]
)
def test_evidence_against_a_canary_that_is_not_worse_is_worth_no_more_than_its_start(
    canary_rate: float, legacy_rate: float, tolerance: float
) -> None:
    """Every outcome of two blocks, the second with another share and other rates, weighed by its chance."""
    test = WorseTest(0.01, tolerance=tolerance)
    expected = 0.0
    sizes = ((4, SMALLEST - 4, canary_rate, legacy_rate), (SMALLEST - 5, 5, canary_rate / 2, legacy_rate / 2))
    blocks = [
        [
            (Increment(c, x, n, y), _binomial(x, c, p) * _binomial(y, n, q))
            for x, y in product(range(c + 1), range(n + 1))
        ]
        for c, n, p, q in sizes
    ]
    for first, chance in blocks[0]:
        if chance < 1e-7:
            continue
        after = seen(Suspicion(), first, test)
        for second, other in blocks[1]:
            if chance * other >= 1e-9:
                expected += chance * other * exp(log_evidence(seen(after, second, test)))
    assert expected <= (PAIRED + ALONE) * AT_ONCE + PAIRED * (kept(0) - kept(1)) + 1e-6


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 200), st.data())
def test_one_more_failure_of_the_canary_is_more_evidence(
    canary: int, legacy: int, failed: int, data: st.DataObject
) -> None:
    assume(canary + legacy >= SMALLEST)
    legacy_failed = min(failed, legacy)
    fewer = data.draw(st.integers(0, canary - 1))
    less, more = (
        log_evidence(seen(Suspicion(), Increment(canary, x, legacy, legacy_failed), TEST)) for x in (fewer, fewer + 1)
    )
    assert more >= less - 1e-9


@given(st.lists(looks(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_in_any_order_blocks_are_worth_what_they_are_together(increments: list[Increment], dice: random.Random) -> None:
    """The bets that are placed at once multiply; what is placed later only adds."""
    blocks = [each for each in increments if each.requests >= SMALLEST and each.legacy_requests * 50 >= each.requests]
    dice.shuffle(blocks)
    bets = [
        log(AT_ONCE)
        + sum(log_ratio(b.canary_failures, b.canary_requests, b.legacy_requests, b.failures, odds) for b in blocks)
        for odds in LOG_ODDS
    ]
    assert log_evidence(_after(blocks)) >= log(PAIRED) + log_mean(bets) - 1e-6


def test_a_fault_that_comes_late_has_little_to_win_back() -> None:
    """After 400 blocks in order, as many failures more as the first block would have needed, and some."""
    fault = Increment(40, 12, 760, 4)
    late = _after([Increment(40, 0, 760, 4)] * 400)
    assert log_evidence(_after([fault])) - log_evidence(seen(late, fault, TEST)) < 14
    assert is_worse(seen(seen(late, fault, TEST), fault, TEST), TEST)


@given(st.lists(looks(), max_size=8))
def test_a_replay_gives_the_same_bits(increments: list[Increment]) -> None:
    assert _after(increments) == _after(increments)


@given(looks(40))
def test_nothing_is_lost_between_looks(look: Increment) -> None:
    """Looks at every request end where looks at every block do, if the blocks are the same."""
    assume(look.requests == 0 or look.requests % SMALLEST != 0)
    requests = [Increment(1, 1 if each < look.canary_failures else 0) for each in range(look.canary_requests)]
    requests += [Increment(0, 0, 1, 1 if each < look.legacy_failures else 0) for each in range(look.legacy_requests)]
    blocks = [reduce(Increment.__add__, requests[at : at + SMALLEST]) for at in range(0, len(requests), SMALLEST)]
    assert _after(requests) == _after(blocks)


def test_looks_without_requests_change_nothing() -> None:
    known = _after([Increment(30, 3, 600, 2)])
    assert seen(known, Increment(), TEST) == known


def test_four_failures_of_four_are_enough_where_legacy_has_none() -> None:
    assert is_worse(_after([Increment(4, 4, 46, 0)]), TEST)


def test_failures_that_both_sides_share_are_no_evidence() -> None:
    assert log_evidence(_after([Increment(50, 25, 950, 475)] * 20)) < 0


def test_a_rate_that_both_share_may_move_with_the_weight() -> None:
    """Together the canary failed 1 in 6 and legacy 1 in 34: only because most of its requests came in the bad hour."""
    calm, bad = Increment(50, 0, 950, 5), Increment(500, 150, 500, 150)
    assert log_evidence(_after([calm, bad, calm, calm, calm])) < 0


class TestLegacySilent:
    """At 100 %: what legacy did before takes over."""

    recorded = Increment(500, 5, 9500, 95)

    def test_a_canary_that_breaks_is_found(self) -> None:
        known = _after([self.recorded, *[Increment(100, 10)] * 3])
        assert is_worse(known, TEST)

    def test_a_canary_that_goes_on_as_legacy_did_is_not(self) -> None:
        assert not is_worse(_after([self.recorded, *[Increment(100, 1)] * 200]), TEST)

    def test_a_short_record_allows_more_than_a_long_one(self) -> None:
        short, long = (log_evidence(_after([Increment(50, 0, n, n // 100), Increment(100, 8)])) for n in (200, 20_000))
        assert long > short + 2

    def test_where_legacy_was_never_asked_it_fails_at_most_the_ceiling(self) -> None:
        dead, tired = Increment(60, 60), Increment(60, 3)
        assert is_worse(_after([dead]), TEST)
        assert not is_worse(_after([tired] * 20), TEST)
        assert not is_worse(seen(Suspicion(), dead, WorseTest(0.004, ceiling=None)), TEST)

    def test_a_record_that_contradicts_the_ceiling_counts(self) -> None:
        assert not is_worse(_after([Increment(50, 10, 950, 190), Increment(200, 30)]), TEST)

    def test_the_level_holds_though_the_record_is_short(self) -> None:
        """Legacy's rate is known from 300 requests only; 400 campaigns, a level at which four may be wrong."""
        test = WorseTest(0.01, ceiling=None)
        wrong = 0
        for seed in range(400):
            dice = random.Random(seed)
            known = seen(Suspicion(), Increment(10, 0, 300, _failed(dice, 300, 0.05)), test)
            for _ in range(10):
                known = seen(known, Increment(200, _failed(dice, 200, 0.05)), test)
            wrong += is_worse(known, test)
        assert wrong <= 4


def test_a_tolerated_difference_is_never_found_and_a_larger_one_is() -> None:
    tolerant = WorseTest(0.004, tolerance=1.5)
    slightly, clearly = Increment(5000, 70, 5000, 50), Increment(5000, 150, 5000, 50)
    assert not is_worse(reduce(lambda known, look: seen(known, look, tolerant), [slightly] * 40, Suspicion()), tolerant)
    assert is_worse(reduce(lambda known, look: seen(known, look, tolerant), [clearly] * 3, Suspicion()), tolerant)


def test_a_canary_far_below_what_is_tolerated_is_no_evidence() -> None:
    tolerant = WorseTest(0.004, tolerance=5.0)
    known = reduce(lambda known, look: seen(known, look, tolerant), [Increment(500, 5, 500, 5)] * 40, Suspicion())
    assert log_evidence(known) <= log_evidence(Suspicion())


def test_counts_of_a_counter_that_was_reset_are_refused() -> None:
    with pytest.raises(InputError):
        Increment(10, 11, 5, 0)
    with pytest.raises(InputError):
        Increment(-1, 0, 5, 0)


def _after(increments: list[Increment]) -> Suspicion:
    return reduce(lambda known, look: seen(known, look, TEST), increments, Suspicion())


def _binomial(successes: int, trials: int, rate: float) -> float:
    return comb(trials, successes) * rate**successes * (1 - rate) ** (trials - successes)


def _failed(dice: random.Random, requests: int, rate: float) -> int:
    return sum(dice.random() < rate for _ in range(requests))
