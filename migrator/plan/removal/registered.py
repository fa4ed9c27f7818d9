"""Where a framework is told of a candidate apart from its own lines: a call, an element of a list, an entry of a table.

In: the candidate's triggers, its definition, the units of the program. Out: `Registered` values; an obstacle for one that
cannot be taken out of its place. Decorators go with the definition and are none of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger
from migrator.plan.removal.dying import through
from migrator.plan.removal.program import Program
from migrator.plan.removal.values import Obstacle, Registered, Shape
from migrator.plan.slicing.syntax import ModuleSyntax, Unit

# Tables of a task library with an entry for each task that it is told something of, in their names' last words.
_TABLES = ("task_routes", "task_annotations")

_Told: TypeAlias = "Registered | Obstacle"


@dataclass(frozen=True, slots=True)
class Registrations:
    """What tells a framework of the candidate.

    Attributes:
        apart: those that stand apart from it.
        units: statements that are nothing else, and go whole.
    """

    apart: tuple[Registered, ...]
    units: frozenset[Unit]
    obstacles: tuple[Obstacle, ...]


def registrations(program: Program, triggers: Iterable[Trigger], name: str, own: Unit) -> Registrations:
    """Find them.

    Args:
        name: of the candidate.
        own: its definition.
    """
    found: dict[_Told, None] = {}
    units: set[Unit] = set()
    triggers = tuple(triggers)
    words = frozenset(str(trigger.detail["task"]) for trigger in triggers if "task" in trigger.detail)
    for trigger in triggers:
        place = trigger.location
        if _lies_in(place, own):
            continue
        file = program.tree.by_path.get(place.path)
        syntax = program.syntax.get(file.name) if file is not None else None
        if syntax is None:
            found[Obstacle(place, f"it is registered here with {trigger.framework}, outside of what can be edited")] = (
                None
            )
            continue
        told = _at(syntax, place, f"{trigger.framework}: {trigger.kind.value}")
        if isinstance(told, Registered) and not _names(program, syntax, told, own, words):
            told = Obstacle(place, "registers something else, which hands its events on to it")
        found[told] = None
        if isinstance(told, Registered) and told.shape is Shape.STATEMENT:
            units.update(_units_of(syntax, told.location))
    for syntax in program.syntax.values():
        if any(table in syntax.file.text.lower() for table in _TABLES) and name in syntax.file.text:
            found.update(dict.fromkeys(_table_entries(syntax, name)))
    return Registrations(
        tuple(each for each in found if isinstance(each, Registered)),
        frozenset(units),
        tuple(each for each in found if isinstance(each, Obstacle)),
    )


def _names(program: Program, syntax: ModuleSyntax, told: Registered, own: Unit, words: frozenset[str]) -> bool:
    """Whether a registration speaks of the definition itself, and not of a class that has it as a base."""
    path = syntax.file.path
    lines = syntax.file.text.splitlines()[told.location.line - 1 : told.location.end_line]
    if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line) for line in lines for word in own.binds | words):
        return True
    for unit in syntax.units:
        if unit.location.line <= told.location.line <= unit.location.end_line:
            rest = program.without(unit, lambda node: covers(told, path, _line(node), _column(node)))
            left = {end for each in rest for end in (each, *through(each, lambda one: program.named[one]))}
            return own in set(through(unit, lambda each: program.named[each])) - left
    return False


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _column(node: ast.AST) -> int:
    return getattr(node, "col_offset", -1) + 1


def covers(registered: Registered, path: str, line: int, column: int) -> bool:
    """Whether a place lies in a registration; the column from 1."""
    where = registered.location
    begins, ends = (where.line, where.column), (where.end_line, registered.end_column)
    return where.path == path and begins <= (line, column) < ends


def _lies_in(place: Location, own: Unit) -> bool:
    first = min([own.location.line, *(each.lineno for each in getattr(own.node, "decorator_list", ()))])
    return place.path == own.location.path and first <= place.line <= own.location.end_line


def _units_of(syntax: ModuleSyntax, place: Location) -> Iterator[Unit]:
    return (
        unit for unit in syntax.units if (unit.location.line, unit.location.end_line) == (place.line, place.end_line)
    )


def _at(syntax: ModuleSyntax, place: Location, what: str) -> _Told:
    """The largest expression that is about this one registration."""
    parents = {child: node for node in ast.walk(syntax.module) for child in ast.iter_child_nodes(node)}
    here = [
        node
        for node in ast.walk(syntax.module)
        if isinstance(node, ast.expr) and (node.lineno, node.col_offset + 1) == (place.line, place.column)
    ]
    for node in sorted(here, key=lambda each: (-(each.end_lineno or 0), -(each.end_col_offset or 0))):
        parent = parents[node]
        match parent:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements) if node in elements:
                return _registered(syntax, node, node, Shape.ELEMENT, what)
            case ast.Dict(keys=keys, values=values) if node in values:
                key = keys[values.index(node)]
                if key is not None:
                    return _registered(syntax, key, node, Shape.ENTRY, what)
            case ast.Dict(keys=keys, values=values) if node in keys:
                return _registered(syntax, node, values[keys.index(node)], Shape.ENTRY, what)
            case ast.Expr() if isinstance(node, ast.Call):
                if parents.get(parent) is syntax.module and any(
                    unit.nodes == (parent,) for unit in _units_of(syntax, _where(syntax, parent, parent))
                ):
                    return _registered(syntax, parent, parent, Shape.STATEMENT, what)
                if isinstance(parents.get(parent), ast.FunctionDef | ast.AsyncFunctionDef):
                    return _registered(syntax, parent, parent, Shape.STATEMENT, what)
    return Obstacle(place, "it is registered here in a way that cannot be taken out; take it out by hand first")


def _where(syntax: ModuleSyntax, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> Location:
    return Location(syntax.file.path, first.lineno, last.end_lineno or last.lineno, first.col_offset + 1)


def _registered(
    syntax: ModuleSyntax, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt, shape: Shape, what: str
) -> Registered:
    return Registered(_where(syntax, first, last), (last.end_col_offset or 0) + 1, shape, what)


def _table_entries(syntax: ModuleSyntax, name: str) -> Iterator[Registered]:
    for node in ast.walk(syntax.module):
        match node:
            case ast.keyword(arg=str(table), value=ast.Dict() as entries):
                pass
            case ast.Assign(targets=[ast.Name(id=table) | ast.Attribute(attr=table)], value=ast.Dict() as entries):
                pass
            case _:
                continue
        if not table.lower().endswith(_TABLES):
            continue
        for key, value in zip(entries.keys, entries.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                yield _registered(syntax, key, value, Shape.ENTRY, f"an entry of {table}")
