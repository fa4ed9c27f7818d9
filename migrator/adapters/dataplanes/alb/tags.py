"""What stands beside a listener rule about its route, as tags.

In: a `BalancerRoute` and weights. Out: tags, and of a rule's tags and conditions the route again. A rule without
`migrator:route` is somebody else's. A tag's value may hold few characters and no percent sign: all others are written
as `=XX`, the bytes of their UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, unquote

from migrator.adapters.dataplanes.alb.conditions import conditions_of, normal, shown
from migrator.cloud_facts.load_balancers import TAG_LENGTH
from migrator.domain.routes import BalancerRoute, HttpMatch, Segment, Sticky, Weight
from migrator.errors import UsageError

ROUTE: Final = "migrator:route"
RECORDED: Final = "migrator:weight"
"""Percent that was made live last and seen there."""
INTENT: Final = "migrator:intent"
"""Percent that is being made live; empty when it was seen there. So a change whose answer was lost is no drift."""
FENCE: Final = "migrator:fence"
"""The highest fence that was seen for the route; empty for none. See `migrator.rollout.fencing`."""
LEGACY: Final = "migrator:legacy"
CANARY: Final = "migrator:canary"
STICKY: Final = "migrator:sticky"
PRIORITY: Final = "migrator:priority"
_PATH: Final = "migrator:path"
_METHODS: Final = "migrator:methods"
_HOSTS: Final = "migrator:hosts"
_SEGMENT: Final = "migrator:segment"

_SAFE: Final = "/:+@-._"


def tags_of(route: BalancerRoute) -> dict[str, str]:
    """The tags that say a route, without its weight.

    Raises:
        UsageError: one of them has no room.
    """
    match, segment = route.match, route.match.segment
    tags = {
        ROUTE: _written(route.name),
        LEGACY: route.legacy,
        CANARY: route.canary,
        STICKY: str(route.sticky.seconds) if route.sticky else "0",
        PRIORITY: str(route.priority),
        _PATH: _written(match.path),
        _METHODS: _joined(match.methods),
        _HOSTS: _joined(match.hosts),
        _SEGMENT: _joined((segment.kind, segment.name, *segment.values)) if segment else "",
    }
    for key, value in tags.items():
        if len(value) > TAG_LENGTH:
            raise UsageError(
                f"{key.removeprefix('migrator:')} of {route.name} has {len(value)} characters as a tag of its rule, "
                f"which holds {TAG_LENGTH}",
                hint="shorten it",
            )
    return tags


def name_in(tags: Mapping[str, str]) -> str:
    """The route's name; empty for a rule that is somebody else's."""
    return _read(tags.get(ROUTE, ""))


def route_in(
    tags: Mapping[str, str], conditions: Iterable[Mapping[str, Any]], priority: int, weight: Weight
) -> BalancerRoute:
    """The route that a rule carries: as it was told, or, where its conditions were changed, as they stand."""
    conditions = list(conditions)
    kind, name, *values = _split(tags.get(_SEGMENT, "")) or ("", "")
    told = HttpMatch(
        _split(tags.get(_METHODS, "")),
        _read(tags.get(_PATH, "")),
        Segment(kind, name, tuple(values)) if kind else None,
        _split(tags.get(_HOSTS, "")),
    )
    route = BalancerRoute(
        name=name_in(tags),
        match=told if _says(told, conditions) else shown(conditions),
        legacy=tags.get(LEGACY, ""),
        canary=tags.get(CANARY, ""),
        weight=weight.canary,
        priority=priority if number_in(tags, PRIORITY) else 0,
    )
    return with_sticky(route, number_in(tags, STICKY))


def with_sticky(route: BalancerRoute, seconds: int) -> BalancerRoute:
    """The route with another time that a caller stays on a side; 0 for not at all."""
    return replace(route, sticky=Sticky("cookie", "", seconds=seconds) if seconds else None)


def weight_in(tags: Mapping[str, str], key: str) -> Weight | None:
    """A weight that a tag says; None where it says none."""
    try:
        return Weight(float(tags.get(key, "")))
    except ValueError:
        return None


def weight_tag(weight: Weight) -> str:
    """A weight as a tag says it."""
    return repr(weight.canary).removesuffix(".0")


def number_in(tags: Mapping[str, str], key: str) -> int:
    """A whole number that a tag says; 0 where it says none."""
    value = tags.get(key, "")
    return int(value) if value.isascii() and value.isdigit() else 0


def _says(told: HttpMatch, conditions: Iterable[Mapping[str, Any]]) -> bool:
    try:
        return normal(conditions_of(told)) == normal(conditions)
    except UsageError:
        return False


def _joined(texts: Iterable[str]) -> str:
    return " ".join(map(_written, texts))


def _split(text: str) -> tuple[str, ...]:
    return tuple(map(_read, text.split(" "))) if text else ()


def _written(text: str) -> str:
    # quote() leaves `~` alone, which tags do not allow.
    return quote(text, safe=_SAFE).replace("~", "%7E").replace("%", "=")


def _read(text: str) -> str:
    return unquote(text.replace("=", "%"))
