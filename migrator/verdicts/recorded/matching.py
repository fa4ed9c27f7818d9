"""Which candidates a recorded call is of.

In: the candidates of an application, then requests and runs. Out: numbers of candidates, or why there is none. A request
is matched by its path and method, else by the route or the function that the log names; a run by its name. It is of
several where they share a route or a name: of a method that views inherit and of the views, of what is registered twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Final, TypeAlias

from migrator.domain.assessments import Assessment
from migrator.domain.records import Request, Run
from migrator.domain.triggers import TriggerKind
from migrator.model.django_routes import shown_path
from migrator.verdicts.recorded.route_patterns import RoutePattern, pattern_of
from migrator.verdicts.recorded.route_tree import Route, RouteTree, takes
from migrator.verdicts.recorded.targets import path_of


class NoCall(Enum):
    """Why a record is of no candidate."""

    UNMATCHED = "unmatched"  # nothing answers to it
    ASIDE = "aside"  # no function ran for it: a preflight request, a redirect to the path with its slash or without


Match: TypeAlias = "tuple[int, ...] | NoCall"

_REMEMBERED: Final = 100_000
"""Targets of which it is remembered who answers; most logs have fewer that differ, and the time of a look-up is spared."""

_LONGEST_REMEMBERED: Final = 500  # characters

_LONGEST_PREFIX: Final = 2
"""Segments of a prefix that a proxy may take off."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FROM_OUTSIDE: Final = frozenset({TriggerKind.HTTP, TriggerKind.QUEUE, TriggerKind.SCHEDULE})
_EVERY: Final = frozenset({"", "*"})
"""What stands for every method where a framework's routes have none of their own."""

_GROUP: Final = "(?P<"
_PREFLIGHT: Final = "OPTIONS"
_ONLY_PREFLIGHT: Final[frozenset[str] | None] = frozenset({_PREFLIGHT})


class Matcher:
    """The candidates of one application."""

    def __init__(self, candidates: Sequence[Assessment]) -> None:
        self._routes: dict[str, list[tuple[frozenset[str] | None, int]]] = {}
        self._names: dict[str, tuple[int, ...]] = {}
        self._within: set[int] = set()
        routes: list[Route] = []
        tasks: dict[str, set[int]] = {}
        for number, item in enumerate(candidates):
            self._names[item.name] = (number,)
            if not any(trigger.kind in _FROM_OUTSIDE for trigger in item.triggers):
                self._within.add(number)
            for trigger in item.triggers:
                if trigger.kind is TriggerKind.HTTP:
                    methods = _methods(trigger.detail.get("methods"))
                    if (pattern := pattern_of(trigger)) is not None:
                        routes.append(Route(number, methods, pattern))
                    path = trigger.detail.get("path")
                    if isinstance(path, str):
                        self._routes.setdefault(_bare(path), []).append((methods, number))
                elif isinstance(task := trigger.detail.get("task"), str):
                    tasks.setdefault(task, set()).add(number)
        self._names |= {name: tuple(sorted(numbers)) for name, numbers in tasks.items()}
        self._tree = RouteTree(routes)
        self._same: dict[RoutePattern, list[Route]] = {}
        for route in routes:
            self._same.setdefault(route.pattern, []).append(route)
        self._known: dict[tuple[str, str], tuple[Match, bool]] = {}

    def request(self, request: Request) -> Match:
        """The candidates that answered a request."""
        method, target = request.method, request.target
        if "?" in target:
            target = target[: target.index("?")]
        key = (method, target)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._by_path(method, target)
            if len(target) <= _LONGEST_REMEMBERED:
                self._known[key] = known
        match, respelled = known
        if respelled and request.status in _REDIRECTS:
            return NoCall.ASIDE
        if match is NoCall.UNMATCHED and request.route:
            match = self._by_route(request.method, request.route)
        if match is NoCall.UNMATCHED and request.code:
            match = self._by_name(request.code)
        return match

    def prefix(self, request: Request) -> str:
        """The first segments of a path without which a candidate would answer; empty where none would."""
        path = path_of(request.target)
        if path is None or not request.method:
            return ""
        for taken in range(1, min(_LONGEST_PREFIX, len(path.segments)) + 1):
            rest = path.segments[taken:]
            if self._tree.find(rest, lambda route: route.takes(request.method) and route.pattern.literal > 0):
                return "/" + "/".join(path.segments[:taken])
        return ""

    def run(self, run: Run) -> Match:
        """The candidates that ran. What ran inside of another call counts only where nothing from outside calls it:
        the call around it is told of as well.
        """
        for name in run.names:
            match = self._by_name(name)
            if not isinstance(match, NoCall):
                return NoCall.ASIDE if run.inside and not self._within.issuperset(match) else match
        return NoCall.ASIDE if run.inside else NoCall.UNMATCHED

    def _by_path(self, method: str, target: str) -> tuple[Match, bool]:
        path = path_of(target) if method else None
        if path is None:
            return (NoCall.ASIDE if method == _PREFLIGHT else NoCall.UNMATCHED), False
        if method == _PREFLIGHT:
            route = self._tree.find(path.segments, lambda route: route.methods == _ONLY_PREFLIGHT)
            if route is None:
                # Frameworks and what stands before them answer these, also where they list the method.
                known = self._tree.find(path.segments, lambda route: True)
                return (NoCall.ASIDE if known else NoCall.UNMATCHED), False
            return self._owners(route, method), False
        route = self._tree.find(path.segments, lambda route: route.takes(method))
        if route is None:
            return NoCall.UNMATCHED, False
        if route.pattern.slash == path.slash:
            return self._owners(route, method), False
        # One that is written just so comes before one that would take the path with or without its slash, but a
        # redirect is the answer of the more particular one.
        exact = self._tree.find(path.segments, lambda route: route.pattern.slash == path.slash and route.takes(method))
        if exact is None:
            return self._owners(route, method), True
        return self._owners(exact, method), exact.pattern.segments != route.pattern.segments

    def _owners(self, route: Route, method: str) -> tuple[int, ...]:
        return tuple(sorted({same.owner for same in self._same[route.pattern] if same.takes(method)}))

    def _by_route(self, method: str, route: str) -> Match:
        known = [(methods, owner) for methods, owner in self._routes.get(_bare(route), ()) if takes(methods, method)]
        if method == _PREFLIGHT and any(methods != _ONLY_PREFLIGHT for methods, _ in known):
            return NoCall.ASIDE
        return tuple(sorted({owner for _, owner in known})) or NoCall.UNMATCHED

    def _by_name(self, name: str) -> Match:
        found = self._names.get(name)
        if found is None:
            # A class of views is a candidate as a whole; a trace names its method.
            found = self._names.get(name.rpartition(".")[0])
        return NoCall.UNMATCHED if found is None else found


def _methods(said: object) -> frozenset[str] | None:
    methods = (
        frozenset(item.upper() for item in said if isinstance(item, str)) if isinstance(said, Collection) else None
    )
    return None if not methods or methods & _EVERY else methods


def _bare(path: str) -> str:
    """What is equal in a route as a trigger has it and as a trace does: `^orders/(?P<pk>[^/.]+)/$` is `/orders/<pk>/`."""
    shown = shown_path(path).replace("^", "") if _GROUP in path else path
    return shown.strip("/^$")
