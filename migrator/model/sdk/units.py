"""The bodies that a slice runs, and what is written in them, by name.

In: bodies with their frames. Out: their expressions, and an index of the places that use a name as something that is
called, so that the callers of one function are found without evaluating every call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migrator.facts.expressions import Attribute, Call, Expression, Name, parts_of
from migrator.facts.records import Bind, How, Import
from migrator.model.index import FunctionInfo
from migrator.model.sdk.scopes import expressions_of, last_name
from migrator.model.sdk.values import Frame
from migrator.model.solver import Body

ANY_NAME = ""
"""Stands for what is called without a name of its own: the result of a call, an item, what a caller passes."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A body that the slice runs.

    Attributes:
        lines: of a module those that travel; None for all.
    """

    frame: Frame
    body: Body
    lines: frozenset[int] | None = None

    def holds(self, line: int) -> bool:
        """Whether a line of it is part of the slice."""
        return self.lines is None or line in self.lines


def sdk_expressions(unit: Unit) -> Iterator[tuple[int, Expression]]:
    """Every expression of a body that is part of the slice, with its step."""
    for at, step in enumerate(unit.frame.info.scope.steps):
        for expression in expressions_of(step):
            for part in parts_of(expression):
                line = getattr(part, "line", None)
                if line is None or unit.holds(line):
                    yield at, part


@dataclass(slots=True)
class Written:
    """Calls and properties by the name that is used, and other names that imports and variables give to a name."""

    uses: dict[str, list[tuple[Unit, int, Call | Attribute]]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)


def written_in(units: Sequence[Unit], properties: frozenset[str]) -> Written:
    """What is written in the bodies.

    Args:
        properties: names of properties: reading one is a call.
    """
    written = Written()
    for unit in units:
        given_names = _parameters(unit.frame.info)
        for at, node in sdk_expressions(unit):
            if isinstance(node, Call):
                named = isinstance(node.func, Name | Attribute) and last_name(node.func) not in given_names
                names = {last_name(node.func) if named else ANY_NAME}
                given = [*node.arguments, *(value for _, value in node.keywords)]
                names |= {last_name(each) for each in given if isinstance(each, Name | Attribute)}
                for name in names:
                    written.uses.setdefault(name, []).append((unit, at, node))
            elif isinstance(node, Attribute) and node.attr in properties:
                written.uses.setdefault(node.attr, []).append((unit, at, node))
        for step in unit.frame.info.scope.steps:
            if isinstance(step, Import) and step.attribute and step.name != step.attribute:
                written.aliases.setdefault(step.attribute, set()).add(step.name)
            elif isinstance(step, Bind) and step.how is How.ASSIGN and isinstance(step.value, Name | Attribute):
                written.aliases.setdefault(last_name(step.value), set()).add(step.name)
    return written


def _parameters(info: FunctionInfo | None) -> set[str]:
    """The parameters of a function, and of those around it."""
    found: set[str] = set()
    while info is not None:
        found.update(parameter.name for parameter in info.scope.parameters)
        info = info.enclosing
    return found
