"""The rules of what routes wait for: `not_above`, and `after`.

In: a draft and the tree it came from. Out: mistakes with places.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from migrator.router.mistakes import Mistake
from migrator.router.models import AliasRoute
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft, ShapedRoute


def _after(route: ShapedRoute) -> tuple[str, ...]:
    return tuple(route.rollout.after) if route.rollout is not None else ()


def _dependencies_are_routes(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    names = [route.name for route in draft.every.values()]
    for index, route in draft.every.items():
        for key, listed in ((("not_above",), route.not_above), (("rollout", "after"), _after(route))):
            for position, name in enumerate(listed):
                if name in names:
                    continue
                near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield tree.mistake(("routes", index, *key, position), f"there is no route {name!r}{hint}")


def _dependencies_have_an_end(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    above = {route.name: tuple(route.not_above) for route in draft.every.values()}
    told: set[str] = set()
    held = _held(above)
    for index, route in draft.every.items():
        way = _way_back(route.name, above[route.name], above) if route.name in held and route.name not in told else ()
        if way:
            told.update(way)
            yield tree.mistake(
                ("routes", index, "not_above"),
                f"the routes wait for each other: {' -> '.join((*way, route.name))}; take one not_above away",
            )


def _turns_have_an_end(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    """A route without weight holds those that are not above it, so both kinds of waiting count together."""
    waits = {route.name: (*_after(route), *route.not_above) for route in draft.every.values()}
    told: set[str] = set()
    held = _held(waits)
    for index, route in draft.every.items():
        way = _way_back(route.name, _after(route), waits) if route.name in held and route.name not in told else ()
        if way:
            told.update(way)
            yield tree.mistake(
                ("routes", index, "rollout", "after"),
                f"the routes wait for each other: {' -> '.join((*way, route.name))}; "
                "none would ever begin: take one of them out of after",
            )


def _held(waits: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The routes that wait in a circle, or for one that does: what is left when none can begin any more."""
    waited: dict[str, list[str]] = {}
    for name, others in waits.items():
        for other in others:
            waited.setdefault(other, []).append(name)
    open_ends = {name: sum(other in waits for other in others) for name, others in waits.items()}
    free = [name for name, count in open_ends.items() if not count]
    while free:
        for name in waited.get(free.pop(), ()):
            open_ends[name] -= 1
            if not open_ends[name]:
                free.append(name)
    return frozenset(name for name, count in open_ends.items() if count)


def _way_back(start: str, first: tuple[str, ...], waits: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The routes from one on, over one of the first, that lead back to it, or nothing."""
    if start in first:
        return (start,)
    waiting: list[tuple[str, ...]] = [(start, name) for name in first]
    seen = set(first)
    while waiting:
        way = waiting.pop()
        for name in waits.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                waiting.append((*way, name))
    return ()


def _groups_begin_together(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    groups = {
        route.name: "" if isinstance(route, AliasRoute) or route.sticky is None else route.sticky.group
        for route in draft.every.values()
    }
    for index, route in draft.every.items():
        for position, name in enumerate(_after(route)):
            if name != route.name and groups[route.name] and groups[route.name] == groups.get(name):
                yield tree.mistake(
                    ("routes", index, "rollout", "after", position),
                    f"{name} is in the sticky group {groups[name]!r} too, whose routes have one weight: "
                    "neither can be promoted before the other",
                )


def _weights_keep_dependencies(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    weights = {route.name: route.weight for route in draft.every.values()}
    for index, route in draft.every.items():
        for name in route.not_above:
            if name in weights and route.weight > weights[name]:
                yield tree.mistake(
                    ("routes", index, "weight"),
                    f"{route.weight:g} is above the {weights[name]:g} of {name}, which not_above forbids; "
                    f"lower it, or raise {name} first",
                )


RULES = (
    _dependencies_are_routes,
    _dependencies_have_an_end,
    _turns_have_an_end,
    _groups_begin_together,
    _weights_keep_dependencies,
)
