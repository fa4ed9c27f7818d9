"""Where attributes and items are set anywhere.

In: the steps of all scopes. Out: the places that store under a name. What their values are is left to `evaluation`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.facts.expressions import Attribute, Call, Expression, Name, Subscript
from migrator.facts.records import Bind, Define, How, Import, Step, Store
from migrator.model.index import FunctionInfo, Index

_FILLING = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})


@dataclass(frozen=True, slots=True)
class Stored:
    """One place that sets an attribute or item."""

    info: FunctionInfo
    index: int
    step: Store


class Stores:
    """Every place of the program that sets an attribute, or an item of something that has a name."""

    def __init__(self, index: Index) -> None:
        self.attributes: dict[str, list[Stored]] = {}
        self.items: dict[str, list[Stored]] = {}
        self.filled: dict[str, list[tuple[FunctionInfo, int, Call]]] = {}
        self.globals: dict[tuple[str, str], list[tuple[FunctionInfo, int]]] = {}
        for info in index.all_functions():
            for position, step in enumerate(info.scope.steps):
                self._read(info, position, step)

    def _read(self, info: FunctionInfo, position: int, step: Step) -> None:
        if isinstance(step, Store):
            if step.value is None or step.how is How.NARROW:
                return
            target = step.target
            if isinstance(target, Attribute):
                self.attributes.setdefault(target.attr, []).append(Stored(info, position, step))
            elif name := last_name(target.value):
                self.items.setdefault(name, []).append(Stored(info, position, step))
        elif isinstance(step, Bind) and step.name in info.scope.globals and step.value is not None:
            self.globals.setdefault((info.module.name, step.name), []).append((info, position))
        call = getattr(step, "value", None)
        if not isinstance(call, Call) or not isinstance(call.func, Attribute):
            return
        if call.func.attr in _FILLING and (name := last_name(call.func.value)):
            self.filled.setdefault(name, []).append((info, position, call))


def last_name(expression: Expression) -> str:
    """The name under which an expression is known: of a variable or of an attribute; or an empty string."""
    if isinstance(expression, Name):
        return expression.id
    if isinstance(expression, Attribute):
        return expression.attr
    return last_name(expression.value) if isinstance(expression, Subscript) else ""


def expressions_of(step: Step) -> Iterable[Expression]:
    """The expressions that a step evaluates."""
    if isinstance(step, Import | Define):
        return ()
    if isinstance(step, Store):
        return [part for part in (step.target, step.value) if part is not None]
    if isinstance(step, Bind):
        return () if step.how is How.NARROW or step.value is None else (step.value,)
    return (step.value,)
