"""Registrations on objects that nobody could follow: calls and decorators by their mere names.

An application made by a class from the settings, a router of a library without a description: their methods are seen
in the text only. In: the names of methods. Out: their calls, in the form of a library's, where nothing that the
object may be is described or known to a plug-in. What a name means is left to the plug-ins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from migrator.domain.locations import Location
from migrator.facts.expressions import Attribute, Call, Expression, Name, Starred
from migrator.model.evaluation import Evaluation
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Program
from migrator.model.values import Lib, Param, Unknown, Value


def undescribed_calls(program: Program, method: str) -> Iterator[LibraryCall]:
    """The calls of a method, one of `SOUGHT_METHODS`, on such objects."""
    for holder, call in program.calls_written(method):
        frame = program.frame(holder)
        if isinstance(call.func, Attribute) and _is_undescribed(program, frame, call.func):
            yield _seen(frame, holder, call, call.line, call.column)


def undescribed_decorators(program: Program, methods: Collection[str]) -> Iterator[tuple[str, LibraryCall]]:
    """The functions that such objects decorate by one of some methods, with the method."""
    for info in program.tables.index.all_functions():
        for decorator in info.scope.decorators:
            attribute = decorator.func if isinstance(decorator, Call) else decorator
            if not isinstance(attribute, Attribute) or attribute.attr not in methods:
                continue
            holder = info.owner.body if info.owner is not None else info.enclosing or info.module.body
            frame = program.frame(holder)
            if _is_undescribed(program, frame, attribute):
                call = decorator if isinstance(decorator, Call) else None
                seen = _seen(frame, holder, call, attribute.line, attribute.column)
                seen.decorated.add(program.tables.universe.fn(info, None))
                yield attribute.attr, seen


def _is_undescribed(program: Program, frame: Evaluation, attribute: Attribute) -> bool:
    values = program.expanded(frame.evaluate_receiver(attribute.value))
    return all(_is_unknown(frame, value, attribute.attr) for value in values) and not _is_data(attribute.value, values)


def _is_unknown(frame: Evaluation, value: Value, attr: str) -> bool:
    match value:
        case Unknown() | Param():
            return True
        case Lib(dotted=dotted):
            entry, _, watched = frame.described(f"{dotted}.{attr}")
            return (entry is None or entry.wildcard) and not watched and not dotted.startswith("builtins.")
        case _:
            return False


def _is_data(expression: Expression, values: Collection[Value]) -> bool:
    """Whether nothing at all is there, not even a name that could hold it."""
    return not values and not isinstance(expression, Name | Attribute | Call)


def _seen(frame: Evaluation, holder: FunctionInfo, call: Call | None, line: int, column: int) -> LibraryCall:
    location = Location(holder.module.facts.path, line, line, column)
    seen = LibraryCall("", frame.body, location, node=call)
    if call is not None:
        seen.arguments = [frame.evaluate(item) for item in call.arguments if not isinstance(item, Starred)]
        seen.keywords = {name: frame.evaluate(item) for name, item in call.keywords if name is not None}
    return seen
