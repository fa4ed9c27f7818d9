"""Which rule of a listener is looked at first.

In: the routes, the priorities that they have, those that others have. Out: a priority for each route, such that of two
paths the more specific comes first, and as few rules as possible are moved. Writing them is left to the plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise

from migrator.cloud_facts.load_balancers import LAST_PRIORITY
from migrator.domain.routes import BalancerRoute
from migrator.errors import UsageError
from migrator.router.paths import rank_of

_STEP = 100


def arranged(
    routes: Iterable[BalancerRoute], current: Mapping[str, int], taken: Set[int], leaving: Set[int] = frozenset()
) -> Mapping[str, int]:
    """A priority for each route by its name: its own, or a free one.

    Args:
        routes: all that the listener is to have of this program.
        current: the priorities of those that are there.
        taken: priorities of rules that are somebody else's.
        leaving: priorities of rules that are about to be deleted: AWS may hold them for a moment, so that only a route
            that asks for one gets it.

    Raises:
        UsageError: a priority is asked for that another route asks for too, or that is taken.
    """
    routes = list(routes)
    own = _own(routes, taken)
    taken = taken | leaving | set(own.values())
    order = [route.name for route in sorted((r for r in routes if r.name not in own), key=_rank)]
    kept = {name: current[name] for name in order if name in current and current[name] not in taken}
    free = _filled(order, kept, taken) if _rising([kept[name] for name in order if name in kept]) else None
    return {**own, **(free if free is not None else _anew(order, taken | set(current.values())))}


def _rank(route: BalancerRoute) -> tuple[object, ...]:
    match = route.match
    return (rank_of(match.path), match.segment is None, not match.hosts, not match.methods, route.name)


def _own(routes: Sequence[BalancerRoute], taken: Set[int]) -> Mapping[str, int]:
    """The priorities that routes ask for."""
    asked: dict[int, str] = {}
    for route in routes:
        if not route.priority:
            continue
        if not 1 <= route.priority <= LAST_PRIORITY:
            raise UsageError(
                f"{route.name} asks for priority {route.priority}; rules have 1 to {LAST_PRIORITY}",
                hint="name another one, or none to take a free one",
            )
        if route.priority in taken:
            raise UsageError(
                f"{route.name} asks for priority {route.priority}, which a rule has that is not migrator's",
                hint="name another one, or none to take a free one",
            )
        if route.priority in asked:
            raise UsageError(f"{asked[route.priority]} and {route.name} both ask for priority {route.priority}")
        asked[route.priority] = route.name
    return {name: priority for priority, name in asked.items()}


def _rising(numbers: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(numbers))


def _filled(order: Sequence[str], kept: Mapping[str, int], taken: Set[int]) -> Mapping[str, int] | None:
    """The new ones between those that stay, with room left around them; None where there is none."""
    found: dict[str, int] = {}
    low, new = 0, list[str]()
    for name in [*order, ""]:
        if name and name not in kept:
            new.append(name)
            continue
        high = kept[name] if name else min(low + _STEP * (len(new) + 1), LAST_PRIORITY + 1)
        room = [number for number in range(low + 1, high) if number not in taken]
        if len(room) < len(new):
            return None
        found |= {each: room[(at + 1) * len(room) // (len(new) + 1)] for at, each in enumerate(new)}
        if name:
            found[name] = low = kept[name]
        new = []
    return found


def _anew(order: Sequence[str], taken: Set[int]) -> Mapping[str, int]:
    """All of them anew, on numbers that no rule has now: AWS moves several rules in one call, in no order it tells."""
    wide = [number for number in range(_STEP, LAST_PRIORITY + 1, _STEP) if number not in taken]
    numbers = wide if len(wide) >= len(order) else [n for n in range(1, LAST_PRIORITY + 1) if n not in taken]
    if len(numbers) < len(order):
        raise UsageError(f"the listener has no {len(order)} free priorities")
    return dict(zip(order, numbers, strict=False))
