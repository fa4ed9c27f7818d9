"""Modules of the tree as `ast` has them, for what is only looked at; what moves is read by libcst (`reading`).

In: a `SourceFile`, or a text. Out: its syntax, columns in characters as the analysis counts them. Syntax newer than the running
Python's is rewritten to older syntax line by line first, as the analysis does it.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from migrator.facts.parsing import parse
from migrator.plan.looking.type_parameters import restore
from migrator.source import SourceFile

# A plan looks at a module several times, and at few modules.
_KEPT = 256


@lru_cache(_KEPT)
def parsed(file: SourceFile) -> ast.Module:
    """The module; an empty one where it cannot be parsed, which the analysis has said by then."""
    return parsed_text(file.text)


def parsed_text(text: str) -> ast.Module:
    """The same of a text; it is not kept."""
    try:
        return parse(text)
    except (SyntaxError, ValueError):
        # Null bytes stand for something else in what is rewritten, and no Python reads them.
        return _lowered(text) if "\0" not in text else ast.Module([], [])
    except (RecursionError, MemoryError):
        return ast.Module([], [])


def _lowered(text: str) -> ast.Module:
    from migrator.facts.older_syntax import CannotLower, lowered_text

    try:
        module = parse(lowered_text(text))
        restore(module, text)
        return module
    except (CannotLower, SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
