"""Which calls a route is for at all: the others stay with legacy, and are no part of the comparison."""

from __future__ import annotations

import enum
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.seam import give_weights, loaded, log_of

NAME = "shop.prices.quote"
CANARY = {"lambda": "quote"}
NAN, INF = float("nan"), float("inf")


class Size(enum.Enum):
    SMALL = 1


class Level(enum.IntEnum):
    LOW = 3


def quote(amount: Any = None, country: Any = None) -> str:
    return "legacy"


def entry(weight: float = 100, **segment: Any) -> dict[str, Any]:
    return {NAME: {"weight": weight, "canary": CANARY, "segment": {"argument": "amount", **segment}}}


@pytest.mark.parametrize(
    ("segment", "inside", "outside"),
    [
        ({"in": ["de", "7"]}, ["de", 7], ["DE", "de ", 7.0, None, True, Size.SMALL]),
        ({"in": ["True"]}, [True, "True"], [1, "true"]),
        ({"at_least": 10}, [10, 10.0, 11, Decimal("10"), INF], [9, 9.999, Decimal("9.99"), -INF, "11", None]),
        ({"at_most": 10}, [10, 0, -5, Decimal("10.0"), Level.LOW], [10.01, Decimal("10.01"), 11, "3", [3]]),
        ({"at_least": 1, "at_most": 5}, [1, 5, 2.5], [0, 6]),
        ({"at_most": 0}, [0, -1], [1]),
        ({"at_least": -1}, [0], [True, False, NAN, Decimal("NaN"), Decimal("sNaN"), 1j, b"1"]),
        ({"in": ["3", "30"], "at_most": 10}, [3], [30, 4, "3"]),
    ],
)
def test_a_call_is_in_it_by_the_value_of_its_argument(
    segment: dict[str, Any], inside: list[Any], outside: list[Any], tmp_path: Path
) -> None:
    with loaded(tmp_path, entry(**segment)) as seam:
        for value in inside:
            assert seam.decide(NAME, quote, (value,), {}), value
            assert seam.decide(NAME, quote, (), {"amount": value}), value
        for value in outside:
            assert not seam.decide(NAME, quote, (value,), {}), value
            assert not seam.decide(NAME, quote, (), {"amount": value}), value
        assert not seam.decide(NAME, quote, (), {}), "a call that does not give it"
        assert not log_of(tmp_path)


@pytest.mark.parametrize("weight", [0, 100])
def test_calls_outside_are_not_counted(weight: float, tmp_path: Path) -> None:
    with loaded(tmp_path, entry(weight, at_most=100)) as seam:
        seam.set_sender(lambda *args, **options: '{"result": "canary"}')
        asked = seam.function(NAME, quote)
        answers = [asked(amount) for amount in (50, 500, "50", None, 100)]
        side = "canary" if weight else "legacy"
        assert answers == [side, "legacy", "legacy", "legacy", side]
        seam.write_figures()
        (line,) = (tmp_path / "migrator_seam.figures").read_text().splitlines()
        assert {side: told["tries"] for side, told in json.loads(line)["routes"][NAME].items()} == {side: 2}


def test_who_is_forced_to_the_canary_is_not_taken_into_it(tmp_path: Path) -> None:
    routes = entry(at_most=100)
    routes[NAME] |= {"tenant": {"argument": "country"}, "forced": {"canary": ["de"]}, "weight": 1}
    with loaded(tmp_path, routes) as seam:
        assert seam.decide(NAME, quote, (50, "de"), {})
        assert not seam.decide(NAME, quote, (500, "de"), {})


def test_an_argument_that_cannot_be_looked_at_is_said_and_means_legacy(tmp_path: Path) -> None:
    class Rude:
        def __str__(self) -> str:
            raise RuntimeError("no")

    with loaded(tmp_path, entry(**{"in": ["x"]})) as seam:
        assert not seam.decide(NAME, quote, (Rude(),), {})
        assert [each["outcome"] for each in log_of(tmp_path)] == ["decision"]


@pytest.mark.parametrize(
    "segment",
    [
        {"argument": "amount"},
        {"argument": "amount", "in": []},
        {"at_most": 3},
        {"argument": "amount", "header": "x", "at_most": 3},
        {"cookie": "amount", "at_most": 3},
        {"argument": "amount", "at_most": "3"},
        {"argument": "amount", "at_least": True},
        {"argument": "amount", "at_least": NAN},
    ],
)
def test_one_that_is_none_leaves_the_last_good_weights(segment: dict[str, Any], tmp_path: Path) -> None:
    with loaded(tmp_path, entry(at_most=3)) as seam:
        assert seam.decide(NAME, quote, (1,), {})
        give_weights(tmp_path, {NAME: {"weight": 100, "canary": CANARY, "segment": segment}})
        seam._weights.next_look = 0
        assert seam.decide(NAME, quote, (1,), {}) and not seam.decide(NAME, quote, (4,), {})
        assert [each["outcome"] for each in log_of(tmp_path)] == ["weights"]
