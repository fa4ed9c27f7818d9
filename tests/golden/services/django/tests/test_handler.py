"""Each example event through the handler, against Django's own test client."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

import lambda_web
from app import handler

EXAMPLES = (
    "get-route-1-1",
    "get-route-1-2",
    "get-route-1-3",
    "get-route-1-miss-1",
    "get-route-1-miss-2",
    "post-route-1-1",
    "post-route-1-2",
    "post-route-1-3",
    "post-route-1-miss-1",
    "post-route-1-miss-2",
    "get-route-2-1",
    "get-route-2-miss-1",
    "post-route-2-1",
    "post-route-2-miss-1",
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_handler_answers_what_django_answers(event, context, name: str) -> None:
    sent = event(name)
    try:
        expected = directly(sent)
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
    assert headers.keys() >= {key.lower() for key in expected.headers} - {
        "content-length",
        "set-cookie",
    }
    assert headers["content-type"] == expected.headers["content-type"]
    # A clock or a random number in the answer cannot be compared: a second call tells.
    if directly(sent).content == expected.content:
        assert body == expected.content


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = get_resolver(lambda_web.__name__).url_patterns[0]
    while hasattr(pattern, "url_patterns"):
        pattern = pattern.url_patterns[0]
    monkeypatch.setattr(pattern, "callback", broken())
    with pytest.raises(ZeroDivisionError):
        handler(event(EXAMPLES[0]), context)


def broken() -> Any:
    """A view that fails before anything else is looked at."""

    def view(request: Any, **arguments: Any) -> None:
        raise ZeroDivisionError

    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def directly(sent: dict[str, Any]) -> Any:
    """Django's answer without the handler and its events."""
    path, method = sent["requestContext"]["http"]["path"], sent["requestContext"]["http"]["method"]
    host = sent["headers"]["host"]
    # As behind a front: the test client leaves out the check of forms unless it is asked not to.
    return Client(enforce_csrf_checks=True).generic(
        method, path, secure=True, headers={"host": host, "accept": "*/*"}
    )
