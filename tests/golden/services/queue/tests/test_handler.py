"""Messages through the handler, with a recorder in place of the function and its effects."""

from __future__ import annotations

import copy
import inspect
import json
from typing import Any

import pytest

import app
from app import handler
from shop.jobs import tell as function


class Client:
    """What the handler asks of SQS, remembered."""

    def __init__(self) -> None:
        self.held_back: list[dict[str, Any]] = []
        self.given_up: list[dict[str, Any]] = []

    def change_message_visibility(self, **asked: Any) -> None:
        self.held_back.append(asked)

    def send_message(self, **asked: Any) -> None:
        self.given_up.append(asked)


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    made = Client()
    monkeypatch.setattr(app.queue, "client", made)
    return made


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Any], dict[str, Any]]]:
    made: list[tuple[list[Any], dict[str, Any]]] = []

    def recorded(*args: Any, **kwargs: Any) -> None:
        made.append((list(args), kwargs))

    monkeypatch.setattr(app, "function", recorded)
    return made


def failing(error: type[BaseException]) -> Any:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise error.__new__(error)

    return broken


def bodies(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(record["body"]) for record in event["Records"]]


def received(event: dict[str, Any], times: int) -> dict[str, Any]:
    """The event as it looks on a later delivery."""
    made = copy.deepcopy(event)
    for record in made["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(times)
    return made


class Unexpected(Exception):
    """No library raises it."""


@pytest.mark.parametrize("name", ["message", "batch"])
def test_each_message_is_one_call(event, context, calls, client, name: str) -> None:
    sent = event(name)
    assert handler(sent, context) == {"batchItemFailures": []}
    assert calls == [(body["args"], body["kwargs"]) for body in bodies(sent)]
    assert client.given_up == []


def test_arguments_arrive_as_they_were_sent(event, context, calls) -> None:
    sent = event("message")
    body = {**bodies(sent)[0], "args": [1, "two", None], "kwargs": {"b": [3], "a": {"four": 4}}}
    sent["Records"][0]["body"] = json.dumps(body)
    handler(sent, context)
    assert calls == [([1, "two", None], {"b": [3], "a": {"four": 4}})]


def test_the_example_arguments_fit_the_function(event) -> None:
    for body in bodies(event("batch")):
        inspect.signature(function).bind(*body["args"], **body["kwargs"])


def test_what_is_no_message_is_given_up_and_not_run(event, context, calls, client) -> None:
    sent = event("unreadable")
    assert handler(sent, context) == {"batchItemFailures": []}
    assert calls == []
    assert [asked["MessageBody"] for asked in client.given_up] == [sent["Records"][0]["body"]]
    assert "BadMessage" in client.given_up[0]["MessageAttributes"]["error"]["StringValue"]


def test_a_message_that_cannot_be_given_up_comes_again(
    event, context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.queue, "client", None)
    sent = event("unreadable")
    assert handler(sent, context) == {
        "batchItemFailures": [{"itemIdentifier": sent["Records"][0]["messageId"]}]
    }


def test_an_unexpected_error_is_given_up_at_once(
    event, context, client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "function", failing(Unexpected))
    assert handler(event("message"), context) == {"batchItemFailures": []}
    assert "Unexpected" in client.given_up[0]["MessageAttributes"]["error"]["StringValue"]
    assert client.held_back == []


def expected() -> type[BaseException]:
    """An exception after which the task runs again."""
    found = app.retries.errors
    while isinstance(found, tuple):
        found = found[0]
    return found


def test_an_expected_error_returns_the_message_alone(
    event, context, calls, client, monkeypatch
) -> None:
    good = app.function
    broken = failing(expected())
    turns = iter([broken, good, good])
    monkeypatch.setattr(app, "function", lambda *args, **kwargs: next(turns)(*args, **kwargs))
    sent = event("batch")
    first = sent["Records"][0]
    assert handler(sent, context) == {"batchItemFailures": [{"itemIdentifier": first["messageId"]}]}
    assert len(calls) == len(sent["Records"]) - 1
    assert client.given_up == []
    [asked] = client.held_back
    assert asked["ReceiptHandle"] == first["receiptHandle"]
    assert 0 <= asked["VisibilityTimeout"] <= 43_200


def test_after_its_last_run_the_message_is_given_up(
    event, context, client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "function", failing(expected()))
    last = received(event("message"), 4)
    assert handler(last, context) == {"batchItemFailures": []}
    assert len(client.given_up) == 1
    assert client.held_back == []


def test_no_record_is_begun_without_the_time_for_it(event, context, calls, client) -> None:
    context.aws_request_id, context.remaining_ms = "hurried", 0
    sent = event("batch")
    rest = [record["messageId"] for record in sent["Records"][1:]]
    assert handler(sent, context) == {
        "batchItemFailures": [{"itemIdentifier": each} for each in rest]
    }
    assert len(calls) == 1
    assert [asked["VisibilityTimeout"] for asked in client.held_back] == [0] * len(rest)


def test_what_was_done_is_not_done_again(event, context, calls) -> None:
    for _ in range(2):
        assert handler(event("message"), context) == {"batchItemFailures": []}
    assert len(calls) == 1


def test_the_same_arguments_under_another_id_are_another_task(event, context, calls) -> None:
    sent = event("message")
    handler(sent, context)
    sent["Records"][0]["body"] = json.dumps({**bodies(sent)[0], "id": "another"})
    handler(sent, context)
    assert len(calls) == 2


def test_what_failed_may_be_done_again(
    event, context, calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = app.function
    monkeypatch.setattr(app, "function", failing(Unexpected))
    handler(event("message"), context)
    monkeypatch.setattr(app, "function", good)
    handler(event("message"), context)
    assert len(calls) == 1
