"""Path templates, methods, hosts and segments as Envoy matches them.

In: what a route matches. Out: the `match` of a route. Paths are matched as they came over the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import Any
from urllib.parse import quote

from migrator.domain.routes import HttpMatch, Segment
from migrator.router.paths import parts_of

Json = dict[str, Any]

CLAIMS = "claims"
"""The key under which the claims of a checked token stand in the metadata of a call."""

_TOKENS_FILTER = "envoy.filters.http.jwt_authn"

# What RFC 3986 allows in a part of a path without percent signs.
_PLAIN = "!$&'()*+,;=:@-._~"

# One part of a path, as servers agree on it: neither `.` nor `..`, no backslash, and no encoded dot, slash, backslash or
# null. Servers read those differently, so no template matches them; nor half an escape.
_OTHER = r"[^/?\\%.]|%(?:[13467-9a-fA-F][0-9a-fA-F]|2[0-9a-dA-D]|5[0-9abd-fABD-F]|0[1-9a-fA-F])"
_PART = rf"(?:\.{{0,2}}(?:{_OTHER})(?:{_OTHER}|\.)*|\.{{3}}(?:{_OTHER}|\.)*)"


def match_of(match: HttpMatch, methods: Iterable[str], *, segment: Segment | None) -> Json:
    """The match of a route for some methods (none: all) and perhaps one segment, whatever the route's own ones."""
    found = _path(match.path, segment if segment is not None and segment.kind == "parameter" else None)
    headers = [*found.pop("headers", ()), *_methods(tuple(methods)), *_hosts(match.hosts)]
    if segment is not None and segment.kind == "header":
        headers.append(header_match(segment.name, segment.values))
    if headers:
        found["headers"] = headers
    if segment is not None and segment.kind == "claim":
        found["dynamic_metadata"] = [_claim(segment)]
    return found


def header_match(name: str, values: tuple[str, ...]) -> Json:
    """That a header has one of some values."""
    if len(values) == 1:
        return {"name": name, "string_match": {"exact": values[0]}}
    return {"name": name, "string_match": {"safe_regex": {"regex": "|".join(map(re.escape, values))}}}


def _claim(segment: Segment) -> Json:
    """That a claim is one of some values, or a list with one of them."""
    texts = [{"string_match": {"exact": value}} for value in segment.values]
    one: Json = texts[0] if len(texts) == 1 else {"or_match": {"value_matchers": texts}}
    return {
        "filter": _TOKENS_FILTER,
        "path": [{"key": CLAIMS}, *({"key": part} for part in segment.name.split("."))],
        "value": {"or_match": {"value_matchers": [one, {"list_match": {"one_of": one}}]}},
    }


def _path(template: str, parameter: Segment | None) -> Json:
    named = template[1:].split("/")
    parts = parts_of(template)
    if parameter is None and None not in parts and quote(template, safe=f"/{_PLAIN}") == template:
        return {"path": template}
    wanted = f"{{{parameter.name}}}" if parameter is not None else ""
    values = parameter.values if parameter is not None else ()
    patterns = [
        _any_of(values) if name == wanted else _PART if part is None else _literal(part)
        for name, part in zip(named, parts, strict=True)
    ]
    # The plain beginning is compared first: of many routes nearly all are passed over by it, and no pattern is tried.
    plain = list(takewhile(lambda part: part is not None and quote(part, safe=_PLAIN) == part, parts))
    beginning = "/" + "".join(f"{part}/" for part in plain[: len(parts) - 1])
    pattern = "/" + "/".join(patterns) + r"(\?.*)?"
    return {"prefix": beginning, "headers": [{"name": ":path", "string_match": {"safe_regex": {"regex": pattern}}}]}


def _any_of(values: tuple[str, ...]) -> str:
    return "(" + "|".join(map(_literal, values)) + ")"


def _literal(part: str) -> str:
    """A pattern for a word of the path as it goes over the wire: percent-encoded, hex digits in either case."""
    encoded = quote(part, safe=_PLAIN)
    if "%" not in encoded:
        return re.escape(encoded)
    pieces = re.split(r"(%[0-9A-F]{2})", encoded)
    return "".join(
        "%" + "".join(f"[{digit}{digit.lower()}]" if digit.isalpha() else digit for digit in piece[1:])
        if piece.startswith("%")
        else re.escape(piece)
        for piece in pieces
    )


def _methods(methods: tuple[str, ...]) -> list[Json]:
    match methods:
        case ():
            return []
        case (method,):
            return [{"name": ":method", "string_match": {"exact": method}}]
        case _:
            return [{"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(map(re.escape, methods))}}}]


def _hosts(hosts: tuple[str, ...]) -> list[Json]:
    if not hosts:
        return []
    pattern = f"(?i)({'|'.join(map(re.escape, hosts))})(:[0-9]+)?"
    return [{"name": ":authority", "string_match": {"safe_regex": {"regex": pattern}}}]
