"""Recordings: requests as JSON lines, one a line, with the schema id in each.

A line: `{"schema": "migrator.request/1", "method", "path", "query", "headers", "body", "base64"}`;
`body` is text, or base64 where `base64` is true. Recordings are written by hand as often as
by a program, so every field but `method` and `path` may be left out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping

from migrator.domain.http import Request
from migrator.errors import InputError

SCHEMA = "migrator.request/1"


def dump_lines(requests: Iterable[Request]) -> Iterator[str]:
    """One JSON line a request, each with its newline."""
    for request in requests:
        try:
            body, encoded = request.body.decode("utf-8"), False
        except UnicodeDecodeError:
            body, encoded = base64.b64encode(request.body).decode("ascii"), True
        line = {
            "schema": SCHEMA,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": dict(request.headers),
            "body": body,
            "base64": encoded,
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def load_lines(lines: Iterable[str], *, source: str = "") -> Iterator[Request]:
    """The requests of a recording; empty lines are passed over.

    Raises:
        InputError: a line is not a request; its number is named.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _request(line, location=f"{source}:{number}")


def _request(line: str, *, location: str) -> Request:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", location=f"{location}:{error.colno}") from error
    if not isinstance(fields, Mapping) or fields.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"not a {SCHEMA} line", location=location)
    for name, kind in (
        ("method", str),
        ("path", str),
        ("query", str),
        ("headers", dict),
        ("body", str),
        ("base64", bool),
    ):
        if name in ("method", "path") and name not in fields:
            raise InputError(f"the request has no {name}", location=location)
        if name in fields and not isinstance(fields[name], kind):
            raise InputError(f"{name} must be a {kind.__name__}", location=location)
    if not fields["path"].startswith("/"):
        raise InputError("path must begin with a slash", location=location)
    if "?" in fields["path"]:
        raise InputError("path holds a question mark", hint="what follows it goes into query", location=location)
    text = fields.get("body", "")
    try:
        body = base64.b64decode(text, validate=True) if fields.get("base64") else text.encode("utf-8")
    except binascii.Error as error:
        raise InputError("body is not base64", location=location) from error
    return Request(
        method=fields["method"].upper(),
        path=fields["path"],
        query=fields.get("query", ""),
        headers={str(name).lower(): str(value) for name, value in fields.get("headers", {}).items()},
        body=body,
    )
