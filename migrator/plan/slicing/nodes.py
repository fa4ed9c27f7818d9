"""The units of a module as libcst has them, for writing them down again as they were written.

In: a `ModuleSyntax`. Out: `Nodes`: of each unit its node, in the same order. `reading` and this module walk one text
by the same rule, each in its own parser's words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from migrator.errors import InputError
from migrator.plan.slicing.syntax import FunctionNode, ModuleSyntax


@dataclass(frozen=True, slots=True)
class Nodes:
    """A module as it was written.

    Attributes:
        units: the statement or alias of each unit.
        functions: every function, those inside others too, in the order of the text.
    """

    module: cst.Module
    units: tuple[cst.CSTNode, ...]
    functions: tuple[cst.FunctionDef, ...]


def nodes_of(syntax: ModuleSyntax) -> Nodes:
    """Parse a module again, as it is written.

    Raises:
        InputError: libcst cannot parse it, or takes its lines for other statements than Python does.
    """
    file = syntax.file
    try:
        module = cst.parse_module(file.text)
    except cst.ParserSyntaxError as error:
        raise InputError(
            f"{file.name} cannot be cut: {error.message.splitlines()[0]}",
            hint="let its module travel whole: --strategy module",
            location=f"{file.path}:{error.editor_line}:{error.editor_column}",
        ) from error
    units = tuple(unit_nodes(module.body))
    functions = _Functions()
    module.visit(functions)
    if len(units) != len(syntax.units):
        raise InputError(
            f"{file.name} cannot be cut: its statements cannot be told apart",
            hint="let its module travel whole: --strategy module",
            location=f"{file.path}:1",
        )
    return Nodes(module, units, tuple(functions.found))


def function_node(nodes: Nodes, syntax: ModuleSyntax, function: FunctionNode) -> cst.FunctionDef:
    """A function of a module, which may stand inside another one."""
    places = sorted(
        (node.lineno, node.col_offset)
        for node in ast.walk(syntax.module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return nodes.functions[places.index((function.lineno, function.col_offset))]


class _Functions(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[cst.FunctionDef] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.found.append(node)

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return False  # there are no functions in it, and most of a module is inside of them


def unit_nodes(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The statement or alias of each unit, in the order of `ModuleSyntax.units`."""
    for statement in body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                yield from [only.names] if isinstance(only.names, cst.ImportStar) else only.names
            case cst.If() if all(isinstance(branch.body, cst.IndentedBlock) for branch in branches(statement)):
                for branch in branches(statement):
                    yield from unit_nodes(branch.body.body)
            case _:
                yield statement


def branches(statement: cst.If) -> Iterator[cst.If | cst.Else]:
    """An `if` with each `elif`, and the `else`."""
    branch: cst.If | cst.Else | None = statement
    while branch is not None:
        yield branch
        branch = branch.orelse if isinstance(branch, cst.If) else None
