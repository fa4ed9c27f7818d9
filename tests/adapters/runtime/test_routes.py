"""Which route a call takes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.adapters.runtime.function import HttpRoute
from migrator.adapters.runtime.routes import RouteTable

ROUTES = [
    HttpRoute("ANY", "/{proxy+}"),
    HttpRoute("GET", "/pets/{id}"),
    HttpRoute("ANY", "/pets/{id}"),
    HttpRoute("GET", "/pets/dog"),
    HttpRoute("GET", "/pets/dog/{rest+}"),
    HttpRoute("POST", "/a/{x}/b/{y}"),
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/pets/dog", "GET /pets/dog", {}),
        ("GET", "/pets/cat", "GET /pets/{id}", {"id": "cat"}),
        ("PUT", "/pets/dog", "ANY /pets/{id}", {"id": "dog"}),
        ("GET", "/pets/dog/1/2", "GET /pets/dog/{rest+}", {"rest": "1/2"}),
        ("POST", "/a/1/b/ü", "POST /a/{x}/b/{y}", {"x": "1", "y": "ü"}),
        ("POST", "/a/1/c", "ANY /{proxy+}", {"proxy": "a/1/c"}),
        ("GET", "/pets/", "ANY /{proxy+}", {"proxy": "pets/"}),
    ],
)
def test_the_most_special_route_wins(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    for routes in (ROUTES, ROUTES[::-1]):
        found = RouteTable(routes).match(method, path)
        assert found is not None
        assert (found[0].key, found[1]) == (key, parameters)


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("DELETE", "/x"), ("GET", "/x/"), ("GET", "/x/y/z")])
def test_what_no_route_takes(method: str, path: str) -> None:
    assert RouteTable([HttpRoute("GET", "/x"), HttpRoute("GET", "/x/{y}")]).match(method, path) is None


@settings(deadline=None)
@given(st.lists(st.text("abc{}+ü.%", min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_greedy_variable_takes_the_rest_as_it_is(segments: list[str]) -> None:
    found = RouteTable([HttpRoute("ANY", "/{proxy+}")]).match("GET", "/" + "/".join(segments))
    assert found is not None
    assert found[1] == {"proxy": "/".join(segments)}
