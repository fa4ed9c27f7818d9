"""Units add up, keep the order of weights, and never turn a weight into an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.routes import Weight
from migrator.router.weights import effective, from_units, to_units, total_units

weights = st.floats(0, 100, allow_nan=False).map(Weight)
resolutions = st.sampled_from([0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 50.0])


@given(weights, resolutions)
def test_units_add_up_to_the_whole(weight: Weight, resolution: float) -> None:
    canary, legacy = to_units(weight, resolution)
    assert canary + legacy == total_units(resolution)
    assert canary >= 0 <= legacy


@given(weights, resolutions)
def test_only_an_end_becomes_an_end(weight: Weight, resolution: float) -> None:
    canary, legacy = to_units(weight, resolution)
    assert (canary == 0) == (weight.canary == 0)
    assert (legacy == 0) == (weight.canary == 100)


@given(weights, weights, resolutions)
def test_a_larger_weight_never_gets_fewer_units(one: Weight, other: Weight, resolution: float) -> None:
    small, large = sorted((one, other), key=lambda weight: weight.canary)
    assert to_units(small, resolution)[0] <= to_units(large, resolution)[0]


@given(weights, resolutions)
def test_rounding_moves_a_weight_by_less_than_a_step_and_only_once(weight: Weight, resolution: float) -> None:
    once = effective(weight, resolution)
    assert abs(once.canary - weight.canary) <= resolution
    assert effective(once, resolution) == once


def test_examples() -> None:
    assert effective(Weight(0.001), 0.01) == Weight(0.01)
    assert effective(Weight(99.999), 1.0) == Weight(99)
    assert effective(Weight(12.5), 0.01) == Weight(12.5)
    assert from_units(0, 0) == Weight(0)
    assert from_units(1, 3) == Weight(25)


@pytest.mark.parametrize("resolution", [0.03, 100.0, 33.0])
def test_a_resolution_that_does_not_divide_100_is_refused(resolution: float) -> None:
    with pytest.raises(ValueError, match="divides 100"):
        total_units(resolution)
