"""Each example event through the handler, against the framework's own test client."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

import lambda_web
from app import handler
from lambda_web import web

EXAMPLES = ("get-1", "get-2", "get-3", "get-miss-beyond")
client = TestClient(web)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_handler_answers_what_the_framework_answers(event, context, name: str) -> None:
    sent = event(name)
    try:
        expected = directly(sent)
    except Exception as error:
        # What the function raises has to leave the handler: a function error, not an answer.
        with pytest.raises(type(error)):
            handler(sent, context)
        return
    answer = handler(sent, context)
    body = (
        base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    )
    assert answer["statusCode"] == expected.status_code
    headers = headers_of(answer)
    assert headers.keys() >= expected.headers.keys() - {"content-length", "set-cookie"}
    if "content-type" in expected.headers:
        assert headers["content-type"] == expected.headers["content-type"]
    # A clock or a random number in the answer cannot be compared: a second call tells.
    if directly(sent).content == expected.content:
        assert body == expected.content


def test_an_error_leaves_the_handler(event, context, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lambda_web, "web", broken)
    with pytest.raises(ZeroDivisionError):
        handler(event(EXAMPLES[0]), context)


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    """The headers of an answer, each as one value."""
    found = {key.lower(): value for key, value in (answer.get("headers") or {}).items()}
    several = answer.get("multiValueHeaders") or {}
    return found | {key.lower(): ", ".join(values) for key, values in several.items()}


def directly(sent: dict[str, Any]) -> Any:
    """The framework's answer without the handler and its events."""
    url, method = sent["requestContext"]["http"]["path"], sent["requestContext"]["http"]["method"]
    return client.request(method, urlsplit(url).path, follow_redirects=False)
