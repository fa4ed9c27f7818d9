"""The first line of a request as logs write it: `GET /path HTTP/1.1`.

In: text. Out: method and target. What the target means is left to the matcher.
"""

from __future__ import annotations

import re
from typing import Final

# RFC 9110, 5.6.2: a method is a token. Those in use are upper case, which tells them from the bytes of a handshake.
_METHOD: Final = re.compile(r"[A-Z][A-Z_-]*\Z")
_PROTOCOL: Final = re.compile(r"HTTP/[0-9](?:\.[0-9])?\Z")
_USUAL: Final = re.compile(r"(GET|POST|HEAD|PUT|DELETE|PATCH|OPTIONS) ([^ ]+) HTTP/[0-9](?:\.[0-9])?\Z")


def split_request(line: str) -> tuple[str, str]:
    """Method and target; both empty where it is no request line, such as the bytes of a TLS handshake or `-`.

    The target may have blanks in it, which careless clients send; the protocol at the end may be missing.
    """
    usual = _USUAL.match(line)  # one pass for nearly all of many millions
    if usual is not None:
        return usual[1], usual[2]
    method, _, rest = line.partition(" ")
    if not _METHOD.match(method):
        return "", ""
    target, blank, protocol = rest.rpartition(" ")
    if blank and _PROTOCOL.match(protocol):
        return method, target
    return method, rest
