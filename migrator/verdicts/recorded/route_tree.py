"""Routes by their segments, so that a path is looked up in a few steps however many routes there are.

In: patterns with whom they belong to, then segments of paths. Out: the most particular route that fits: segment by
segment, one that is written out comes before one with more letters beside its variables, and that before one that takes
anything; what spans slashes comes last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.verdicts.recorded.route_patterns import RoutePattern

_MOST_SEGMENTS: Final = 64
_LONGEST: Final = 200
"""Characters of a segment that is matched against an expression, and of the rest of a path: no route is meant by more,
and the time of an expression may grow with their square."""
_LONGEST_REST: Final = 2_000
_DEEPEST_PREFIX: Final = 4
"""Segments of a prefix that only the running program knows."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of one candidate.

    Attributes:
        owner: whom it belongs to.
        methods: upper case; None for every one.
    """

    owner: int
    methods: frozenset[str] | None
    pattern: RoutePattern

    def takes(self, method: str) -> bool:
        """Whether it answers to a method."""
        return takes(self.methods, method)


def takes(methods: frozenset[str] | None, method: str) -> bool:
    """Whether one of the methods is asked for. HEAD is answered by what answers GET, as frameworks have it."""
    return methods is None or method in methods or (method == "HEAD" and "GET" in methods)


@dataclass(slots=True)
class _Node:
    texts: dict[str, _Node] = field(default_factory=dict)
    variables: list[tuple[int, re.Pattern[str] | None, _Node]] = field(default_factory=list)
    rests: list[Route] = field(default_factory=list)
    ends: list[Route] = field(default_factory=list)


class RouteTree:
    """All routes of an application."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._fixed = _Node()
        self._floating = _Node()
        for route in routes:
            _add(self._floating if route.pattern.floating else self._fixed, route)
        self._floats = any(route.pattern.floating for route in routes)

    def find(self, segments: Sequence[str], fits: Callable[[Route], bool]) -> Route | None:
        """The route of a path.

        Args:
            segments: of the path, decoded, empty ones left out.
            fits: what else has to be so.
        """
        length = len(segments)
        if length > _MOST_SEGMENTS:
            return None
        found = _find(self._fixed, segments, 0, length, fits)
        if found is not None or not self._floats:
            return found
        # With which some route begins is no prefix of another one.
        begins = length > 0 and (segments[0] in self._floating.texts or segments[0] in self._fixed.texts)
        starts = range(1 if begins else min(_DEEPEST_PREFIX, length) + 1)
        offered = [_find(self._floating, segments, start, length, fits) for start in starts]
        return max(filter(None, offered), key=lambda route: route.pattern.literal, default=None)


def _add(node: _Node, route: Route) -> None:
    for segment in route.pattern.segments:
        if isinstance(segment, str):
            node = node.texts.setdefault(segment, _Node())
            continue
        below = next((child for _, known, child in node.variables if known == segment), None)
        if below is None:
            below = _Node()
            # The longer an expression, the more it says; one that takes anything comes last.
            node.variables.append((-len(segment.pattern) if segment else 0, segment, below))
            node.variables.sort(key=lambda entry: entry[0])
        node = below
    kept = node.ends if route.pattern.rest is None else node.rests
    kept.append(route)
    kept.sort(key=lambda known: -known.pattern.literal)


def _find(node: _Node, segments: Sequence[str], at: int, length: int, fits: Callable[[Route], bool]) -> Route | None:
    """The most particular route below a node that fits."""
    if at == length:
        for route in node.ends:
            if fits(route):
                return route
    else:
        segment = segments[at]
        below = node.texts.get(segment)
        if below is not None:
            found = _find(below, segments, at + 1, length, fits)
            if found is not None:
                return found
        for _, expression, child in node.variables:
            if expression is None or (len(segment) <= _LONGEST and expression.fullmatch(segment)):
                found = _find(child, segments, at + 1, length, fits)
                if found is not None:
                    return found
    if node.rests:
        rest = "/".join(segments[at:])
        if len(rest) <= _LONGEST_REST:
            for route in node.rests:
                if route.pattern.rest is not None and route.pattern.rest.fullmatch(rest) and fits(route):
                    return route
    return None
