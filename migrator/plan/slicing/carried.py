"""The code of a slice as `ast` has it: of each module the nodes on the lines that travel.

In: a tree, a `Cut`, the candidate. Out: `Carried` by module. For what only looks at the code: files that it reads,
settings that it reads. What travels is decided in `cutting`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from migrator.domain.locations import Location
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.candidates import Found
from migrator.plan.slicing.cutting import Cut
from migrator.plan.slicing.syntax import ModuleSyntax
from migrator.source import SourceFile

_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Carried:
    """One module of a slice.

    Attributes:
        module: all of it, parsed.
        lines: those that travel; None for all.
        imports: what the modules of the tree import, and their nodes.
    """

    file: SourceFile
    module: ast.Module
    lines: frozenset[int] | None
    imports: ImportTree

    @property
    def names(self) -> Mapping[str, str]:
        """Local name to the absolute name that it is imported from."""
        return self.imports.names(self.file.name)

    def statements(self) -> Iterator[ast.stmt]:
        """The outermost statements that travel as a whole or in part, those of a conditional one by one."""
        yield from self._travelling(self.module.body)

    def nodes(self, kind: type[_Node]) -> Iterator[_Node]:
        """Every node of a class of `kinds.KINDS` that travels, in no order that means anything."""
        for node in self.imports.nodes(self.file.name)[kind]:
            if self.holds(node):
                yield node  # type: ignore[misc]

    def holds(self, node: ast.AST) -> bool:
        """Whether a statement or expression of the module travels."""
        return self.lines is None or node.lineno in self.lines  # type: ignore[attr-defined]

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
        result[name] = Carried(file, module, lines, imports)
    return result


def _lines(made: Cut, name: str, syntax: ModuleSyntax, found: Found) -> frozenset[int]:
    lines: set[int] = set()
    kept = [unit.location for unit in made.closure.units[name]]
    if found.lifted is not None and found.module == name:
        kept.append(syntax.location(found.lifted))
    for where in kept:
        lines.update(range(where.line, where.end_line + 1))
    for unit in made.closure.units[name]:
        lines.update(range(_first(unit.node), unit.location.line))  # its decorators
    return frozenset(lines)


def _first(node: ast.AST) -> int:
    """The first line of a statement or alias, with its decorators."""
    line: int = node.lineno  # type: ignore[attr-defined]
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([line, *(each.lineno for each in decorators)])
