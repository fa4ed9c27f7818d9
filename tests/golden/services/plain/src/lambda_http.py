"""HTTP for the handler: finds routes and writes answers as Flask does.

The function returns plain values, so Flask itself stays out of the package.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from email.utils import format_datetime
from html import escape
from typing import Any, TypeVar, cast
from urllib.parse import quote
from uuid import UUID

from aws_lambda_powertools.event_handler import Response

EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
HTML = "text/html; charset=utf-8"
_PAGE = "<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{heading}</h1>\n<p>{text}\n"
_NO_BODY = {204, 304}
# What stays as it is in a path, https://url.spec.whatwg.org/#url-path-segment-string
_PATH_SAFE = "!$&'()*+,/:;=@"


Number = TypeVar("Number", int, float)


@dataclasses.dataclass(frozen=True)
class Route:
    """A rule of the monolith's router.

    Attributes:
        pattern: of the whole path, less its last slash where that is required.
        convert: what becomes of the text of a variable.
        slash: of a rule that ends with one: "required" redirects a caller who left it out to the
            path with it, "optional" takes both.
    """

    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    convert: Mapping[str, Callable[[str], Any]] = dataclasses.field(default_factory=dict)
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    slash: str = ""

    @property
    def accepts(self) -> set[str]:
        """The methods with those that Flask adds by itself."""
        return {*self.methods, "OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())


class _OutOfBounds(Exception):
    """A variable's value is refused; no other route is tried, as in Werkzeug."""


class _SlashMissing(Exception):
    """The path lacks its last slash."""


def find(
    routes: Iterable[Route], method: str, path: str, headers: Mapping[str, str]
) -> dict[str, Any] | Response[str | bytes]:
    """The arguments for the function, or what Flask answers by itself: 404, 405, 308, OPTIONS."""
    path = "/" + path.lstrip("/")
    allowed: set[str] = set()
    try:
        found = _search(routes, method, path, allowed)
        if found is None:
            # Slashes in a row are tried once more as one.
            path = re.sub("/{2,}", "/", path)
            if _search(routes, method, path, allowed) is not None:
                return _redirect(path, headers)
    except _SlashMissing:
        return _redirect(f"{path}/", headers)
    if found is not None:
        route, texts = found
        try:
            arguments = {name: route.convert.get(name, str)(text) for name, text in texts.items()}
        except _OutOfBounds:
            pass
        else:
            return (
                _options(routes, path) if method == "OPTIONS" else {**arguments, **route.defaults}
            )
    if not allowed:
        return _page(
            404,
            "Not Found",
            "The requested URL was not found on the server. If you entered the URL manually please"
            " check your spelling and try again.</p>",
        )
    page = _page(405, "Method Not Allowed", "The method is not allowed for the requested URL.</p>")
    page.headers["allow"] = ", ".join(sorted(allowed))
    return page


def _search(
    routes: Iterable[Route], method: str, path: str, allowed: set[str]
) -> tuple[Route, dict[str, str]] | None:
    """The first route that fits; methods of those that fit but for theirs go to `allowed`."""
    for route in routes:
        found = route.pattern.fullmatch(
            path.removesuffix("/") if route.slash == "required" else path
        )
        if found is None:
            continue
        slash_missing = route.slash and not path.endswith("/")
        if method not in route.accepts:
            allowed |= set() if slash_missing else route.accepts
            continue
        if slash_missing and route.slash == "required":
            raise _SlashMissing
        return route, found.groupdict()
    return None


def _options(routes: Iterable[Route], path: str) -> Response[str | bytes]:
    allowed: set[str] = set()
    _search(routes, "", path, allowed)
    return Response(
        200, body="", headers={"content-type": HTML, "allow": ", ".join(sorted(allowed))}
    )


def _redirect(path: str, headers: Mapping[str, str]) -> Response[str | bytes]:
    scheme, host = headers.get("x-forwarded-proto", "https"), headers.get("host", "localhost")
    location = f"{scheme}://{host}{quote(path, safe=_PATH_SAFE)}"
    shown = escape(location)
    text = (
        f'You should be redirected automatically to the target URL: <a href="{shown}">{shown}</a>.'
        " If not, click the link."
    )
    page = _page(308, "Redirecting...", text, title="Redirecting...")
    page.headers["location"] = location
    return page


def _page(status: int, heading: str, text: str, *, title: str = "") -> Response[str | bytes]:
    body = _PAGE.format(title=title or f"{status} {heading}", heading=heading, text=text)
    return Response(status, body=body, headers={"content-type": HTML})


def integer(
    *, digits: int = 0, low: int | None = None, high: int | None = None
) -> Callable[[str], int]:
    """What the `int` converter does."""
    return lambda text: _bounded(text, int(text), digits, low, high)


def number(*, low: float | None = None, high: float | None = None) -> Callable[[str], float]:
    """What the `float` converter does."""
    return lambda text: _bounded(text, float(text), 0, low, high)


def uuid(text: str) -> UUID:
    """What the `uuid` converter does."""
    return UUID(text)


def _bounded(
    text: str, value: Number, digits: int, low: Number | None, high: Number | None
) -> Number:
    wrong_length = digits and len(text) != digits
    if wrong_length or (low is not None and value < low) or (high is not None and value > high):
        raise _OutOfBounds
    return value


def respond(value: Any, method: str = "GET") -> Response[str | bytes]:
    """The answer for what the function returned: a body, with a status, headers or both."""
    status: Any = 200
    extra: Any = ()
    if isinstance(value, tuple):
        match value:
            case (body, given, pairs):
                value, status, extra = body, given, pairs
            case (body, dict() | list() | tuple() as pairs):
                value, extra = body, pairs
            case (body, given):
                value, status = body, given
            case _:
                raise TypeError(
                    "a tuple is (body, status), (body, headers) or (body, status, headers)"
                )
    content, content_type = _body(value)
    # Text takes headers of one name as they come; on JSON the last one stands, as in Flask.
    adds = not isinstance(value, dict | list)
    code = (
        int(str(status).split()[0])
        if isinstance(status, str)
        else int(200 if status is None else status)
    )
    headers: dict[str, str | list[str]] = {"content-type": content_type}
    cookies: list[str] = []
    for name, header in extra.items() if isinstance(extra, Mapping) else extra or ():
        values = (
            [str(each) for each in header] if isinstance(header, list | tuple) else [str(header)]
        )
        lower = name.lower()
        if lower == "set-cookie":
            cookies = [*cookies, *values] if adds else values
        else:
            before = headers.get(lower, []) if adds and lower != "content-type" else []
            headers[lower] = [*before, *values]
    if method == "HEAD" or code in _NO_BODY:
        content = ""
    # Powertools only asks a cookie for its text.
    return Response(code, body=content, headers=headers, cookies=cast("Any", cookies))


def _body(value: Any) -> tuple[str | bytes, str]:
    match value:
        case dict() | list():
            text = json.dumps(value, default=_json_default, sort_keys=True, separators=(",", ":"))
            return f"{text}\n", "application/json"
        case str() | bytes():
            return value, HTML
        case bytearray():
            return bytes(value), HTML
        case Iterator():
            parts = [part.encode() if isinstance(part, str) else bytes(part) for part in value]
            return b"".join(parts), HTML
        case _:
            raise TypeError(
                f"the function returned a {type(value).__name__}, which is not an answer"
            )


def _json_default(value: Any) -> Any:
    match value:
        case date():
            return _http_date(value)
        case Decimal() | UUID():
            return str(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return dataclasses.asdict(value)
        case _ if hasattr(value, "__html__"):
            return str(value.__html__())
        case _:
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _http_date(value: date) -> str:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), tzinfo=UTC)
    return format_datetime(
        value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC), usegmt=True
    )
