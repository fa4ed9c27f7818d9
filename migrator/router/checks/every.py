"""The rules of every route, whatever calls it is for: names, tenants, sticky groups.

In: a draft and the tree it came from. Out: mistakes with places.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.router.mistakes import Mistake
from migrator.router.models import AliasRoute, HttpRoute
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft


def _names_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, route in draft.every.items():
        if route.name in seen:
            line = tree.line(("routes", seen[route.name], "name"), seen_from=index)
            yield tree.mistake(("routes", index, "name"), f"{route.name!r} is also the name of the route on {line}")
        seen.setdefault(route.name, index)


def _overrides_can_be_told_apart(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
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


def _groups_have_one_weight(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, route in draft.every.items():
        group = "" if isinstance(route, AliasRoute) or route.sticky is None else route.sticky.group
        if not group:
            continue
        other = draft.every[first.setdefault(group, index)]
        if other.weight != route.weight:
            line = tree.line(("routes", first[group], "weight"), seen_from=index)
            yield tree.mistake(
                ("routes", index, "weight"),
                f"the sticky group {group!r} has the weight {other.weight:g} by route {other.name!r} on {line}: "
                "a caller is on one side in the whole group, so give all its routes one weight",
            )


RULES = (
    _names_once,
    _overrides_can_be_told_apart,
    _groups_have_one_weight,
)
