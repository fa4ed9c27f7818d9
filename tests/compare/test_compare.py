"""Both sides asked, everything counted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.compare import compare
from migrator.compare.selection import takes
from migrator.domain.comparisons import Difference
from migrator.domain.http import Answer, NoAnswer, Request
from migrator.domain.routes import HttpMatch, Segment


class Side:
    """An endpoint that answers by a function of the path."""

    def __init__(self, answer: Callable[[str], object]) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def ask(self, request: Request) -> Answer | NoAnswer:
        with self._lock:
            self.asked.append(request.path)
        value = self._answer(request.path)
        if isinstance(value, Answer | NoAnswer):
            return value
        return Answer(200, {"content-type": "application/json"}, json.dumps(value).encode())


def paths(count: int) -> list[Request]:
    return [Request("GET", f"/{number}") for number in range(count)]


def test_counts_and_first_examples() -> None:
    legacy = Side(lambda path: {"net": 1, "tax": int(path[1:])})
    canary = Side(lambda path: {"net": 1, "tax": 9} if int(path[1:]) % 2 else {"net": 1})
    requests = [Request("GET", request.path, "a=1&token=secret") for request in paths(10)]
    result = compare("tax", requests, legacy, canary, subject="hash")
    assert (result.inputs, result.equal, result.different, result.failed_legacy, result.failed_canary) == (
        10,
        1,
        9,
        0,
        0,
    )
    assert not result.same
    assert result.subject == "hash"
    assert result.differences == (
        Difference("$.tax", "missing", 5, {"request": "GET /0?a=1&token=***", "legacy": 0}),
        Difference("$.tax", "value", 4, {"request": "GET /1?a=1&token=***", "legacy": 1, "canary": 9}),
    )


def test_a_side_that_fails_does_not_stop_the_run() -> None:
    legacy = Side(lambda path: NoAnswer("refused") if path in ("/1", "/2") else 1)
    canary = Side(lambda path: NoAnswer("timed out") if path in ("/2", "/3") else 1)
    result = compare("tax", paths(6), legacy, canary)
    assert (result.inputs, result.equal, result.different, result.failed_legacy, result.failed_canary) == (
        6,
        3,
        0,
        2,
        2,
    )
    assert not result.same
    assert [(each.path, each.kind, each.example) for each in result.differences] == [
        ("answer", "extra", {"request": "GET /1", "legacy": "refused", "canary": 200}),
        ("answer", "missing", {"request": "GET /3", "legacy": 200, "canary": "timed out"}),
        ("answer", "value", {"request": "GET /2", "legacy": "refused", "canary": "timed out"}),
    ]


def test_nothing_asked_is_not_the_same() -> None:
    assert not compare("tax", [], Side(str), Side(str)).same


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2, None]), st.sampled_from([1, 2, None])), max_size=30), st.integers(1, 5)
)
def test_counts_add_up_and_do_not_depend_on_the_jobs(pairs: list[tuple[int | None, int | None]], jobs: int) -> None:
    def side(which: int) -> Side:
        return Side(lambda path: NoAnswer("no") if (value := pairs[int(path[1:])][which]) is None else value)

    one = compare("tax", paths(len(pairs)), side(0), side(1))
    many = compare("tax", paths(len(pairs)), side(0), side(1), jobs=jobs)
    assert one == many
    both = sum(pair == (None, None) for pair in pairs)
    assert one.inputs == len(pairs) == one.equal + one.different + one.failed_legacy + one.failed_canary - both
    assert one.same == (bool(pairs) and all(a == b is not None for a, b in pairs))


def test_one_job_keeps_the_order_and_every_request_is_asked_once() -> None:
    legacy, canary, seen = Side(str), Side(str), []
    compare("tax", paths(20), legacy, canary, progress=seen.append)
    assert legacy.asked == canary.asked == [f"/{number}" for number in range(20)]
    assert seen == list(range(1, 21))
    legacy, canary = Side(str), Side(str)
    compare("tax", paths(50), legacy, canary, jobs=3)
    assert sorted(legacy.asked) == sorted(canary.asked) == sorted(f"/{number}" for number in range(50))


@pytest.mark.parametrize(
    ("request_", "taken"),
    [
        (Request("POST", "/api/tax/DE", headers={"x-risk": "low"}), True),
        (Request("GET", "/api/tax/DE", headers={"x-risk": "low"}), False),
        (Request("POST", "/api/tax/DE", headers={"x-risk": "high"}), False),
        (Request("POST", "/api/tax/DE"), False),
        (Request("POST", "/api/tax/", headers={"x-risk": "low"}), False),
        (Request("POST", "/api/tax/DE/1", headers={"x-risk": "low"}), False),
        (Request("POST", "/api/vat/DE", headers={"x-risk": "low"}), False),
    ],
)
def test_which_requests_a_route_takes(request_: Request, taken: bool) -> None:
    assert takes(HttpMatch(("POST",), "/api/tax/{country}", Segment("header", "X-Risk", ("low",))), request_) is taken
    assert takes(HttpMatch((), "/a/{b}"), Request("PUT", "/a/%2F"))
