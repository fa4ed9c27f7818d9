"""What stands beside a rule: only what tags may hold, and the route again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.dataplanes.alb.conditions import conditions_of
from migrator.adapters.dataplanes.alb.tags import RECORDED, route_in, tags_of, weight_in, weight_tag
from migrator.domain.routes import BalancerRoute, HttpMatch, Segment, Weight
from migrator.router.weights import effective

# Of the model of the service: `^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`, up to 256 characters; this is the part of it in ASCII.
_ALLOWED = re.compile(r"[A-Za-z0-9 _.:/=+\-@]{0,256}")
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(
    name=_TEXTS,
    header=st.sampled_from(["x-risk", "x_~1"]),
    values=st.lists(_TEXTS, min_size=1, max_size=2, unique=True),
)
def test_tags_hold_any_route_in_the_characters_that_aws_allows(name: str, header: str, values: list[str]) -> None:
    match = HttpMatch(("GET", "HEAD"), "/a~b/{id}", Segment("header", header, tuple(values)), ("a.example",))
    route = BalancerRoute(name, match, "arn:aws:legacy/1", "arn:aws:canary/2", 20)
    tags = tags_of(route)
    assert all(_ALLOWED.fullmatch(value) for value in tags.values()), tags
    assert route_in(tags, conditions_of(match), 100, Weight(20)) == route


@given(st.floats(0, 100))
def test_a_weight_comes_back_from_its_tag(percent: float) -> None:
    weight = effective(Weight(percent), 0.2)
    assert weight_in({RECORDED: weight_tag(weight)}, RECORDED) == weight
    assert _ALLOWED.fullmatch(weight_tag(weight))


@pytest.mark.parametrize("said", ["", "soon", "101", "-1", "nan"])
def test_a_tag_that_says_no_weight_is_none(said: str) -> None:
    assert weight_in({RECORDED: said}, RECORDED) is None
