"""Each example event through the handler, against a direct call of the view behind it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask import Response
from werkzeug.exceptions import HTTPException

from app import handler, web
from shop import view

# Event, and the arguments that its path stands for.
ANSWERED = [
    ("post-1", {"name": "sample"}),
    ("post-2", {"name": "A-1"}),
    ("post-3", {"name": "with space"}),
    ("post-4", {"name": "Größe"}),
]
# Events whose path no route fits.
UNKNOWN = ("post-miss-beyond",)


@pytest.mark.parametrize(("name", "arguments"), ANSWERED)
def test_the_handler_answers_what_the_view_returns(
    event, context, name: str, arguments: dict[str, Any]
) -> None:
    sent = event(name)
    try:
        expected = directly(sent, arguments)
    except Exception as error:
        # What the view raises has to leave the handler: a function error, not an answer.
        with pytest.raises(type(error)):
            handler(sent, context)
        return
    answer = handler(sent, context)
    body = (
        base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    )
    assert answer["statusCode"] == expected.status_code
    headers = answer["headers"]
    for key in {key.lower() for key, _ in expected.headers} - {"content-length", "set-cookie"}:
        assert headers[key] == ", ".join(expected.headers.getlist(key))
    if expected.is_json:
        assert shape(json.loads(body)) == shape(expected.get_json())
    # A clock or a random number in the answer cannot be compared: a second call tells.
    if directly(sent, arguments).get_data() == expected.get_data():
        assert body == expected.get_data()


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(web.view_functions, "view", broken)
    with pytest.raises(ZeroDivisionError):
        handler(event("post-1"), context)


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_path_that_no_route_fits_is_not_found(event, context, name: str) -> None:
    answer = handler(event(name), context)
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert "<title>404 Not Found</title>" in answer["body"]


def directly(sent: dict[str, Any], arguments: dict[str, Any]) -> Response:
    """The view's answer without the handler, its routes and its events."""
    http = sent["requestContext"]["http"]
    with web.test_request_context(http["path"], method=http["method"], headers=sent["headers"]):
        try:
            returned = view(**arguments)
        except HTTPException as error:
            returned = error.get_response()
        response = web.make_response(returned)
        response.direct_passthrough = False
        return response


def shape(value: Any) -> Any:
    """The keys of a JSON value and the kinds of what they hold."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__
