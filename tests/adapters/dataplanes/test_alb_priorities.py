"""The order of the rules of a listener."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.dataplanes.alb.priorities import arranged
from migrator.domain.routes import BalancerRoute, HttpMatch, Segment
from migrator.errors import UsageError


def route(name: str, path: str, *, priority: int = 0, segment: Segment | None = None) -> BalancerRoute:
    return BalancerRoute(name, HttpMatch((), path, segment), "legacy", "canary", 0, priority=priority)


def in_order(places: dict[str, int]) -> list[str]:
    return sorted(places, key=lambda name: places[name])


def test_the_more_specific_path_comes_first_and_a_segment_before_the_whole() -> None:
    risky = Segment("header", "x-risk", ("low",))
    routes = [route("any", "/{a}"), route("tax", "/tax"), route("low", "/tax", segment=risky), route("in", "/tax/{a}")]
    places = dict(arranged(routes, {}, frozenset()))
    assert in_order(places)[:2] == ["low", "tax"]
    assert in_order(places)[-1] == "any"


def test_a_new_rule_goes_between_those_that_are_there_and_moves_none() -> None:
    routes = [route("a", "/a"), route("b", "/b"), route("any", "/{x}")]
    current = {"a": 100, "any": 300}
    places = arranged(routes, current, frozenset())
    assert (places["a"], places["any"]) == (100, 300)
    assert 100 < places["b"] < 300


def test_without_room_between_them_all_are_placed_anew_where_no_rule_is_now() -> None:
    routes = [route("a", "/a"), route("b", "/b"), route("any", "/{x}")]
    places = dict(arranged(routes, {"a": 100, "any": 101}, frozenset({200})))
    assert in_order(places) == ["a", "b", "any"]
    assert not set(places.values()) & {100, 101, 200}


def test_a_priority_that_is_just_leaving_is_only_for_whom_asks_for_it() -> None:
    (free,) = arranged([route("a", "/a")], {}, frozenset()).values()
    leaving = frozenset({free})
    assert arranged([route("a", "/a")], {}, frozenset(), leaving)["a"] != free
    assert arranged([route("a", "/a", priority=free)], {}, frozenset(), leaving)["a"] == free


def test_a_route_has_the_priority_that_it_asks_for() -> None:
    routes = [route("a", "/a", priority=7), route("b", "/b")]
    assert arranged(routes, {"a": 100, "b": 7}, frozenset())["a"] == 7


@pytest.mark.parametrize(
    ("routes", "taken", "says"),
    [
        ([route("a", "/a", priority=7)], {7}, "a asks for priority 7, which a rule has that is not migrator's"),
        ([route("a", "/a", priority=7), route("b", "/b", priority=7)], set(), "a and b both ask for priority 7"),
        ([route("a", "/a", priority=50_001)], set(), "rules have 1 to 50000"),
    ],
)
def test_a_priority_that_cannot_be_had_is_refused(routes: list[BalancerRoute], taken: set[int], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        arranged(routes, {}, frozenset(taken))


@given(
    paths=st.lists(st.sampled_from(["/a", "/b", "/{x}", "/a/{x}", "/a/b", "/{x}/b", "/{x}/{y}"]), unique=True),
    current=st.dictionaries(st.integers(0, 6), st.integers(1, 30), max_size=7),
    taken=st.frozensets(st.integers(1, 30)),
)
def test_the_order_always_holds_and_nobody_elses_priority_is_taken(
    paths: list[str], current: dict[int, int], taken: frozenset[int]
) -> None:
    routes = [route(path, path) for path in paths]
    free = {paths[at]: n for at, n in current.items() if at < len(paths) and n not in taken}
    alone = {name: n for name, n in free.items() if list(free.values()).count(n) == 1}
    places = arranged(routes, alone, taken)
    assert set(places) == set(paths)
    assert len(set(places.values())) == len(places)
    assert not set(places.values()) & taken
    fresh = arranged(routes, {}, frozenset())
    assert in_order(dict(places)) == in_order(dict(fresh))
    assert arranged(routes, places, taken) == places, "and it stays as it is"
