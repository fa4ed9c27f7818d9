"""The figures of a route can be read where the file says, and are counts.

In: a draft and the tree it came from. Out: mistakes with places.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.router.figures import why_no_counters
from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models import AlbPlane, AliasRoute, HttpRoute
from migrator.router.models.metrics import Metrics, Prometheus
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft, ShapedRoute

_COUNTED = ("requests", "failures", "throttled", "times")
_LEAST_LAG_S, _MOST_LAG_S = 1.0, 3600.0


def _named(draft: Draft) -> Iterator[tuple[KeyPath, Metrics, ShapedRoute | None]]:
    if draft.metrics is not None:
        yield ("metrics",), draft.metrics, None
    for index, route in draft.every.items():
        if route.metrics is not None:
            yield ("routes", index, "metrics"), route.metrics, route


def _one_source(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, metrics, _ in _named(draft):
        if (metrics.prometheus is None) == (metrics.cloudwatch is None):
            yield tree.mistake(path, "name one of prometheus and cloudwatch", of_key=True)


def _counters_are_selected(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, metrics, _ in _named(draft):
        if metrics.prometheus is None:
            continue
        for key, side, position, selector in _selectors(metrics.prometheus):
            there: KeyPath = (*path, "prometheus", key, side)
            place: KeyPath = (*there, position) if tree.has((*there, position)) else there
            if why := why_no_counters(selector):
                yield tree.mistake(place, why)
            elif key == "times" and not selector.split("{")[0].strip().endswith("_bucket"):
                yield tree.mistake(place, "these are no buckets of a histogram, whose name ends in _bucket")


def _selectors(prometheus: Prometheus) -> Iterator[tuple[str, str, int, str]]:
    for key in _COUNTED:
        sides = getattr(prometheus, key)
        for side in ("legacy", "canary") if sides is not None else ():
            for position, selector in enumerate(getattr(sides, side)):
                yield key, side, position, selector


def _both_sides_differ(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, metrics, _ in _named(draft):
        prometheus = metrics.prometheus
        if prometheus is not None and set(prometheus.requests.legacy) & set(prometheus.requests.canary):
            yield tree.mistake(
                (*path, "prometheus", "requests", "canary"), "selects what legacy's selector does; tell the sides apart"
            )


def _token_has_one_place(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, metrics, _ in _named(draft):
        token = metrics.prometheus.token if metrics.prometheus is not None else None
        if token is not None and (token.env is None) == (token.file is None):
            yield tree.mistake((*path, "prometheus", "token"), "name one of env and file", of_key=True)


def _lag_is_one(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, metrics, _ in _named(draft):
        for key, source in (("prometheus", metrics.prometheus), ("cloudwatch", metrics.cloudwatch)):
            if source is not None and not _LEAST_LAG_S <= source.lag <= _MOST_LAG_S:
                yield tree.mistake((*path, key, "lag"), "lies between 1s and 1h")


def _cloudwatch_sees_the_calls(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    """At one point for both sides, which is a load balancer or an alias."""
    balanced = isinstance(draft.plane, AlbPlane)
    for path, metrics, route in _named(draft):
        routes = (route,) if route is not None else tuple(draft.every.values())
        seen = any(isinstance(one, AliasRoute) or (balanced and isinstance(one, HttpRoute)) for one in routes)
        if metrics.cloudwatch is not None and routes and not seen:
            yield tree.mistake(
                (*path, "cloudwatch"),
                "CloudWatch sees both sides behind a load balancer or an alias only; leave it out, or name prometheus",
                of_key=True,
            )


RULES = (
    _one_source,
    _counters_are_selected,
    _both_sides_differ,
    _token_has_one_place,
    _lag_is_one,
    _cloudwatch_sees_the_calls,
)
