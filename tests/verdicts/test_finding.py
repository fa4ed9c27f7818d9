"""The candidate that a typed name means."""

from __future__ import annotations

import pytest

from migrator.errors import UsageError
from migrator.verdicts import assess, find
from migrator.verdicts.finding import nearest_names
from tests.support.assessed import HandModel, HandSummary, candidate

NAMES = ("shop.api.tax.quote", "shop.api.rates.quote", "shop.api.tax.quote_tax", "shop.web.orders.place")
CANDIDATES = assess(HandModel(*((candidate(name), HandSummary()) for name in NAMES)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shop.api.tax.quote", "shop.api.tax.quote"),
        ("tax.quote", "shop.api.tax.quote"),
        ("quote_tax", "shop.api.tax.quote_tax"),
        ("place", "shop.web.orders.place"),
    ],
)
def test_whole_names_and_unique_ends(typed: str, meant: str) -> None:
    assert find(CANDIDATES, typed).name == meant


def test_an_end_that_several_have_is_refused_with_their_names() -> None:
    with pytest.raises(UsageError) as raised:
        find(CANDIDATES, "quote")
    assert "2 candidates" in raised.value.message
    assert "shop.api.rates.quote or shop.api.tax.quote" in raised.value.hint


@pytest.mark.parametrize("typed", ["qoute_tax", "shop.api.tax.qoute_tax", "tax.quote_taxes"])
def test_a_slip_of_the_pen_is_offered_the_right_name(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        find(CANDIDATES, typed)
    assert "shop.api.tax.quote_tax" in raised.value.hint


@pytest.mark.parametrize("typed", ["", "zzzzzz", "uote", "."])
def test_a_name_like_nothing_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no candidate"):
        find(CANDIDATES, typed)


def test_no_candidates_at_all() -> None:
    with pytest.raises(UsageError, match="no candidate"):
        find((), "anything")


def test_nearest_names_are_a_handful() -> None:
    assert len(nearest_names([f"app.view{number}" for number in range(50)], "app.view")) == 5
