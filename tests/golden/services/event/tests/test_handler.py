"""An event through the handler, with a recorder in place of the function and its effects."""

from __future__ import annotations

from typing import Any

import pytest

import app
from app import handler
from shop import stored as function

ANSWER = {"seen": 1}


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    made: list[Any] = []

    def recorded(event: Any, context: Any) -> Any:
        made.append(event)
        return ANSWER

    monkeypatch.setattr(app, "function", recorded)
    return made


def test_the_function_is_there() -> None:
    assert callable(function)


def test_the_event_is_handed_on_and_the_answer_back(event, context, calls) -> None:
    assert handler(event("event"), context) == ANSWER
    assert calls == [event("event")]


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(event: Any, context: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "function", broken)
    with pytest.raises(ZeroDivisionError):
        handler(event("event"), context)


def test_an_event_that_comes_twice_is_handed_on_once(event, context, calls) -> None:
    first, second = (handler(event("event"), context) for _ in range(2))
    assert first == second == ANSWER
    assert len(calls) == 1


def test_another_event_is_handed_on_as_well(event, context, calls) -> None:
    handler(event("event"), context)
    other = event("event")
    other["Records"][0]["s3"]["object"]["sequencer"] = "another"
    handler(other, context)
    assert len(calls) == 2
