"""Type parameters (`def f[T]`, `class C[T]`, `type X[T] = ...`) put back where syntax was rewritten for an older Python.

In: a module that `ast` read from rewritten text, and the text as it was. Out: the same module, its definitions with the
`type_params` that Python 3.12 and later gives them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

import libcst as cst


class TypeParameter(ast.AST):
    """`T` or `T: bound`, as `ast.TypeVar` is: its name is no node."""

    _fields = ("bound", "default_value")

    def __init__(self, name: str, bound: ast.expr | None, default_value: ast.expr | None) -> None:
        super().__init__()
        self.name = name
        self.bound = bound
        self.default_value = default_value


def restore(module: ast.Module, text: str) -> None:
    """Put them back; a text that libcst reads otherwise than Python keeps what it has."""
    found = _Definitions()
    written = cst.parse_module(text)
    written.visit(found)
    definitions = sorted(_definitions(module), key=lambda node: (node.lineno, node.col_offset))
    if len(definitions) != len(found.parameters):
        return
    for definition, parameters in zip(definitions, found.parameters, strict=True):
        if parameters is not None:
            definition.type_params = [_parameter(each, written) for each in parameters.params]  # type: ignore[union-attr]


def _definitions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign]:
    """Functions, classes, and each assignment that stands for `type X = ...`: behind `...` on the same line."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, [])
            for before, after in pairwise(body) if isinstance(body, list) else ():
                match before, after:
                    case ast.Expr(value=ast.Constant(value=value)), ast.Assign() if (
                        value is ... and before.lineno == after.lineno
                    ):
                        yield after


class _Definitions(cst.CSTVisitor):
    def __init__(self) -> None:
        self.parameters: list[cst.TypeParameters | None] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.parameters.append(node.type_parameters)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.parameters.append(node.type_parameters)

    def visit_TypeAlias(self, node: cst.TypeAlias) -> None:
        self.parameters.append(node.type_parameters)


def _parameter(given: cst.TypeParam, module: cst.Module) -> TypeParameter:
    bound = given.param.bound if isinstance(given.param, cst.TypeVar) else None
    return TypeParameter(given.param.name.value, _expression(bound, module), _expression(given.default, module))


def _expression(node: cst.BaseExpression | None, module: cst.Module) -> ast.expr | None:
    if node is None:
        return None
    try:
        return ast.parse(f"({module.code_for_node(node)})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
