"""Which recorded requests a route is for.

In: a request and what a route matches. Out: whether the data plane would take the request as one of the route's:
all others go to legacy whatever the weight, so the canary is not asked them.
"""

from __future__ import annotations

from migrator.domain.http import Request
from migrator.domain.routes import HttpMatch
from migrator.router.paths import parts_of


def takes(match: HttpMatch, request: Request) -> bool:
    """Whether a route takes a request: method, path (one part for each `{parameter}`), segment."""
    if match.methods and request.method not in match.methods:
        return False
    if match.segment is not None and request.headers.get(match.segment.header.lower()) != match.segment.equals:
        return False
    expected = parts_of(match.path)
    found = request.path[1:].split("/")
    return len(expected) == len(found) and all(
        bool(have) if want is None else want == have for want, have in zip(expected, found, strict=True)
    )
