"""HTTP calls in words, for every plane that carries them.

In: what a route matches. Out: plain text, which may hold names from analyzed code.
"""

from __future__ import annotations

from migrator.domain.routes import HttpMatch, Segment, Sticky


def calls_text(match: HttpMatch) -> str:
    """Such as `POST /api/tax/{country} of shop.example, where header x-risk is low`."""
    methods = " or ".join(match.methods) or "every method"
    hosts = f" of {' or '.join(match.hosts)}" if match.hosts else ""
    return f"{methods} {match.path}{hosts}{segment_text(match.segment)}"


def segment_text(segment: Segment | None) -> str:
    """What narrows a route, or an empty text."""
    if segment is None:
        return ""
    if segment.values:
        return f", where {segment.kind} {segment.name} is {' or '.join(segment.values)}"
    bounds = (("at least", segment.at_least), ("at most", segment.at_most))
    said = " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    return f", where {segment.kind} {segment.name} is {said}"


def stays_text(sticky: Sticky | None) -> str:
    """What keeps a caller on a side."""
    if sticky is None:
        return "nothing, each call is decided by itself"
    if sticky.kind == "cookie":
        return f"a cookie of the plane, for {sticky.seconds} seconds"
    return f"{sticky.kind} {sticky.name}: equal values stay on one side"
