"""Dispatch: a class whose methods a library runs in turn for one event, as one function.

In: a class, and which of its methods the library runs. Out: a function that stands for the library's own: it calls
these methods on an instance, with what the library passes. Its name is the candidate's, so that chains of evidence
read as if the event ran the handler.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.facts.expressions import Attribute, Call, Name
from migrator.facts.records import Evaluate, Parameter, ParameterKind, Scope, ScopeKind
from migrator.model.index import ClassInfo, FunctionInfo

EVENT = "event"
"""The parameter that holds what the library passes; the position is 1."""


def dispatch_of(name: str, owner: ClassInfo, place: FunctionInfo | ClassInfo, methods: Iterable[str]) -> FunctionInfo:
    """A function that calls the methods of an instance of a class, each with the event.

    Args:
        name: of the candidate.
        owner: the class that the library makes an instance of.
        place: the function or class whose place stands for the calls.
        methods: names, in order; dotted ones are read one after the other.
    """
    line, column = place.scope.line, place.scope.column
    steps = tuple(Evaluate(_call(method, line, column)) for method in methods)
    parameters = tuple(Parameter(word, ParameterKind.STANDARD, None, None) for word in ("self", EVENT))
    local = name.removeprefix(f"{place.module.name}.")
    scope = Scope(local, ScopeKind.FUNCTION, 0, line, place.scope.end_line, column, parameters=parameters, steps=steps)
    return FunctionInfo(name, place.module, scope, owner, place.module.body)


def _call(method: str, line: int, column: int) -> Call:
    return Call(
        Attribute(Name("self", line, column), method, line, column), (Name(EVENT, line, column),), (), line, column
    )
