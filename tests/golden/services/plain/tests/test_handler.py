"""Each example event through the handler, against a direct call of the function behind it."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest

from app import handler
from shop import view

# Event, and the arguments that its path stands for.
ANSWERED = [
    ("get-route-1-1", {"order": UUID("2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77"), "cents": 7}),
    ("get-route-1-2", {"order": UUID("9b2c7e5a-1d3f-4c6b-8e7d-5a4b3c2d1e0f"), "cents": 7}),
    ("get-route-2-1", {"country": "sample", "cents": 7}),
    ("get-route-2-2", {"country": "A-1", "cents": 0}),
    ("get-route-2-3", {"country": "with space", "cents": 1999}),
    ("get-route-2-4", {"country": "Größe", "cents": 123456}),
]
# Events whose path no route fits.
UNKNOWN = (
    "get-route-1-miss-1",
    "get-route-1-miss-beyond",
    "get-route-2-miss-1",
    "get-route-2-miss-beyond",
)


@pytest.mark.parametrize(("name", "arguments"), ANSWERED)
def test_the_handler_answers_what_the_function_returns(
    event, context, name: str, arguments: dict[str, Any]
) -> None:
    try:
        status, headers, body = unpacked(view(**arguments))
    except Exception as error:
        # What the function raises has to leave the handler: a function error, not an answer.
        with pytest.raises(type(error)):
            handler(event(name), context)
        return
    answer = handler(event(name), context)
    sent = (
        base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    )
    assert answer["statusCode"] == status
    for key, value in headers.items():
        assert key == "set-cookie" or answer["headers"][key] == str(value)
    if isinstance(body, dict | list):
        assert answer["headers"]["content-type"] == headers.get("content-type", "application/json")
        expected = json.loads(json.dumps(body, default=as_json))
        assert shape(json.loads(sent)) == shape(expected)
        if view_is_steady(arguments, body):
            assert json.loads(sent) == expected
    else:
        assert answer["headers"]["content-type"] == headers.get(
            "content-type", "text/html; charset=utf-8"
        )
        if view_is_steady(arguments, body):
            assert sent == (body.encode() if isinstance(body, str) else bytes(body))


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.view", broken)
    with pytest.raises(ZeroDivisionError):
        handler(event("get-route-1-1"), context)


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_path_that_no_route_fits_is_not_found(event, context, name: str) -> None:
    answer = handler(event(name), context)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert "<title>404 Not Found</title>" in answer["body"]


def unpacked(value: Any) -> tuple[int, dict[str, Any], Any]:
    """Status, headers (lower case) and body of what the function returns."""
    if not isinstance(value, tuple):
        return 200, {}, value
    body, *rest = value
    status = next((int(str(each).split()[0]) for each in rest if isinstance(each, int | str)), 200)
    headers = next((dict(each) for each in rest if isinstance(each, dict | list | tuple)), {})
    return status, {key.lower(): value for key, value in headers.items()}, body


def view_is_steady(arguments: dict[str, Any], body: Any) -> bool:
    """Whether a second call gives the same: a clock or a random number cannot be compared."""
    return bool(unpacked(view(**arguments))[2] == body)


def shape(value: Any) -> Any:
    """The keys of a JSON value and the kinds of what they hold."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def as_json(value: Any) -> Any:
    """What the monolith's JSON makes of what JSON does not know."""
    if isinstance(value, date):
        moment = (
            value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        )
        return format_datetime(
            (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), usegmt=True
        )
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
