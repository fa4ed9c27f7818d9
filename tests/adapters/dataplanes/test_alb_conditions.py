"""Which calls a rule of a load balancer takes: exactly those of the template, or none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from migrator.adapters.dataplanes.alb.conditions import conditions_of, normal, shown
from migrator.domain.routes import HttpMatch, Segment
from migrator.errors import UsageError


def takes(match: HttpMatch, path: str) -> bool:
    """Whether a path passes the path condition, as AWS documents it: wildcards of values, and regular expressions."""
    (config,) = (each["PathPatternConfig"] for each in conditions_of(match) if each["Field"] == "path-pattern")
    values = [re.escape(value).replace(r"\*", ".*").replace(r"\?", ".") for value in config.get("Values", ())]
    return any(re.fullmatch(value, path) for value in values) or any(
        re.search(pattern, path) for pattern in config.get("RegexValues", ())
    )


def condition(match: HttpMatch, field: str) -> dict[str, Any]:
    (found,) = (each for each in conditions_of(match) if each["Field"] == field)
    return found


@pytest.mark.parametrize(
    ("template", "path", "taken"),
    [
        ("/api/tax", "/api/tax", True),
        ("/api/tax", "/api/tax/DE", False),
        ("/api/tax", "/API/tax", False),
        ("/api/tax/{country}", "/api/tax/DE", True),
        ("/api/tax/{country}", "/api/tax/DE?year=2026", True),
        ("/api/tax/{country}", "/api/tax/DE/rates", False),
        ("/api/tax/{country}", "/api/tax/", False),
        ("/api/tax/{country}", "/v2/api/tax/DE", False),
        ("/api/{a}/b/{c}", "/api/1/b/2", True),
        ("/api/{a}/b/{c}", "/api/1/x/b/2", False),
        ("/a.b/{c}", "/aXb/1", False),
        ("/a*", "/a*", True),
        ("/a*", "/abc", False),
        ("/größe", "/gr%C3%B6%c3%9fe", True),
        ("/größe", "/gr%C3%B6sse", False),
        ("/", "/", True),
        ("/", "/a", False),
    ],
)
def test_a_path_is_matched_exactly(template: str, path: str, taken: bool) -> None:
    assert takes(HttpMatch((), template), path) is taken


def test_a_segment_of_a_path_parameter_stands_in_the_path() -> None:
    match = HttpMatch((), "/api/tax/{country}", Segment("parameter", "country", ("DE", "A.T")))
    assert takes(match, "/api/tax/DE")
    assert takes(match, "/api/tax/A.T")
    assert not takes(match, "/api/tax/AXT")
    assert not takes(match, "/api/tax/DEX")


def test_values_of_a_header_are_one_expression_because_plain_ones_know_no_case() -> None:
    match = HttpMatch((), "/", Segment("header", "x-risk", ("low", "mid+", "*", "none")))
    config = condition(match, "http-header")["HttpHeaderConfig"]
    assert config == {"HttpHeaderName": "x-risk", "RegexValues": [r"^(low|mid\+|\*|none)$"]}


def test_methods_and_hosts_are_compared_as_they_are() -> None:
    match = HttpMatch(("GET", "HEAD"), "/", hosts=("shop.example.com",))
    assert condition(match, "http-request-method")["HttpRequestMethodConfig"] == {"Values": ["GET", "HEAD"]}
    assert condition(match, "host-header")["HostHeaderConfig"] == {"Values": ["shop.example.com"]}


@pytest.mark.parametrize(
    ("match", "says"),
    [
        (
            HttpMatch(("GET", "HEAD", "POST", "PUT"), "/"),
            "4 methods are too many.*up to 3 of a kind: GET, HEAD, POST, PUT",
        ),
        (
            HttpMatch(("GET", "HEAD", "POST"), "/", hosts=("a.example", "b.example")),
            "up to 5 values, these are 6: 1 path, 3 methods, 2 hosts",
        ),
        (HttpMatch((), "/" + "a" * 128), "129 characters.*up to 128"),
        (HttpMatch((), "/", hosts=("localhost",)), "the host localhost"),
        (HttpMatch((), "/", hosts=("*.example.com",)), r"the host \*\.example"),
        (HttpMatch(("get",), "/"), "the method get"),
        (HttpMatch((), "/", Segment("claim", "plan", ("free",))), "by the claim plan"),
        (HttpMatch((), "/", Segment("header", "x-age", at_least=3)), "x-age as a number"),
        (HttpMatch((), "/", Segment("header", "Host", ("a",))), "compared as a host"),
        (HttpMatch((), "/", Segment("header", "x" * 41, ("a",))), "41 characters.*up to 40"),
        (HttpMatch((), "/{id}", Segment("parameter", "id", at_most=3)), "bounds of the path parameter id"),
        (HttpMatch((), "/{id}", Segment("parameter", "other", ("1",))), "path parameter other"),
    ],
)
def test_what_a_rule_cannot_say_is_refused(match: HttpMatch, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        conditions_of(match)


def test_conditions_mean_the_same_in_whatever_form_and_order_aws_gives_them_back() -> None:
    ours = conditions_of(HttpMatch(("GET", "HEAD"), "/a", hosts=("a.example",)))
    theirs = [
        {"Field": "host-header", "Values": ["a.example"], "HostHeaderConfig": {"Values": ["a.example"]}},
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["HEAD", "GET"]}},
        {"Field": "path-pattern", "Values": ["/a"]},
    ]
    assert normal(ours) == normal(theirs)
    assert normal(ours) != normal(theirs[:2])


def test_conditions_of_a_hand_are_shown_as_they_stand() -> None:
    conditions = [
        {"Field": "path-pattern", "Values": ["/a/*"]},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Risk", "Values": ["low"]}},
    ]
    assert shown(conditions) == HttpMatch((), "/a/*", Segment("header", "x-risk", ("low",)))
