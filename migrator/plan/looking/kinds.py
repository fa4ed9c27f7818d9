"""The nodes of a module sorted by what they are: walked once, asked many times.

In: a module parsed by `ast`. Out: the nodes of each class in `KINDS`, those that the looks at a module ask for.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

KINDS = (
    ast.AnnAssign,
    ast.Assign,
    ast.AsyncFunctionDef,
    ast.Attribute,
    ast.Call,
    ast.ClassDef,
    ast.Constant,
    ast.FunctionDef,
    ast.Subscript,
)
# Fields that hold no node worth a visit: names, operators, contexts.
_NO_NODES = frozenset({"arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "op", "ops", "simple"})
_LEAVES = frozenset({ast.Constant, ast.Name})


def nodes_by_kind(module: ast.Module) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    """Class to its nodes; in no order that means anything."""
    found: dict[type[ast.AST], list[ast.AST]] = {kind: [] for kind in KINDS}
    fields: dict[type[ast.AST], tuple[str, ...]] = {}
    waiting: list[ast.AST] = [module]
    for node in waiting:  # it grows while it is gone through
        kind = node.__class__
        if kind in found:
            found[kind].append(node)
        if kind in _LEAVES:
            continue
        names = fields.get(kind)
        if names is None:
            names = fields[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
        for name in names:
            value = getattr(node, name, None)
            if value.__class__ is list:
                waiting.extend(item for item in value if isinstance(item, ast.AST))
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return found
