"""Imports that need not succeed.

In: the place of an import. Out: whether it stands where only a type checker reads it, or in a `try` that does without
it. The file is read again, since a slice knows the place of an import and not what stands around it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path

from migrator.domain.locations import Location
from migrator.plan.looking.parsed import parsed_text

# Handlers under which a module does without what it tried to import.
_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Guard(Enum):
    """What stands around an import."""

    NONE = 0
    MAY_FAIL = 1
    TYPES_ONLY = 2


def guard_of(root: Path, place: Location) -> Guard:
    """What stands around the import at a place; nothing where the file cannot be read."""
    try:
        text = (root / place.path).read_text("utf-8", errors="replace")
    except OSError:
        return Guard.NONE
    around = [guard for first, last, guard in _guarded(text) if first <= place.line <= last]
    return max(around, key=lambda guard: guard.value, default=Guard.NONE)


@lru_cache(maxsize=128)
def _guarded(text: str) -> tuple[tuple[int, int, Guard], ...]:
    """First and last line of each guarded block."""
    return tuple(_blocks(parsed_text(text)))


def _blocks(module: ast.Module) -> Iterator[tuple[int, int, Guard]]:
    for node in ast.walk(module):
        match node:
            case ast.Try(body=body, handlers=handlers) if any(_goes_on(handler) for handler in handlers):
                yield (*_lines(body), Guard.MAY_FAIL)
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body):
                yield (*_lines(body), Guard.TYPES_ONLY)


def _lines(body: list[ast.stmt]) -> tuple[int, int]:
    return body[0].lineno, body[-1].end_lineno or body[-1].lineno


def _goes_on(handler: ast.ExceptHandler) -> bool:
    caught = set(_names(handler.type)) if handler.type is not None else {"BaseException"}
    return bool(caught & _MISSING) and not any(isinstance(statement, ast.Raise) for statement in handler.body)


def _names(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Name):
            yield node.id
