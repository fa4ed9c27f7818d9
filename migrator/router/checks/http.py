"""The rules of routes of HTTP calls.

In: a draft and the tree it came from. Out: mistakes with places. What a plane can do is left to `planes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TypeAlias
from urllib.parse import urlsplit

from migrator.cloud_facts.http_paths import PATHS, guessed_path
from migrator.router.config import CONTROL_PREFIXES, WRITES
from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models import METHODS, AlbPlane, EnvoyPlane, Legacy
from migrator.router.models.http import HttpMatch, Segment
from migrator.router.paths import shape_of
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft

MAX_COOKIE_S = 7 * 86400.0
"""Of a load balancer's stickiness between target groups (ELB API, TargetGroupStickinessConfig)."""


# Where the value of a segment stands; None where every call takes part.
_Source: TypeAlias = tuple[str, str] | None


def _matches_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    """Two routes that match the same call equally well: the same path, host and method, and no segment that tells."""
    routes = draft.routes
    places: dict[tuple[str, str, str], dict[_Source, dict[str, int]]] = {}
    for index, route in routes.items():
        match = route.match.http
        clashes: dict[int, list[str]] = {}
        for shape, host in product(_shapes(match), sorted({host.lower() for host in match.hosts}) or [""]):
            for method in dict.fromkeys(match.methods or METHODS):
                known = places.setdefault((method, shape, host), {})
                source, values = _narrowed(match.segment)
                other = _earlier(known, source, values)
                if other not in (None, index) and method not in clashes.setdefault(other, []):
                    clashes[other].append(method)
                for value in values:
                    known.setdefault(source, {}).setdefault(value, index)
        for other, methods in clashes.items():
            line = tree.line(("routes", other, "match", "http"), seen_from=index)
            yield tree.mistake(
                ("routes", index, "match", "http"),
                f"{', '.join(methods)} {match.path} is also matched by route {routes[other].name!r} on {line}; "
                "narrow one of them by methods, hosts, path or segment",
            )


def _shapes(match: HttpMatch) -> list[str]:
    """The shapes of the paths that a match takes: a segment by a parameter puts its values there."""
    segment = match.segment
    if segment is None or segment.parameter is None:
        return [shape_of(match.path)]
    return [shape_of(match.path.replace(f"{{{segment.parameter}}}", value)) for value in segment.values]


def _narrowed(segment: Segment | None) -> tuple[_Source, tuple[str, ...]]:
    """What a segment looks at, and the values that pass; one by a parameter stands in the shape already."""
    if segment is None or segment.parameter is not None or not segment.sources:
        return None, ("",)
    kind, name = segment.sources[0]
    return (kind, name.lower()), segment.values


def _earlier(known: Mapping[_Source, Mapping[str, int]], source: _Source, values: tuple[str, ...]) -> int | None:
    """An earlier route in which a call can be as well; who narrows nothing leaves those to the ones that do."""
    if source is not None:
        for other, found in known.items():
            if other not in (None, source) and found:
                return next(iter(found.values()))  # one call may have both
    found = known.get(source, {})
    return next((found[value] for value in values if value in found), None)


def _segments_say_one_thing(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        segment = route.match.http.segment
        if segment is None:
            continue
        path: KeyPath = ("routes", index, "match", "http", "segment")
        if len(segment.sources) != 1:
            yield tree.mistake(path, "a segment looks at one of header, claim and parameter")
        if not segment.values:
            yield tree.mistake(path, "which values? say equals: VALUE or in: [VALUE, ...]")
        for kind, name in segment.sources:
            if kind == "parameter" and f"{{{name}}}" not in route.match.http.path:
                yield tree.mistake((*path, "parameter"), f"the path has no parameter {{{name}}}")
            if kind == "parameter" and any("/" in value or value in (".", "..") for value in segment.values):
                yield tree.mistake(path, "a parameter is one part of the path: no value has a slash or is . or ..")
            if kind == "claim" and name.strip(".") != name:
                yield tree.mistake((*path, "claim"), "a way into a claim has names between its dots")


def _sticky_by_one_thing(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        sticky = route.sticky
        if sticky is None:
            continue
        if (sticky.header is None) == (sticky.cookie is None):
            yield tree.mistake(("routes", index, "sticky"), "sticky by one of header and cookie")
        if sticky.cookie is not None and not 1 <= sticky.cookie <= MAX_COOKIE_S:
            yield tree.mistake(("routes", index, "sticky", "cookie"), "a cookie lasts from 1s to 7d")


def _failures_can_be_told_apart(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        if route.fallback is None or "error" in route.fallback.on:
            continue
        via = route.canary.via or guessed_path(urlsplit(route.canary.url or "").hostname or "")
        if PATHS[via].ambiguous:
            statuses = ", ".join(map(str, PATHS[via].ambiguous))
            yield tree.mistake(
                ("routes", index, "fallback", "on"),
                f"by way of {PATHS[via].title} a failing function gives {statuses} too, so that its errors would be tried "
                "twice as well; say so: on: [error, timeout, throttle]",
            )


def _breaker_has_somebody_to_answer(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        if route.circuit_breaker is None:
            continue
        if route.circuit_breaker.open <= 0:
            yield tree.mistake(("routes", index, "circuit_breaker", "open"), "a time is longer than 0")
        left = [
            method
            for method in route.match.http.methods or METHODS
            if route.fallback is None or method not in route.fallback.methods
        ]
        if left or (route.fallback is not None and "error" not in route.fallback.on):
            what = ", ".join(left) or "fallback.on"
            yield tree.mistake(
                ("routes", index, "circuit_breaker"),
                f"while it is open nobody would answer {what}: legacy does so only by a fallback on error for every "
                "method of the route",
                of_key=True,
            )


def _methods_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        lists: list[tuple[tuple[str, ...], list[str]]] = [(("match", "http", "methods"), [*route.match.http.methods])]
        if route.fallback:
            lists.append((("fallback", "methods"), [*route.fallback.methods]))
            lists.append((("fallback", "on"), [*route.fallback.on]))
        for path, words in lists:
            for position, word in enumerate(words):
                if word in words[:position]:
                    yield tree.mistake(("routes", index, *path, position), f"{word} stands twice")


def _writes_are_idempotent(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        fallback = route.fallback
        if fallback is None or fallback.idempotent:
            continue
        writes = [method for method in fallback.methods if method in WRITES]
        if writes:
            yield tree.mistake(
                ("routes", index, "fallback", "methods"),
                f"a second try of {', '.join(writes)} may run on both sides; "
                "say idempotent: true if that does no harm, or leave the method out",
            )


def _times_are_positive(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        if route.timeout <= 0:
            yield tree.mistake(("routes", index, "timeout"), "a time-out is longer than 0")
        if route.fallback is None:
            continue
        if route.fallback.timeout <= 0:
            yield tree.mistake(("routes", index, "fallback", "timeout"), "a time-out is longer than 0")
        if route.fallback.timeout > route.timeout:
            yield tree.mistake(
                ("routes", index, "fallback", "timeout"), "longer than the route's own timeout, so it would never act"
            )


def _legacy_is_known(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    if draft.legacy is not None or tree.has(("legacy",)) or isinstance(draft.plane, AlbPlane):
        return
    if draft.plane is None and not draft.routes:
        return
    for index, route in draft.routes.items():
        if route.legacy is None:
            top = tree.main_file(seen_from=index)
            yield tree.mistake(("routes", index), f"legacy is missing, here or at the top of {top}")
    urls = sorted({route.legacy.url for route in draft.routes.values() if route.legacy and route.legacy.url})
    if not tree.routes and isinstance(tree.main.value, dict):
        yield tree.mistake(("routes",), "without routes, legacy must stand at the top of the file")
    elif not draft.routes and draft.seam_routes:
        yield tree.mistake(
            ("plane",), "without routes of HTTP calls, legacy must stand at the top of the file", of_key=True
        )
    elif len(urls) > 1:
        yield tree.mistake(
            ("routes",),
            "the routes name several legacy systems; say at the top of the file which one gets the calls "
            f"that no route matches: legacy: {{url: {urls[0]}}}",
        )


def _urls_differ(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        legacy = route.legacy or draft.legacy
        if legacy is not None and legacy.url and _is_plane(legacy.url, draft):
            yield tree.mistake(
                ("routes", index, "legacy", "url"), "the plane's own address: calls would go in a circle"
            )
        if route.canary.url and _is_plane(route.canary.url, draft):
            yield tree.mistake(
                ("routes", index, "canary", "url"), "the plane's own address: calls would go in a circle"
            )


def _legacy_has_no_path(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    places: list[tuple[KeyPath, Legacy | None]] = [(("legacy", "url"), draft.legacy)]
    places += [(("routes", index, "legacy", "url"), route.legacy) for index, route in draft.routes.items()]
    for path, legacy in places:
        if legacy is not None and legacy.url and "/" in legacy.url.partition("://")[2]:
            yield tree.mistake(path, "legacy gets each call's own path: name scheme, host and port only")


def _is_plane(url: str, draft: Draft) -> bool:
    address = url.partition("://")[2].partition("/")[0]
    plane = draft.plane
    return isinstance(plane, EnvoyPlane) and address in (plane.listen, plane.admin)


def _headers_are_the_clients(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        segment = route.match.http.segment
        places: list[tuple[KeyPath, str | None]] = [
            (("sticky", "header"), route.sticky.header if route.sticky else None),
            (("match", "http", "segment", "header"), segment.header if segment else None),
            (("overrides", "header"), route.overrides.header if route.overrides else None),
        ]
        for path, header in places:
            if header is not None and header.lower().startswith(CONTROL_PREFIXES):
                yield tree.mistake(("routes", index, *path), "a control header, which is removed from every call")


RULES: tuple[Callable[[Draft, RouterTree], Iterator[Mistake]], ...] = (
    _matches_once,
    _segments_say_one_thing,
    _sticky_by_one_thing,
    _methods_once,
    _writes_are_idempotent,
    _times_are_positive,
    _legacy_is_known,
    _urls_differ,
    _legacy_has_no_path,
    _headers_are_the_clients,
    _breaker_has_somebody_to_answer,
    _failures_can_be_told_apart,
)
