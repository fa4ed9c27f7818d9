"""The decorator or call that told a library of a function, and its options.

In: the tree, an `Assessment`, a trigger of a job. Out: a `Mark`. Routes are read by `registrations`, which keeps the
order in which a router is told of them; a job has no such order.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger
from migrator.plan.looking.constants import Constants, Unknown
from migrator.plan.looking.imported_names import absolute_name, absolute_names
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree


@dataclass(frozen=True, slots=True)
class Mark:
    """How a library was told of a function.

    Attributes:
        location: of the decorator or the call.
        own: whether it is a decorator of the function itself, which is to stay behind.
        name: absolute dotted name of what is called, such as `shop.celery_app.celery_app.task`.
        options: keyword arguments by name, as far as the text says their value.
        written: source of every keyword argument by name.
        positional: source of the positional arguments.
    """

    location: Location
    own: bool
    name: str
    options: Mapping[str, JsonValue]
    written: Mapping[str, str]
    positional: tuple[str, ...] = ()


def function_node(file: SourceFile, place: Location) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition that stands at a place."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == place.line:
            return node
    return None


def read_mark(
    tree: SourceTree, assessment: Assessment, trigger: Trigger, constants: Constants, usual: frozenset[str]
) -> Mark | None:
    """The mark of one trigger: a decorator of the function on the trigger's line, one with a usual name, or the call.

    Args:
        usual: last names of the library's decorators, for triggers that stand elsewhere (a timetable).
    """
    home = tree.by_path[assessment.location.path]
    node = function_node(home, assessment.location)
    decorators = node.decorator_list if node is not None else []
    imported = absolute_names(parsed(home), home)
    for decorator in decorators:
        covers = trigger.location.path == home.path and (
            decorator.lineno <= trigger.location.line <= (decorator.end_lineno or decorator.lineno)
        )
        if covers or _called(decorator, imported, home).rpartition(".")[2] in usual:
            return _mark(decorator, _called(decorator, imported, home), home, constants, own=True)
    file = tree.by_path.get(trigger.location.path)
    if file is None:
        return None
    calls = [
        each
        for each in ast.walk(parsed(file))
        if isinstance(each, ast.Call) and each.lineno <= trigger.location.line <= (each.end_lineno or each.lineno)
    ]
    at_column = [
        each for each in calls if (each.lineno, each.col_offset + 1) == (trigger.location.line, trigger.location.column)
    ]
    chosen = (at_column or calls)[:1]
    if not chosen:
        return None
    name = _called(chosen[0], absolute_names(parsed(file), file), file)
    return _mark(chosen[0], name, file, constants, own=False)


def _called(node: ast.expr, imported: Mapping[str, str], file: SourceFile) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return absolute_name(called, imported, file) or ast.unparse(called)


def _mark(node: ast.expr, name: str, file: SourceFile, constants: Constants, *, own: bool) -> Mark:
    options: dict[str, JsonValue] = {}
    written: dict[str, str] = {}
    positional: tuple[str, ...] = ()
    if isinstance(node, ast.Call):
        positional = tuple(ast.unparse(argument) for argument in node.args)
        for word in node.keywords:
            written[word.arg or "**"] = ast.unparse(word.value)
            if word.arg and not isinstance(value := constants.of(word.value, file), Unknown):
                options[word.arg] = value
    place = Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
    return Mark(place, own, name, options, written, positional)
