"""Requests become events and payloads answers, as payload format 2.0 says."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.adapters.runtime.function import HttpRoute
from migrator.adapters.runtime.http_api import Malformed, answer, event

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HEADER_NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=10).map(lambda name: f"x-{name}")
HEADER_VALUES = st.text("abc, ;=09", max_size=12)


def made(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": "GET",
        "raw_path": "/",
        "raw_query": "",
        "headers": [("host", "api.example:8080")],
        "body": b"",
        "client": "127.0.0.1",
        "now": 1583348638.39,
    }
    return event(**{**request, **changes})


def test_the_whole_event() -> None:
    found = made(
        method="POST",
        raw_path="/api/tax/D%C3%BC%20x",
        raw_query="a=1&a=2&b=%20&c",
        headers=[
            ("Host", "api.example"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Two", "1"),
            ("x-two", "2"),
            ("Cookie", "k=v; l=w"),
            ("cookie", "m=x"),
            ("Connection", "keep-alive"),
            ("User-Agent", "curl/8"),
            ("X-Amzn-Trace-Id", "Root=1-0-0"),
        ],
        body='{"ü": 1}'.encode(),
        route=HttpRoute("POST", "/api/tax/{country}"),
        path_parameters={"country": "Dü x"},
        request_id="abc",
    )
    assert found == {
        "version": "2.0",
        "routeKey": "POST /api/tax/{country}",
        "rawPath": "/api/tax/Dü x",
        "rawQueryString": "a=1&a=2&b=%20&c",
        "cookies": ["k=v", "l=w", "m=x"],
        "headers": {
            "content-type": "application/json; charset=utf-8",
            "host": "api.example",
            "user-agent": "curl/8",
            "x-amzn-trace-id": "Root=1-0-0",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "80",
            "x-forwarded-proto": "http",
            "x-two": "1,2",
        },
        "queryStringParameters": {"a": "1,2", "b": " ", "c": ""},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "api.example",
            "domainPrefix": "api",
            "http": {
                "method": "POST",
                "path": "/api/tax/Dü x",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "curl/8",
            },
            "requestId": "abc",
            "routeKey": "POST /api/tax/{country}",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "pathParameters": {"country": "Dü x"},
        "body": '{"ü": 1}',
        "isBase64Encoded": False,
    }


def test_what_is_not_there_is_left_out() -> None:
    found = made()
    assert found.keys() == {
        *("version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext", "isBase64Encoded")
    }
    assert found["routeKey"] == "$default"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("application/json", b"{}", True),
        ("TEXT/plain; charset=utf-8", b"x", True),
        ("application/xml", b"<a/>", True),
        ("application/javascript", b"1", True),
        ("text/plain", b"\xff", False),
        ("application/x-www-form-urlencoded", b"a=1", False),
        ("application/octet-stream", b"x", False),
        ("", b"x", False),
    ],
)
def test_which_bodies_are_text(content_type: str, body: bytes, text: bool) -> None:
    found = made(body=body, headers=[("content-type", content_type)] if content_type else [])
    assert found["isBase64Encoded"] is not text
    assert (found["body"].encode() if text else base64.b64decode(found["body"])) == body


def test_a_proxy_in_front_is_kept() -> None:
    found = made(headers=[("host", "h"), ("x-forwarded-for", "10.0.0.1"), ("x-forwarded-proto", "https")])
    assert found["headers"]["x-forwarded-for"] == "10.0.0.1, 127.0.0.1"
    assert found["headers"]["x-forwarded-proto"] == "https"


@settings(deadline=None)
@given(
    path=st.lists(TEXT.filter(lambda part: "/" not in part), max_size=3),
    query=st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=4),
    headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=4),
    body=st.binary(max_size=40),
    content_type=st.sampled_from(
        ["application/json", "text/plain", "image/png", "", "application/x-www-form-urlencoded"]
    ),
)
def test_powertools_reads_back_what_was_asked(
    path: list[str], query: list[tuple[str, str]], headers: list[tuple[str, str]], body: bytes, content_type: str
) -> None:
    raw_path = "/" + "/".join(quote(part, safe="") for part in path)
    given_headers = [*headers, ("content-type", content_type)]
    found = made(raw_path=raw_path, raw_query=urlencode(query), headers=given_headers, body=body)
    read = APIGatewayProxyEventV2(json.loads(json.dumps(found)))
    assert read.path == "/" + "/".join(path)
    combined: dict[str, str] = {}
    for name, value in query:
        combined[name] = f"{combined[name]},{value}" if name in combined else value
    assert read.query_string_parameters == combined
    for name in {name for name, _ in headers}:
        assert read.headers[name] == ",".join(value for given_name, value in headers if given_name == name)
    if body:
        assert (
            read.decoded_body.encode() == body
            if not read.is_base64_encoded
            else base64.b64decode(read.body or "") == body
        )
    else:
        assert read.body is None


def said(value: object) -> tuple[int, list[tuple[str, str]], bytes]:
    found = answer(json.dumps(value).encode())
    return found.status, list(found.headers), found.body


def test_a_whole_answer() -> None:
    assert said(
        {
            "statusCode": 201,
            "headers": {
                "Content-Type": "text/html",
                "X-Count": 3,
                "X-Flag": True,
                "Content-Length": "99",
                "X-None": None,
            },
            "cookies": ["a=1; Path=/", "b=2"],
            "body": "ü",
        }
    ) == (
        201,
        [
            ("content-type", "text/html"),
            ("x-count", "3"),
            ("x-flag", "true"),
            ("set-cookie", "a=1; Path=/"),
            ("set-cookie", "b=2"),
        ],
        "ü".encode(),
    )


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("plain words", b"plain words"),
        ({"message": "ü"}, b'{"message": "\\u00fc"}'),
        ([1, 2.0], b"[1, 2.0]"),
        (3, b"3"),
        (None, b"null"),
        ({"body": "no status"}, b'{"body": "no status"}'),
    ],
)
def test_the_inferred_form(value: object, body: bytes) -> None:
    assert said(value) == (200, [("content-type", "application/json")], body)


def test_the_small_forms() -> None:
    plain = ("content-type", "text/plain;charset=UTF-8")
    assert said({"statusCode": "204"}) == (204, [plain], b"")
    assert said({"statusCode": 200, "body": base64.b64encode(b"\x00\xff").decode(), "isBase64Encoded": True}) == (
        *(200, [plain], b"\x00\xff"),
    )


@pytest.mark.parametrize(
    "value",
    [
        {"statusCode": "many"},
        {"statusCode": 100},
        {"statusCode": 600},
        {"statusCode": True},
        {"statusCode": None},
        {"statusCode": 200, "body": {"an": "object"}},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "headers": {"x": "1\r\nset-cookie: stolen"}},
        {"statusCode": 200, "headers": {"x y": "1"}},
        {"statusCode": 200, "headers": {"x": {"a": 1}}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": ["a=1\n"]},
        {"statusCode": 200, "body": "%%%", "isBase64Encoded": True},
    ],
)
def test_what_cannot_be_an_answer(value: object) -> None:
    with pytest.raises(Malformed):
        said(value)


@pytest.mark.parametrize("payload", [b"NaN", b"", b"raw bytes", b"\xff"])
def test_what_is_no_json(payload: bytes) -> None:
    with pytest.raises(Malformed):
        answer(payload)


@settings(deadline=None)
@given(st.binary(max_size=60), st.integers(200, 599))
def test_any_body_comes_through(body: bytes, status: int) -> None:
    assert said({"statusCode": status, "body": base64.b64encode(body).decode(), "isBase64Encoded": True})[2] == body
