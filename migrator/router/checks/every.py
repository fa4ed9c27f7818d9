"""The rules of every route, whatever calls it is for: names, steps, tenants, sticky groups, dependencies.

In: a draft and the tree it came from. Out: mistakes with places.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from migrator.router.mistakes import Mistake
from migrator.router.models import AliasRoute, HttpRoute, LatencyGate
from migrator.router.shape import Draft
from migrator.router.yaml_tree import YamlTree


def _names_once(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, route in draft.every.items():
        if route.name in seen:
            line = tree.place(("routes", seen[route.name], "name")).line
            yield tree.mistake(
                ("routes", index, "name"), f"{route.name!r} is also the name of the route on line {line}"
            )
        seen.setdefault(route.name, index)


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


def _overrides_can_be_told_apart(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.every.items():
        if isinstance(route, AliasRoute) or route.overrides is None:
            continue
        given = route.overrides
        if isinstance(route, HttpRoute):
            kind, sticky = "header", route.sticky.header if route.sticky else None
        else:
            kind, sticky = "argument", route.sticky.argument if route.sticky else None
        if not getattr(given, kind) and sticky is None:
            yield tree.mistake(
                ("routes", index, "overrides"), f"whose value is looked at? name the {kind}, or make the route sticky"
            )
        on_legacy = frozenset(given.legacy)
        for position, value in enumerate(given.canary):
            if value in on_legacy:
                yield tree.mistake(
                    ("routes", index, "overrides", "canary", position), f"{value} stands under legacy too"
                )


def _groups_have_one_weight(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, route in draft.every.items():
        group = "" if isinstance(route, AliasRoute) or route.sticky is None else route.sticky.group
        if not group:
            continue
        other = draft.every[first.setdefault(group, index)]
        if other.weight != route.weight:
            line = tree.place(("routes", first[group], "weight")).line
            yield tree.mistake(
                ("routes", index, "weight"),
                f"the sticky group {group!r} has the weight {other.weight:g} by route {other.name!r} on line {line}: "
                "a caller is on one side in the whole group, so give all its routes one weight",
            )


def _dependencies_are_routes(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    names = [route.name for route in draft.every.values()]
    for index, route in draft.every.items():
        for position, name in enumerate(route.not_above):
            if name in names:
                continue
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield tree.mistake(("routes", index, "not_above", position), f"there is no route {name!r}{hint}")


def _dependencies_have_an_end(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    above = {route.name: tuple(route.not_above) for route in draft.every.values()}
    told: set[frozenset[str]] = set()
    for index, route in draft.every.items():
        way = _way_back(route.name, above)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            yield tree.mistake(
                ("routes", index, "not_above"),
                f"the routes wait for each other: {' -> '.join((*way, route.name))}; take one not_above away",
            )


def _way_back(start: str, above: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The routes from one on that lead back to it, or nothing."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while waiting:
        way = waiting.pop()
        for name in above.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                waiting.append((*way, name))
    return ()


def _weights_keep_dependencies(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
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
    _names_once,
    _steps_rise,
    _gates_can_be_measured,
    _overrides_can_be_told_apart,
    _groups_have_one_weight,
    _dependencies_are_routes,
    _dependencies_have_an_end,
    _weights_keep_dependencies,
)
