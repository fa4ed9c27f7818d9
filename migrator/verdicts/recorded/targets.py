"""What a request asks for, as segments of a path.

In: a request's target as a log has it (RFC 9112, 3.2): a path with its query, an absolute URI, `*`, an authority. Out:
decoded segments, and a shape of the path by which requests that differ in a key are alike.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

_ESCAPED: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")
_KEY: Final = re.compile(
    r"(?:[0-9]+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=[a-zA-Z_-]*[0-9])[0-9a-zA-Z_-]{16,})"
    r"((?:\.[a-z0-9]{1,5}){0,2})\Z"
)
_LONGEST_SHAPE: Final = 120  # characters that are shown of a path that nothing answers to
NO_REQUEST: Final = "(no request of HTTP)"


class Path(NamedTuple):
    """The path of a request.

    Attributes:
        segments: decoded, empty ones left out: servers and frameworks merge slashes.
        slash: whether it ends with one.
    """

    segments: tuple[str, ...]
    slash: bool


def path_of(target: str) -> Path | None:
    """The path; None where the target has none, as `*` or the authority of CONNECT."""
    path = target.partition("?")[0]
    if "#" in path:
        path = path.partition("#")[0]
    if not path.startswith("/"):
        scheme, found, rest = path.partition("://")
        if not found or not scheme.isalnum():
            return None
        path = rest[rest.find("/") :] if "/" in rest else "/"
    if "\\x" in path:  # nginx and Apache write bytes so that are not printable
        path = _ESCAPED.sub(r"%\1", path)
    if "%" in path:
        path = unquote(path, errors="replace")
    return Path(tuple(filter(None, path.split("/"))), path.endswith("/"))


def shape_of(method: str, target: str) -> str:
    """The method and the path, with `*` for what looks like a key."""
    path = path_of(target)
    if not method:
        return NO_REQUEST
    if path is None:
        return shortened(f"{method} {target[:_LONGEST_SHAPE]}")
    parts = "/".join(map(_without_key, path.segments))
    return shortened(f"{method} /{parts}{'/' if path.slash and parts else ''}")


def shortened(text: str) -> str:
    """The text as far as it is kept and shown."""
    return text if len(text) <= _LONGEST_SHAPE else f"{text[: _LONGEST_SHAPE - 1]}…"


def _without_key(segment: str) -> str:
    key = _KEY.match(segment)
    return f"*{key[1]}" if key else segment
