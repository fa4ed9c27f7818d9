"""Imports that need not succeed, or need not run.

In: a module parsed by `ast`. Out: the lines of it where only a type checker reads an import, where a `try` does
without what could not be imported, and where it hangs on a condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from migrator.plan.looking.statements import statements

# Handlers under which a module does without what it tried to import.
_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Guard(Enum):
    """What stands around an import."""

    NONE = 0
    CONDITIONAL = 1
    MAY_FAIL = 2
    TYPES_ONLY = 3


def guarded(module: ast.Module) -> Iterator[tuple[int, int, Guard]]:
    """First and last line of each guarded block."""
    for node in statements(module):
        match node:
            case ast.Try(body=body, handlers=handlers) if any(_goes_on(handler) for handler in handlers):
                yield (*_lines(body), Guard.MAY_FAIL)
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body):
                yield (*_lines(body), Guard.TYPES_ONLY)
            case ast.If(body=body, orelse=orelse):
                yield (*_lines(body), Guard.CONDITIONAL)
                if orelse:
                    yield (*_lines(orelse), Guard.CONDITIONAL)


def _lines(body: list[ast.stmt]) -> tuple[int, int]:
    return body[0].lineno, body[-1].end_lineno or body[-1].lineno


def _goes_on(handler: ast.ExceptHandler) -> bool:
    caught = set(_names(handler.type)) if handler.type is not None else {"BaseException"}
    return bool(caught & _MISSING) and not any(isinstance(statement, ast.Raise) for statement in handler.body)


def _names(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Name):
            yield node.id
