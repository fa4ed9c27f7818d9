"""The times between which answers are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.rollout.statistics.buckets import bound_ms, number_of, quantile_ms


@given(st.floats(0, 1e7))
def test_a_time_lies_in_its_bucket(time_ms: float) -> None:
    number = number_of(time_ms)
    assert time_ms <= bound_ms(number) * (1 + 1e-7)
    assert number == 0 or time_ms > bound_ms(number - 1) * (1 - 1e-7)


@given(st.integers(0, 200))
def test_a_bound_belongs_to_the_bucket_below_it(number: int) -> None:
    assert number_of(bound_ms(number)) == number


def test_a_quantile_is_the_upper_bound_of_its_bucket() -> None:
    assert quantile_ms({10: 19}, 0.95) is None
    assert quantile_ms({10: 95, 20: 5}, 0.95) == pytest.approx(0.1 * 1.1**10)
    assert quantile_ms({10: 94, 20: 6}, 0.95) == pytest.approx(0.1 * 1.1**20)
