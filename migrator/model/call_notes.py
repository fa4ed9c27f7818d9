"""Who calls whom in the text, noted while bodies are read, for the call graph alone.

In: calls as they are evaluated. Out: notes by body. Effects ask who answers for a call: a caller for the function that
it hands over. A call graph asks whose line makes the call. The two differ, so that these notes are kept apart, and only
where somebody asks for a graph. Making a graph of them is left to `call_graph`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

Spot: TypeAlias = tuple[int, int]
"""A line and a column of the caller's file."""

K = TypeVar("K")

Slot: TypeAlias = tuple[FunctionInfo, int]
"""A parameter of a function, by position."""


class CallNotes:
    """The calls of each body, as the last reading of each of its steps has found them."""

    def __init__(self) -> None:
        self._steps: dict[Body, dict[int, _Step]] = {}
        self._at: dict[Body, _Step] = {}

    def begin(self, body: Body, number: int) -> None:
        """A step of a body is read anew."""
        self._at[body] = self._steps.setdefault(body, {})[number] = _Step()

    def function(self, body: Body, target: Body, spot: Spot) -> None:
        """A line of the body calls a function of the tree."""
        _first(self._now(body).functions, target, spot)

    def outside(self, body: Body, name: str, spot: Spot) -> None:
        """A line of the body calls something of a library."""
        _first(self._now(body).outside, name, spot)

    def parameter(self, body: Body, slot: Slot, spot: Spot) -> None:
        """A line of the body calls what was passed for a parameter, its own or that of a function around it."""
        _first(self._now(body).parameters, slot, spot)

    def functions_of(self, body: Body) -> Mapping[Body, Spot]:
        """The functions that a body calls."""
        return _joined(step.functions for step in self._of(body))

    def outside_of(self, body: Body) -> Mapping[str, Spot]:
        """What a body calls of libraries."""
        return _joined(step.outside for step in self._of(body))

    def parameters_of(self, body: Body) -> Mapping[Slot, Spot]:
        """The parameters that a body calls."""
        return _joined(step.parameters for step in self._of(body))

    def release(self) -> None:
        """Let go of everything, as `ProgramModel.release` does."""
        self._steps.clear()
        self._at.clear()

    def _now(self, body: Body) -> _Step:
        if body not in self._at:
            self.begin(body, 0)
        return self._at[body]

    def _of(self, body: Body) -> list[_Step]:
        steps = self._steps.get(body, {})
        return [steps[number] for number in sorted(steps)]


@dataclass(slots=True)
class _Step:
    functions: dict[Body, Spot] = field(default_factory=dict)
    outside: dict[str, Spot] = field(default_factory=dict)
    parameters: dict[Slot, Spot] = field(default_factory=dict)


def _joined(steps: Iterable[Mapping[K, Spot]]) -> dict[K, Spot]:
    joined: dict[K, Spot] = {}
    for step in steps:
        for key, spot in step.items():
            _first(joined, key, spot)
    return joined


def _first(known: dict[K, Spot], key: K, spot: Spot) -> None:
    if key not in known or spot < known[key]:
        known[key] = spot
