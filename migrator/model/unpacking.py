"""Values that several targets get parts of: `for key, value in table.items()`, `first, *rest = read()`.

In: the steps of a function. Out: those that take part of what a step before them has evaluated already. The facts of each
such step hold the whole value; the first alone evaluates it.
"""

from __future__ import annotations

from typing import NamedTuple

from migrator.facts.expressions import Await, Call, Element, Entered, Expression, Subscript
from migrator.facts.records import Bind, Step, Store
from migrator.model.index import FunctionInfo

_COSTLY = (Await, Call, Element, Entered)
"""What is not as quickly evaluated again as looked up."""


class Whole(NamedTuple):
    """A value of which a step takes a part, or all.

    Attributes:
        first: the number of the step that evaluates it, counted from 1.
    """

    value: Expression
    first: int


def wholes_of(info: FunctionInfo) -> dict[int, Whole]:
    """The steps of a function, counted from 1, that have a value in common, with it; the first of them, too."""
    found: dict[int, Whole] = {}
    before: Expression | None = None
    for number, step in enumerate(info.scope.steps, 1):
        value = _whole_of(step)
        if value is not None and value is before:  # one statement: extraction lowers what is unpacked once
            first = found.setdefault(number - 1, Whole(value, number - 1)).first
            found[number] = Whole(value, first)
        before = value
    return found


def _whole_of(step: Step) -> Expression | None:
    if not isinstance(step, Bind | Store):
        return None
    value = step.value
    while isinstance(value, Subscript):
        value = value.value
    return value if isinstance(value, _COSTLY) else None
