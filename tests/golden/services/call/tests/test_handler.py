"""Calls through the handler, with a recorder in place of the function and its effects."""

from __future__ import annotations

import inspect
from datetime import date
from typing import Any

import pytest

import app
from app import handler
from lambda_call import BadCall
from shop import greet as function

EXAMPLES = ("call", "call-with-everything")


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Any], dict[str, Any]]]:
    made: list[tuple[list[Any], dict[str, Any]]] = []

    def recorded(*args: Any, **kwargs: Any) -> Any:
        made.append((list(args), kwargs))
        return {"day": date(2026, 1, 31)}

    monkeypatch.setattr(app, "function", recorded)
    return made


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_event_is_one_call_and_its_result_the_answer(event, context, calls, name: str) -> None:
    sent = event(name)
    assert handler(sent, context) == {"result": {"day": "2026-01-31"}}
    assert calls == [(sent["args"], sent["kwargs"])]


def test_arguments_arrive_as_they_were_sent(context, calls) -> None:
    handler({"id": "x", "args": [1, "two", None], "kwargs": {"b": [3], "a": {"four": 4}}}, context)
    assert calls == [([1, "two", None], {"b": [3], "a": {"four": 4}})]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_arguments_fit_the_function(event, name: str) -> None:
    sent = event(name)
    inspect.signature(function).bind(*sent["args"], **sent["kwargs"])


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "function", broken)
    with pytest.raises(ZeroDivisionError):
        handler(event(EXAMPLES[0]), context)


@pytest.mark.parametrize(
    "sent", [{}, {"id": ""}, {"id": "x", "args": {}}, {"id": "x", "kwargs": []}]
)
def test_what_is_no_call_is_refused(context, calls, sent: dict[str, Any]) -> None:
    with pytest.raises(BadCall):
        handler(sent, context)
    assert calls == []


def test_what_was_done_is_not_done_again(event, context, calls) -> None:
    first, second = (handler(event(EXAMPLES[0]), context) for _ in range(2))
    assert first == second
    assert len(calls) == 1


def test_the_same_arguments_under_another_id_are_another_run(event, context, calls) -> None:
    handler(event(EXAMPLES[0]), context)
    handler({**event(EXAMPLES[0]), "id": "another"}, context)
    assert len(calls) == 2
