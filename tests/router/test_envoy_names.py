"""Names are safe in Envoy and different for different routes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from migrator.router.envoy_names import UNROUTED, names_of


@given(st.text())
def test_a_key_is_safe_whatever_the_name(route: str) -> None:
    names = names_of(route)
    assert re.fullmatch(r"[a-z0-9.-]{1,60}", names.key)
    assert UNROUTED not in names.clusters


@given(st.lists(st.text(alphabet="aA-._/ ü1", max_size=6), unique=True, min_size=2, max_size=30))
def test_different_routes_share_no_cluster(routes: list[str]) -> None:
    clusters = [cluster for route in routes for cluster in names_of(route).clusters]
    assert len(set(clusters)) == len(clusters)


def test_no_route_can_be_named_like_the_key_of_another() -> None:
    assert names_of(names_of("A B").key).key != names_of("A B").key
    assert names_of("tax").key == "tax"
    assert names_of("unrouted").key != "unrouted"
