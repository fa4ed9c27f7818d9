"""The code of a slice as `ast` has it: of each module the nodes on the lines that travel.

In: a tree, a `Cut`, the candidate. Out: `Carried` by module. For what only looks at the code: files that it reads,
settings that it reads. What travels is decided in `cutting`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.plan.looking.imported_names import absolute_names
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.candidates import Found
from migrator.plan.slicing.cutting import Cut
from migrator.plan.slicing.syntax import ModuleSyntax
from migrator.source import SourceFile


@dataclass(frozen=True, slots=True)
class Carried:
    """One module of a slice.

    Attributes:
        module: all of it, parsed.
        lines: those that travel; None for all.
        names: local name to the absolute name that it is imported from.
    """

    file: SourceFile
    module: ast.Module
    lines: frozenset[int] | None
    names: Mapping[str, str]

    def statements(self) -> Iterator[ast.stmt]:
        """The outermost statements that travel as a whole or in part, those of a conditional one by one."""
        yield from self._travelling(self.module.body)

    def nodes(self) -> Iterator[ast.AST]:
        """Every node that travels."""
        for statement in self.statements():
            yield from ast.walk(statement)

    def at(self, node: ast.expr | ast.stmt) -> Location:
        """The place of a node."""
        return Location(self.file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)

    def _travelling(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            if self.lines is None or _first(statement) in self.lines or statement.lineno in self.lines:
                yield statement
            elif (statement.end_lineno or 0) > statement.lineno:
                # A function taken out of another one, or what stands in one branch of a condition.
                for inner in ast.iter_child_nodes(statement):
                    if isinstance(inner, ast.stmt):
                        yield from self._travelling([inner])


def carried_by(imports: ImportTree, made: Cut, found: Found) -> Mapping[str, Carried]:
    """The modules of a slice that can be parsed."""
    result: dict[str, Carried] = {}
    for name in made.modules:
        module = imports.module(name)
        if module is None:
            continue
        file = imports.tree.modules[name]
        syntax = made.closure.syntax.get(name)
        lines = None if syntax is None else _lines(made, name, syntax, found)
        result[name] = Carried(file, module, lines, absolute_names(module, file))
    return result


def _lines(made: Cut, name: str, syntax: ModuleSyntax, found: Found) -> frozenset[int]:
    lines: set[int] = set()
    kept = [unit.location for unit in made.closure.units[name]]
    if found.lifted is not None and found.module == name:
        kept.append(syntax.location(found.lifted))
    for where in kept:
        lines.update(range(where.line, where.end_line + 1))
    return frozenset(lines)


def _first(statement: ast.stmt) -> int:
    match statement:
        case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
            return min([statement.lineno, *(each.lineno for each in decorators)])
        case ast.ClassDef(decorator_list=decorators):
            return min([statement.lineno, *(each.lineno for each in decorators)])
        case _:
            return statement.lineno
