"""Cold starts answer for themselves; and the levels of all gates are the whole."""

from __future__ import annotations

from functools import reduce
from math import comb, exp, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.rollout.statistics import levels
from migrator.rollout.statistics.budget import BudgetTest, Spending, is_overspent, raised, seen
from migrator.rollout.statistics.levels import Kind
from migrator.rollout.statistics.mixture import LOG_PRIOR, log_sum

BUDGET = BudgetTest(level=0.001, share=0.1, free=20)


class TestBudget:
    """Cold starts answer for themselves."""

    def test_a_canary_that_is_always_cold_is_found(self) -> None:
        known = seen(raised(Spending(), BUDGET), 30, 30, BUDGET)
        assert is_overspent(known, BUDGET)

    def test_the_first_ones_of_every_step_are_free(self) -> None:
        known = raised(Spending(), BUDGET)
        for _ in range(5):
            known = raised(seen(known, 20, 20, BUDGET), BUDGET)
        assert known.peak == 0 and known.free == BUDGET.free

    def test_within_the_budget_it_is_never_found(self) -> None:
        known = reduce(lambda a, _: seen(a, 100, 10, BUDGET), range(500), Spending())
        assert not is_overspent(known, BUDGET)

    @pytest.mark.parametrize("rate", [0.1, 0.05])
    def test_its_evidence_is_worth_no_more_than_its_start(self, rate: float) -> None:
        expected = sum(
            comb(60, k) * rate**k * (1 - rate) ** (60 - k) * exp(log_sum(map(sum, zip(LOG_PRIOR, bets, strict=True))))
            for k in range(61)
            for bets in [seen(Spending(), 60, k, BUDGET).bets]
        )
        assert expected <= 1 + 1e-9

    def test_counts_that_cannot_be_are_refused(self) -> None:
        with pytest.raises(InputError):
            seen(Spending(), 3, 4, BUDGET)


@given(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=40))
def test_the_levels_of_all_gates_are_the_whole(kinds: list[Kind]) -> None:
    parts = levels.split(kinds)
    assert isclose(sum(parts), levels.WHOLE)
    assert min(parts) > 0


def test_gates_of_one_kind_get_the_same() -> None:
    assert levels.split([Kind.OTHER] * 32) == (levels.WHOLE / 32,) * 32
