"""Who calls whom in the text, noted while bodies are read, for the call graph alone.

In: calls as they are evaluated. Out: notes by body. Effects ask who answers for a call: a caller for the function that
it hands over. A call graph asks whose line makes the call. The two differ, so that these notes are kept apart, and only
where somebody asks for a graph. Making a graph of them is left to `call_graph`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

Spot: TypeAlias = tuple[int, int]
"""A line and a column of the caller's file."""

K = TypeVar("K")

Slot: TypeAlias = tuple[FunctionInfo, int]
"""A parameter of a function, by position."""


class CallNotes:
    """The calls of each body, as its last reading has found them."""

    def __init__(self) -> None:
        self._functions: dict[Body, dict[Body, Spot]] = {}
        self._outside: dict[Body, dict[str, Spot]] = {}
        self._parameters: dict[Body, dict[Slot, Spot]] = {}

    def begin(self, body: Body) -> None:
        """A body is read anew."""
        self._functions[body], self._outside[body], self._parameters[body] = {}, {}, {}

    def function(self, body: Body, target: Body, spot: Spot) -> None:
        """A line of the body calls a function of the tree."""
        _first(self._functions.setdefault(body, {}), target, spot)

    def outside(self, body: Body, name: str, spot: Spot) -> None:
        """A line of the body calls something of a library."""
        _first(self._outside.setdefault(body, {}), name, spot)

    def parameter(self, body: Body, slot: Slot, spot: Spot) -> None:
        """A line of the body calls what was passed for a parameter, its own or that of a function around it."""
        _first(self._parameters.setdefault(body, {}), slot, spot)

    def functions_of(self, body: Body) -> Mapping[Body, Spot]:
        """The functions that a body calls."""
        return self._functions.get(body, {})

    def outside_of(self, body: Body) -> Mapping[str, Spot]:
        """What a body calls of libraries."""
        return self._outside.get(body, {})

    def parameters_of(self, body: Body) -> Mapping[Slot, Spot]:
        """The parameters that a body calls."""
        return self._parameters.get(body, {})


def _first(known: dict[K, Spot], key: K, spot: Spot) -> None:
    if key not in known or spot < known[key]:
        known[key] = spot
