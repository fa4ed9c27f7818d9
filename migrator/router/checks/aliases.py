"""The rules of routes of versions of a function.

In: a draft and the tree it came from. Out: mistakes with places.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.router.mistakes import Mistake
from migrator.router.models import ParityGate
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft


def _versions_differ(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.alias_routes.items():
        if route.legacy.version == route.canary.version:
            yield tree.mistake(("routes", index, "canary", "version"), "the same version on both sides")


def _aliases_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    seen: dict[tuple[str, str], int] = {}
    for index, route in draft.alias_routes.items():
        key = (route.match.function, route.match.alias)
        if key in seen:
            line = tree.line(("routes", seen[key], "match"), seen_from=index)
            yield tree.mistake(
                ("routes", index, "match", "function"),
                f"{':'.join(key)} is also matched by the route on {line}; keep one of them",
            )
        seen.setdefault(key, index)


def _not_compared(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.alias_routes.items():
        for position, gate in enumerate(route.rollout.named_gates if route.rollout else []):
            if isinstance(gate, ParityGate):
                yield tree.mistake(
                    ("routes", index, "rollout", "gates", position, "parity"),
                    "two versions of a function are not compared; leave this gate out",
                )


RULES = (_versions_differ, _aliases_once, _not_compared)
