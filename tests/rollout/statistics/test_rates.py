"""A side against a known rate, and the highest rate that a record allows."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.rollout.statistics import rates


class TestRates:
    """A side against a known rate."""

    @given(st.floats(0.001, 0.5), st.floats(0.1, 5), st.integers(1, 30))
    def test_a_ratio_is_one_of_binomials(self, null: float, log_odds: float, requests: int) -> None:
        odds = null / (1 - null) * exp(log_odds)
        tried = odds / (1 + odds)
        for failures in range(requests + 1):
            expected = failures * log(tried / null) + (requests - failures) * log((1 - tried) / (1 - null))
            assert rates.log_ratio(failures, requests, null, log_odds) == pytest.approx(expected, abs=1e-6)

    def test_the_highest_rate_is_exceeded_as_rarely_as_promised(self) -> None:
        """Looked at after every tenth of 2,000 requests; 300 runs at a level of 5 %, of which 15 may be wrong."""
        wrong = 0
        for seed in range(300):
            dice, failures = random.Random(seed), 0
            for request in range(1, 2001):
                failures += dice.random() < 0.02
                if request % 10 == 0 and rates.highest_rate(failures, request, 0.05) < 0.02:
                    wrong += 1
                    break
        assert wrong <= 15

    @given(st.integers(0, 500), st.integers(0, 5000))
    def test_it_is_never_below_the_record(self, failures: int, more: int) -> None:
        requests = failures + more
        highest = rates.highest_rate(failures, requests, 0.001)
        assert (failures / requests if requests else 1) <= highest <= 1
