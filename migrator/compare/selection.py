"""Which recorded requests a route is for.

In: a request and what a route matches. Out: whether the data plane would take the request as one of the route's:
all others go to legacy whatever the weight, so the canary is not asked them.
"""

from __future__ import annotations

from urllib.parse import unquote

from migrator.domain.http import Request
from migrator.domain.routes import HttpMatch, Segment
from migrator.router.paths import parts_of


def takes(match: HttpMatch, request: Request) -> bool:
    """Whether a route takes a request: method, path (one part for each `{parameter}`), segment."""
    if match.methods and request.method not in match.methods:
        return False
    if match.hosts and request.headers.get("host", "").partition(":")[0].lower() not in match.hosts:
        return False
    if match.segment is not None and not _in_segment(match, match.segment, request):
        return False
    expected = parts_of(match.path)
    found = request.path[1:].split("/")
    return len(expected) == len(found) and all(
        bool(have) if want is None else want == have for want, have in zip(expected, found, strict=True)
    )


def _in_segment(match: HttpMatch, segment: Segment, request: Request) -> bool:
    """Whether the call is one of the segment; a claim of a token is not read here and lets every call take part."""
    match segment.kind:
        case "header":
            return request.headers.get(segment.name.lower()) in segment.values
        case "parameter":
            parts = match.path[1:].split("/")
            place = parts.index(f"{{{segment.name}}}") if f"{{{segment.name}}}" in parts else -1
            found = request.path[1:].split("/")
            return 0 <= place < len(found) and unquote(found[place]) in segment.values
        case _:
            return True
