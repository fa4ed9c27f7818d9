"""Planes as one: a group moves together, and no route is above what it depends on."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.rollouts import Phase
from migrator.domain.routes import Weight
from migrator.errors import Refused, RemoteError
from migrator.rollout.by_route import Bonds, MetricsByRoute, MetricsOfGroups, PlaneByRoute
from migrator.rollout.ports import Drift, Fence, Fenced
from tests.support.fake_measures import FakeMetrics, observed
from tests.support.fake_plane import FakePlane
from tests.support.rollout_world import World

NAMES = ("a", "b", "c", "d")


def plane(bonds: Bonds, **weights: float) -> PlaneByRoute:
    """Two planes, each with every other route, at these weights."""
    planes = (FakePlane(), FakePlane())
    for number, (name, weight) in enumerate(weights.items()):
        planes[number % 2].live[name] = weight
    return PlaneByRoute({name: planes[number % 2] for number, name in enumerate(weights)}, planes[0], bonds)


def live(joined: PlaneByRoute) -> dict[str, float]:
    return {name: weight.canary for name in joined.planes if (weight := joined.weights(name)) is not None}


def test_a_group_moves_as_one_over_its_planes() -> None:
    joined = plane(Bonds({"a": ("b",), "b": ("a",)}), a=5, b=5, c=5)
    assert joined.shift("b", Weight(25)) == Weight(25)
    assert live(joined) == {"a": 25, "b": 25, "c": 5}


def test_a_route_of_a_group_that_is_not_applied_yet_hinders_nobody() -> None:
    joined = plane(Bonds({"a": ("z",)}), a=5)
    joined.shift("a", Weight(10))
    assert live(joined) == {"a": 10}


def test_nothing_rises_above_what_it_depends_on() -> None:
    joined = plane(Bonds({}, {"b": ("a",)}), a=10, b=5)
    joined.shift("b", Weight(10))
    with pytest.raises(RemoteError, match="11 % of b would be above the 10 % of a") as caught:
        joined.shift("b", Weight(11), overwrite=True)
    assert caught.value.retryable and live(joined) == {"a": 10, "b": 10}


def test_what_depends_on_an_unknown_route_stays_at_nothing() -> None:
    joined = plane(Bonds({}, {"b": ("z",)}), b=0)
    with pytest.raises(RemoteError, match="above the 0 % of z"):
        joined.shift("b", Weight(1))
    joined.shift("b", Weight(0))


def test_a_rollback_takes_what_depends_on_it_along_whatever_a_hand_did() -> None:
    joined = plane(Bonds({}, {"b": ("a",), "c": ("b",)}), a=50, b=50, c=20)
    fake = joined.planes["b"]
    assert isinstance(fake, FakePlane)
    fake.noted["b"] = 10  # a hand has set 50
    joined.shift("a", Weight(0), overwrite=True)
    assert live(joined) == {"a": 0, "b": 0, "c": 0}


def test_where_the_plane_refuses_nothing_else_is_touched() -> None:
    joined = plane(Bonds({"a": ("c",)}, {"b": ("a",)}), a=50, b=50, c=50)
    fake = joined.planes["a"]
    assert isinstance(fake, FakePlane)
    fake.noted["a"] = 10  # a hand has set 50
    with pytest.raises(Drift):
        joined.shift("a", Weight(20))
    assert live(joined) == {"a": 50, "b": 50, "c": 50}


def test_a_plane_that_is_down_keeps_no_other_from_being_lowered() -> None:
    bonds = Bonds({"a": ("c",), "c": ("a",)}, {"b": ("a",), "d": ("a",)})
    joined = plane(bonds, a=50, b=50, c=50, d=20)
    broken = joined.planes["b"]
    assert isinstance(broken, FakePlane)
    broken.down = "no answer"
    with pytest.raises(RemoteError, match="no answer"):
        joined.shift("a", Weight(0), overwrite=True)
    broken.down = ""
    assert live(joined) == {"a": 0, "b": 50, "c": 0, "d": 20}
    joined.shift("a", Weight(0), overwrite=True)
    assert live(joined) == {"a": 0, "b": 0, "c": 0, "d": 0}, "the next try takes the others off"


def test_a_fence_holds_for_the_group_and_leaves_those_of_other_rollouts_as_they_are() -> None:
    joined = plane(Bonds({"a": ("c",), "c": ("a",)}, {"b": ("a",)}), a=50, b=50, c=50)
    joined.shift("b", Weight(50), fence=Fence(9.0, 5))
    joined.shift("a", Weight(20), fence=Fence(2.0, 1))
    assert live(joined) == {"a": 20, "b": 20, "c": 20}
    for member in ("a", "c"):
        with pytest.raises(Fenced):
            joined.shift(member, Weight(21), fence=Fence(1.0, 9))
    joined.shift("a", Weight(10))  # a person's word: for the group any record may begin anew, and not for b
    assert live(joined) == {"a": 10, "b": 10, "c": 10}
    joined.shift("c", Weight(30), fence=Fence(1.0, 9))
    with pytest.raises(Fenced):
        joined.shift("b", Weight(11), fence=Fence(9.0, 4))
    joined.shift("b", Weight(11), fence=Fence(9.0, 5))


@settings(deadline=None)
@given(
    st.permutations(NAMES),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=5),
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 100)), max_size=12),
)
def test_dependencies_hold_after_any_shifts(
    order: list[str], pairs: list[tuple[str, str]], shifts: list[tuple[str, int]]
) -> None:
    # Only towards routes earlier in the order, so that there are no cycles.
    bound = {(low, high) for low, high in pairs if order.index(high) < order.index(low)}
    above = {name: tuple(high for low, high in bound if low == name) for name in NAMES}
    joined = plane(Bonds({}, {name: found for name, found in above.items() if found}), a=0, b=0, c=0, d=0)
    for name, weight in shifts:
        try:
            joined.shift(name, Weight(weight))
        except RemoteError:
            assert weight > 0, "to take traffic off is never refused"
        now = live(joined)
        assert all(now[low] <= now[high] for low, high in bound)


def test_a_second_rollout_in_a_group_is_refused_while_the_first_is_not_over() -> None:
    world = World()
    world.start()
    world.tick()
    other = replace(world.state.plan, route="other")
    controller = replace(
        world.controller,
        routes={
            **world.controller.routes,
            "other": replace(next(iter(world.controller.routes.values())), name="other"),
        },
        together={"other": ("tax",), "tax": ("other",)},
    )
    with pytest.raises(Refused, match=r"one sticky group.*the rollout of tax is"):
        controller.start(other)
    for _ in itertools.repeat(None, 3):
        controller.rollback("tax", "told to")
    assert world.state.phase is Phase.ROLLED_BACK
    controller.start(other)


def group_of_two() -> tuple[MetricsOfGroups, FakeMetrics, FakeMetrics]:
    quote, order = FakeMetrics(), FakeMetrics()
    order.clock = quote.clock
    apart = MetricsByRoute({"quote": quote, "order": order}, quote)
    return MetricsOfGroups(apart, {"quote": ("order",), "order": ("quote",)}), quote, order


def test_a_group_counts_as_one_so_that_none_of_its_routes_fails_unseen() -> None:
    grouped, quote, order = group_of_two()
    mark = grouped.mark("quote")
    quote.answer, order.answer = observed(canary=(100, 0)), observed(canary=(40, 30))
    seen = grouped.since("quote", mark)
    assert isinstance(seen, Observation)
    assert (seen.canary.requests, seen.canary.first_try_errors, seen.legacy.requests) == (140, 30, 7600)
    again = grouped.since("quote", seen.mark)
    assert isinstance(again, Observation)
    assert (quote.asked, order.asked) == (["quote 1", "quote 2"], ["order 1", "order 2"])


def test_a_group_of_which_one_route_has_no_figures_has_none() -> None:
    grouped, _, order = group_of_two()
    mark = grouped.mark("quote")
    order.answer = NoData("restarted", mark_lost=True)
    assert grouped.since("quote", mark) == NoData("order: restarted", mark_lost=True)
    assert grouped.since("quote", "quote 1") == NoData("the mark is not of this group's routes", mark_lost=True)


def test_a_group_is_measured_as_well_as_its_worst_route() -> None:
    grouped, quote, order = group_of_two()
    quote.measuring = Measuring("envoy", lag_s=0, cold_starts=True, throttles=True)
    order.measuring = Measuring("seam", lag_s=5, times=True, throttles=True)
    assert grouped.about("quote") == Measuring("seam and envoy", lag_s=5, times=True, throttles=True)


def test_a_route_by_itself_is_as_its_source_says() -> None:
    alone = FakeMetrics()
    grouped = MetricsOfGroups(MetricsByRoute({}, alone), {})
    mark = grouped.mark("tax")
    assert mark == "tax 1" and isinstance(grouped.since("tax", mark), Observation)
