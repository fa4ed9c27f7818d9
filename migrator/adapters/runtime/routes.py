"""Which route of an HTTP API a call takes, and what its path parameters are.

In: routes with templates, a method and a path. Out: the route and its parameters. The order of precedence is
API Gateway's: the full path before one that is taken greedily, a fixed segment before a variable one, a
named method before ANY.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from migrator.adapters.runtime.function import HttpRoute

_VARIABLE = re.compile(r"^\{([^{}+]+)(\+?)\}$")


class RouteTable:
    """The routes of one function, ready to be asked."""

    def __init__(self, routes: Sequence[HttpRoute]) -> None:
        self._rows = sorted(((_precedence(route), route, route.path.split("/")[1:]) for route in routes), key=_first)

    def match(self, method: str, path: str) -> tuple[HttpRoute, Mapping[str, str]] | None:
        """The route for a call, with its path parameters; None when there is none.

        Args:
            path: decoded, as API Gateway matches it: an encoded slash parts segments.
        """
        segments = path.split("/")[1:]
        for _, route, template in self._rows:
            if route.method in (method, "ANY") and (parameters := _match(template, segments)) is not None:
                return route, parameters
        return None


def _first(row: tuple[tuple[object, ...], HttpRoute, list[str]]) -> tuple[object, ...]:
    return row[0]


def _precedence(route: HttpRoute) -> tuple[bool, tuple[int, ...], bool, str]:
    kinds = tuple(_kind(segment) for segment in route.path.split("/")[1:])
    return (2 in kinds, kinds, route.method == "ANY", route.key)


def _kind(segment: str) -> int:
    found = _VARIABLE.match(segment)
    return 0 if found is None else 2 if found.group(2) else 1


def _match(template: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for position, expected in enumerate(template):
        variable = _VARIABLE.match(expected)
        if variable is not None and variable.group(2):
            rest = "/".join(segments[position:])
            return {**parameters, variable.group(1): rest} if rest else None
        if position >= len(segments):
            return None
        if variable is None:
            if segments[position] != expected:
                return None
        elif segments[position]:
            parameters[variable.group(1)] = segments[position]
        else:
            return None
    return parameters if len(template) == len(segments) else None
