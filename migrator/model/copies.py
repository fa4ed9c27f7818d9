"""Functions that are read more than once: helpers for each place that calls them, others for each set of options.

What a helper gives back is made of what it is given. One that goes through a container and hands its items on
(`values_of(response)`, `by_name(objects)`) mixes up all its callers where it is read once: each would get what any of
them has passed. So it is copied for each place that calls it, and the copies of a copy for the place within it; and so
is one that opens a path that it is given.

In: a function and a call of it as written. Out: the copy that the call runs. What options are is `options`. The answer
depends on the text alone and not on what has been found so far, so it is the same in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from migrator.facts.expressions import (
    Attribute,
    Call,
    Collection,
    Comprehension,
    Dictionary,
    Element,
    Expression,
    Function,
    Name,
    Subscript,
    Yield,
    calls_in,
    parts_of,
)
from migrator.facts.records import Bind, Define, Evaluate, How, Return, ScopeKind, Step, Store
from migrator.model.index import FunctionInfo
from migrator.model.options import constants_given, lines_left_out

_MOST_LINES = 60
"""A longer function does work of its own; to read it again for each caller would cost more than it tells apart."""

_DEEPEST = 2
"""Copies within copies: one helper that builds on another one is common, a third is not."""

_OPENING = (Element, Subscript, Comprehension, Collection, Dictionary)
"""What takes items out of a container or puts them into one."""

Opens: TypeAlias = Callable[[FunctionInfo, Call], bool]

_BINDING = frozenset({"classmethod", "staticmethod"})
"""Decorators that leave a function as it is."""

_FILLING = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})


def copy_of(
    info: FunctionInfo, call: Call | None, within: FunctionInfo, opens: Opens, *, first: int = 0
) -> FunctionInfo:
    """The copy of a function that a call runs; the function itself where nothing tells its calls apart.

    Args:
        call: as written; None where it is made by something else than a call in the text.
        within: the function that calls.
        opens: whether a call in a function opens a path.
        first: position of the parameter that the first argument goes to.
    """
    if call is None or not _is_plain(info):
        return info
    constants = constants_given(info, call, within, first=first)
    site, depth = "", within.depth
    if depth < _DEEPEST and _is_helper(info, opens):
        site, depth = f"{within.module.name}:{call.line}:{call.column}{within.site and '<'}{within.site}", depth + 1
    if not site and not constants:
        return info
    found = info.copies.get((site, constants))
    if found is None:
        left_out = lines_left_out(info, constants)
        found = replace(
            info,
            site=site,
            depth=depth if site else 0,
            constants=constants,
            left_out=left_out,
            copies={},
            seen_inside=info if info.has_inner else None,
        )
        info.copies[site, constants] = found
    return found


def _is_plain(info: FunctionInfo) -> bool:
    """Whether a function of a module or class is what its `def` says, without a decorator that puts more around it."""
    if info.is_plain is None:
        scope = info.scope
        info.is_plain = (
            scope.kind is ScopeKind.FUNCTION
            and info.enclosing is info.module.body
            and bool(scope.parameters)
            and all(isinstance(one, Name) and one.id in _BINDING for one in scope.decorators)
        )
        info.has_inner = any(
            isinstance(step, Define) or any(isinstance(part, Function) for part in parts_of(step))
            for step in scope.steps
        )
    return info.is_plain


def _is_helper(info: FunctionInfo, opens: Opens) -> bool:
    if info.is_helper is None:
        scope = info.scope
        short = scope.end_line - scope.line < _MOST_LINES
        info.is_helper = (
            info.owner is None and short and not info.has_inner and (_hands_items_on(info) or _opens_given(info, opens))
        )
    return info.is_helper


def _opens_given(info: FunctionInfo, opens: Opens) -> bool:
    """Whether a path that is given, or made of what is given, is opened: where it points to is each caller's answer."""
    opening = [call for step in info.scope.steps for call in calls_in(step) if opens(info, call)]
    given = _made_of_parameters(info) if opening else set()
    return any(_mentions(call, given) for call in opening)


def _made_of_parameters(info: FunctionInfo) -> set[str]:
    """The names of the parameters, and of what is made of them."""
    given = {parameter.name for parameter in info.scope.parameters}
    size = 0
    while size != len(given):
        size = len(given)
        for step in info.scope.steps:
            given.update(_filled_by(step, given))
    return given


def _hands_items_on(info: FunctionInfo) -> bool:
    """Whether what is returned is made of items of a parameter, by way of local names."""
    steps = info.scope.steps
    given = _made_of_parameters(info)
    opened = any(isinstance(part, _OPENING) and _mentions(part, given) for step in steps for part in parts_of(step))
    return opened and any(
        (isinstance(step, Return) and _mentions(step.value, given))
        or any(
            isinstance(part, Yield) and part.value is not None and _mentions(part.value, given)
            for part in parts_of(step)
        )
        for step in steps
    )


def _filled_by(step: Step, given: set[str]) -> set[str]:
    """The names that get something of the given ones."""
    match step:
        case Bind(name=name, value=value, how=how) if value is not None and how is not How.NARROW:
            return {name} if _mentions(value, given) else set()
        case Store(target=Subscript(value=Name(id=name)), value=value) if value is not None:
            return {name} if _mentions(value, given) else set()
        case Evaluate(value=Call(func=Attribute(value=Name(id=name), attr=attr)) as call) if attr in _FILLING:
            return {name} if any(_mentions(argument, given) for argument in call.arguments) else set()
        case _:
            return set()


def _mentions(expression: Expression, names: set[str]) -> bool:
    return any(isinstance(part, Name) and part.id in names for part in parts_of(expression))
