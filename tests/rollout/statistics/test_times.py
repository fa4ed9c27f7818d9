"""Buckets and quantiles: bounds, frozen thresholds, and intervals that hold at all looks."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.rollout.statistics import buckets, quantiles


class TestBuckets:
    """Bounds a tenth apart."""

    @given(st.integers(0, 150))
    def test_a_bound_is_its_own(self, number: int) -> None:
        assert buckets.snapped(buckets.bound_ms(number)) == number

    @given(st.floats(0.1, 1e6))
    def test_a_threshold_lies_at_or_within_a_tenth_below_the_time(self, time_ms: float) -> None:
        bound = buckets.bound_ms(buckets.snapped(time_ms))
        assert bound <= time_ms * (1 + 1e-6) and time_ms < bound * 1.1 * (1 + 1e-6)

    @pytest.mark.parametrize(("ratio", "steps"), [(1.0, 0), (1.09, 0), (1.1, 1), (1.2, 1), (1.21, 2), (1.5, 4), (2, 7)])
    def test_a_ratio_is_shown_by_a_smaller_one(self, ratio: float, steps: int) -> None:
        assert buckets.steps_within(ratio) == steps

    def test_a_quantile_is_frozen_at_the_bound_below_it(self) -> None:
        counts = {10: 900, 20: 70, 30: 30}
        assert buckets.frozen(counts, 0.95) == 19
        assert buckets.above(counts, 19) == 100
        assert buckets.frozen({10: 949, 20: 51}, 0.95) == 19

    def test_too_few_answers_above_it_freeze_nothing(self) -> None:
        assert buckets.frozen({10: 399}, 0.95) is None
        assert buckets.frozen({10: 400}, 0.95) == 9
        assert buckets.frozen({}, 0.95) is None


class TestQuantiles:
    """An interval that holds at all looks."""

    def test_the_true_quantile_is_missed_as_rarely_as_promised(self) -> None:
        """Looked at after every tenth of 3,000 answers; 200 runs at a level of 5 %, of which 10 may miss."""
        true_ms, missed = 10 * exp(0.6 * 1.6448536), 0
        bounds = [buckets.bound_ms(number) for number in range(120)]
        for seed in range(200):
            dice, counts = random.Random(seed), Counter[int]()
            for answer in range(3000):
                counts[bisect_left(bounds, 10 * dice.lognormvariate(0, 0.6))] += 1
                if answer % 10 == 9:
                    within = quantiles.interval(counts, 0.95)
                    if not within.low_ms <= true_ms <= within.high_ms:
                        missed += 1
                        break
        assert missed <= 10

    def test_it_narrows(self) -> None:
        counts = {50: 900, 55: 45, 56: 5, 57: 45, 60: 5}
        more = {number: 100 * count for number, count in counts.items()}
        few, many = quantiles.interval(counts, 0.95), quantiles.interval(more, 0.95)
        assert few.low_ms <= many.low_ms < many.high_ms <= few.high_ms < inf

    def test_of_a_few_answers_no_upper_end_is_known(self) -> None:
        assert quantiles.interval({40: 20}, 0.99).high_ms == inf
        assert quantiles.interval({}, 0.99) == quantiles.Interval(0.0, inf)
