"""The rules that tie the values of different keys together.

In: a draft and the tree it came from. Out: mistakes with places. Shapes of single values are left to `models`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migrator.router import seam_checks
from migrator.router.config import CONTROL_PREFIXES, WRITES
from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models import METHODS, HttpRoute, LatencyGate, Legacy
from migrator.router.paths import shape_of
from migrator.router.shape import Draft
from migrator.router.yaml_tree import YamlTree


def check(draft: Draft, tree: YamlTree) -> list[Mistake]:
    """Every mistake that single values do not show."""
    return [mistake for rule in (*_RULES, *seam_checks.RULES) for mistake in rule(draft, tree)]


def _addresses_differ(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    if draft.plane and draft.plane.admin == draft.plane.listen:
        yield tree.mistake(("plane", "listen"), f"the same address as plane.admin, {draft.plane.admin}")


def _what_carries_them_is_there(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for kind, routes, calls in (("plane", draft.routes, "HTTP calls"), ("seam", draft.seam_routes, "tasks and calls")):
        if routes and not tree.has((kind,)):
            mend = "plane: {kind: envoy, admin: ..., listen: ...}" if kind == "plane" else "seam: {weights: FILE}"
            yield tree.mistake(("routes", min(routes)), f"{kind} is missing, which carries {calls}: {mend}")


def _names_once(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, route in draft.every.items():
        if route.name in seen:
            line = tree.place(("routes", seen[route.name], "name")).line
            yield tree.mistake(
                ("routes", index, "name"), f"{route.name!r} is also the name of the route on line {line}"
            )
        seen.setdefault(route.name, index)


def _matches_once(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    seen: dict[tuple[str, str, tuple[str, str] | None], int] = {}
    for index, route in draft.routes.items():
        match = route.match.http
        segment = (match.segment.header.lower(), match.segment.equals) if match.segment else None
        clashes: dict[int, list[str]] = {}
        for method in dict.fromkeys(match.methods or METHODS):
            key = (method, shape_of(match.path), segment)
            if key in seen:
                clashes.setdefault(seen[key], []).append(method)
            seen.setdefault(key, index)
        for other, methods in clashes.items():
            line = tree.place(("routes", other, "match", "http")).line
            yield tree.mistake(
                ("routes", index, "match", "http"),
                f"{', '.join(methods)} {match.path} is also matched by route {draft.routes[other].name!r} on line {line}; "
                "narrow one of them by methods, path or segment",
            )


def _methods_once(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        lists: list[tuple[tuple[str, ...], list[str]]] = [(("match", "http", "methods"), [*route.match.http.methods])]
        if route.fallback:
            lists.append((("fallback", "methods"), [*route.fallback.methods]))
            lists.append((("fallback", "on"), [*route.fallback.on]))
        for path, words in lists:
            for position, word in enumerate(words):
                if word in words[:position]:
                    yield tree.mistake(("routes", index, *path, position), f"{word} stands twice")


def _writes_are_idempotent(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
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


def _times_are_positive(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
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


def _steps_rise(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.every.items():
        if route.rollout is None:
            continue
        before = 0.0
        for position, step in enumerate(route.rollout.steps):
            if step.weight <= before:
                yield tree.mistake(
                    ("routes", index, "rollout", "steps", position, "weight"),
                    f"steps rise: {step.weight:g} is not above {before:g}",
                )
            before = max(before, step.weight)
        if route.rollout.steps[-1].weight != 100:
            last = len(route.rollout.steps) - 1
            yield tree.mistake(
                ("routes", index, "rollout", "steps", last, "weight"),
                f"the last step has weight 100, found {route.rollout.steps[-1].weight:g}",
            )


def _gates_can_be_measured(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.every.items():
        for position, gate in enumerate(route.rollout.gates if route.rollout else []):
            if isinstance(gate, LatencyGate) and gate.latency.quantile != 0.95:
                yield tree.mistake(
                    ("routes", index, "rollout", "gates", position, "latency", "quantile"),
                    "p95 is the one quantile that this version measures",
                )


def _legacy_is_known(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    if draft.legacy is not None or tree.has(("legacy",)):
        return
    if draft.plane is None and not draft.routes:
        return
    missing = [index for index, route in draft.routes.items() if route.legacy is None]
    for index in missing:
        yield tree.mistake(("routes", index), "legacy is missing, here or at the top of the file")
    urls = sorted({route.legacy.url for route in draft.routes.values() if route.legacy})
    if isinstance(tree.value, dict) and tree.value.get("routes") == []:
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


def _urls_differ(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        legacy = route.legacy or draft.legacy
        if legacy is not None and _is_plane(legacy.url, draft):
            yield tree.mistake(
                ("routes", index, "legacy", "url"), "the plane's own address: calls would go in a circle"
            )
        if _is_plane(route.canary.url, draft):
            yield tree.mistake(
                ("routes", index, "canary", "url"), "the plane's own address: calls would go in a circle"
            )


def _legacy_has_no_path(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    places: list[tuple[KeyPath, Legacy | None]] = [(("legacy", "url"), draft.legacy)]
    places += [(("routes", index, "legacy", "url"), route.legacy) for index, route in draft.routes.items()]
    for path, legacy in places:
        if legacy is not None and "/" in legacy.url.partition("://")[2]:
            yield tree.mistake(path, "legacy gets each call's own path: name scheme, host and port only")


def _is_plane(url: str, draft: Draft) -> bool:
    address = url.partition("://")[2].partition("/")[0]
    return draft.plane is not None and address in (draft.plane.listen, draft.plane.admin)


def _segment_is_not_sticky_key(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.routes.items():
        if _is_control(route, "sticky"):
            yield tree.mistake(
                ("routes", index, "sticky", "header"), "a control header, which is removed from every call"
            )
        if _is_control(route, "segment"):
            yield tree.mistake(
                ("routes", index, "match", "http", "segment", "header"),
                "a control header, which is removed from every call",
            )


def _is_control(route: HttpRoute, what: str) -> bool:
    holder = route.sticky if what == "sticky" else route.match.http.segment
    return holder is not None and holder.header.lower().startswith(CONTROL_PREFIXES)


_RULES: tuple[Callable[[Draft, YamlTree], Iterator[Mistake]], ...] = (
    _addresses_differ,
    _what_carries_them_is_there,
    _names_once,
    _matches_once,
    _methods_once,
    _writes_are_idempotent,
    _times_are_positive,
    _steps_rise,
    _gates_can_be_measured,
    _legacy_is_known,
    _urls_differ,
    _legacy_has_no_path,
    _segment_is_not_sticky_key,
)
