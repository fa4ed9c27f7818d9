"""Path templates and methods as Envoy matches them.

In: a template, methods, a segment. Out: the `match` of a route. Paths are matched as they came over the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from migrator.domain.routes import Segment
from migrator.router.paths import parts_of

Json = dict[str, Any]

# What RFC 3986 allows in a part of a path without percent signs.
_PLAIN = "!$&'()*+,;=:@-._~"

UNUSUAL_PATH: Json = {
    "safe_regex": {"regex": r"[^?]*(//|/\.{1,2}(/|$)|\\|%2[eEfF]|%5[cC]|%00)[^?]*"},
}
"""Paths that servers read differently (`//`, `/../`, encoded slashes and dots): no template matches them."""


def match_of(template: str, methods: Iterable[str], segment: Segment | None) -> Json:
    """The match of a template for some methods (none: all) and perhaps one segment."""
    match = _path(template)
    headers = [*_methods(tuple(methods))]
    if segment is not None:
        headers.append({"name": segment.name, "string_match": {"exact": segment.values[0]}})
    if headers:
        match["headers"] = headers
    return match


def _path(template: str) -> Json:
    parts = parts_of(template)
    if None not in parts and quote(template, safe=f"/{_PLAIN}") == template:
        return {"path": template}
    return {"safe_regex": {"regex": "/" + "/".join("[^/]+" if part is None else _literal(part) for part in parts)}}


def _literal(part: str) -> str:
    """A pattern for a word of the path as it goes over the wire: percent-encoded, hex digits in either case."""
    encoded = quote(part, safe=_PLAIN)
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
