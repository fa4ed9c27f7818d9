"""Between HTTP and a handler, as API Gateway's HTTP APIs do it with payload format 2.0.

In: a request, or the payload that a handler returned. Out: the event, or the answer. Pure.

Sources: the API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs"; where it is
silent, what others measured on the real service: the path arrives decoded and the query raw; a body is text
only for `text/*` and three `application/` types, all else (a form and a missing type too) is base64; an answer
without a content type is sent as plain text. Known to differ: the real service cuts the path at an encoded
question mark.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from migrator.adapters.runtime.function import HttpRoute
from migrator.adapters.runtime.template import ACCOUNT
from migrator.domain.json import JsonValue

Headers = Sequence[tuple[str, str]]

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")
_PLAIN = "text/plain;charset=UTF-8"
# Of one connection only (RFC 9110, 7.6.1); the server sets the length of the body itself.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")  # RFC 9110, 5.6.2
_FORBIDDEN_IN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_API_ID = "local"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer ready to be sent.

    Attributes:
        headers: in order; a name may come more than once (`set-cookie`).
    """

    status: int
    headers: Headers
    body: bytes


class Malformed(ValueError):
    """What the handler returned cannot be made an answer."""


def decoded_path(raw: str) -> str:
    """The path as API Gateway hands it on."""
    return unquote(raw, errors="replace")


def event(
    *,
    method: str,
    raw_path: str,
    raw_query: str,
    headers: Headers,
    body: bytes,
    client: str,
    protocol: str = "HTTP/1.1",
    route: HttpRoute | None = None,
    path_parameters: Mapping[str, str] | None = None,
    now: float | None = None,
    request_id: str = "",
) -> dict[str, JsonValue]:
    """The event of a request. Fields with nothing to say are left out, as the real service does.

    Args:
        raw_path: percent-encoded, as it came over the wire.
        raw_query: without the question mark.
        headers: as they came, in order.
        client: address of the caller.
        route: the route taken; None for `$default`.
        now: seconds since the epoch; None for the clock.
        request_id: of the request context; empty for a new one.
    """
    at = time.time() if now is None else now
    combined = _combine(headers)
    cookies = [cookie for part in combined.pop("cookie", "").split(";") if (cookie := part.strip())]
    host = combined.get("host", "")
    combined["x-forwarded-for"] = ", ".join(filter(None, (combined.get("x-forwarded-for"), client)))
    combined.setdefault("x-forwarded-port", host.rpartition(":")[2] if ":" in host else "80")
    combined.setdefault("x-forwarded-proto", "http")
    combined.setdefault("x-amzn-trace-id", f"Root=1-{int(at):08x}-{uuid.uuid4().hex[:24]}")
    path = decoded_path(raw_path)
    key = "$default" if route is None else route.key
    made: dict[str, JsonValue] = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": raw_query,
    }
    if cookies:
        made["cookies"] = cookies
    made["headers"] = dict(sorted(combined.items()))
    if query := _query(raw_query):
        made["queryStringParameters"] = query
    made["requestContext"] = {
        "accountId": ACCOUNT,
        "apiId": _API_ID,
        "domainName": host,
        "domainPrefix": host.partition(".")[0].partition(":")[0],
        "http": {
            "method": method,
            "path": path,
            "protocol": protocol,
            "sourceIp": client,
            "userAgent": combined.get("user-agent", ""),
        },
        "requestId": request_id or uuid.uuid4().hex[:16],
        "routeKey": key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at)),
        "timeEpoch": int(at * 1000),
    }
    if path_parameters:
        made["pathParameters"] = dict(path_parameters)
    text = _text(body, combined.get("content-type", ""))
    if body:
        made["body"] = base64.b64encode(body).decode("ascii") if text is None else text
    made["isBase64Encoded"] = bool(body) and text is None
    return made


def answer(payload: bytes) -> HttpAnswer:
    """The answer that a handler's payload stands for.

    An object with `statusCode` says the answer itself; anything else becomes the body of a 200 of type
    `application/json`.

    Raises:
        Malformed: the payload is no JSON, or a field of it cannot be used.
    """
    try:
        said = json.loads(payload, parse_constant=_no_constant)
    except ValueError as error:
        raise Malformed("the function returned what is no JSON") from error
    if not isinstance(said, dict) or "statusCode" not in said:
        body = said.encode("utf-8", "replace") if isinstance(said, str) else payload
        return HttpAnswer(200, (("content-type", "application/json"),), body)
    return HttpAnswer(_status(said["statusCode"]), tuple(_headers(said)), _body(said))


def error_answer(status: int, message: str) -> HttpAnswer:
    """An answer of the gateway itself, in its form."""
    return HttpAnswer(status, (("content-type", "application/json"),), json.dumps({"message": message}).encode())


def _combine(headers: Headers) -> dict[str, str]:
    combined: dict[str, str] = {}
    for name, value in headers:
        lowered = name.lower()
        if lowered in _HOP_BY_HOP:
            continue
        between = "; " if lowered == "cookie" else ","
        combined[lowered] = f"{combined[lowered]}{between}{value}" if lowered in combined else value
    return combined


def _query(raw: str) -> dict[str, str]:
    combined: dict[str, str] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True, errors="replace"):
        combined[name] = f"{combined[name]},{value}" if name in combined else value
    return combined


def _text(body: bytes, content_type: str) -> str | None:
    """The body as text, or None where it has to be base64."""
    kind = content_type.partition(";")[0].strip().lower()
    if not kind.startswith("text/") and kind not in _TEXT_TYPES:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _status(value: object) -> int:
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    # 1xx would leave the caller waiting for the real answer.
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise Malformed(f"the function returned the status {value!r}")
    return value


def _headers(said: Mapping[str, object]) -> list[tuple[str, str]]:
    given = said.get("headers") or {}
    cookies = said.get("cookies") or []
    if not isinstance(given, Mapping) or not isinstance(cookies, list):
        raise Malformed("headers must be an object and cookies a list")
    made = [
        (_name(name), _value(name, value))
        for name, value in given.items()
        if value is not None and name.lower() not in _HOP_BY_HOP and name.lower() != "content-length"
    ]
    if not any(name == "content-type" for name, _ in made):
        made.append(("content-type", _PLAIN))
    return made + [("set-cookie", _value("set-cookie", cookie)) for cookie in cookies]


def _name(name: str) -> str:
    if not _TOKEN.match(name):
        raise Malformed(f"the function returned a header named {name!r}")
    return name.lower()


def _value(name: str, value: object) -> str:
    text = json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(text, str) or _FORBIDDEN_IN_VALUE.search(text):
        raise Malformed(f"the function returned a value for {name!r} that no header can have")
    return text


def _body(said: Mapping[str, object]) -> bytes:
    body = said.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed("the function returned a body that is no string")
    if said.get("isBase64Encoded") is True:
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed("the function returned a body that is no base64") from error
    return body.encode("utf-8", "replace")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
