"""What code changes in place: tables that it fills, attributes that it sets, and what a unit does at import.

In: nodes of `ast`. Out: the names whose value is changed, and the calls. Which names are the module's is `scopes`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from migrator.plan.looking.imported_names import dotted_name

CHANGING_METHODS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "connect",
        "extend",
        "insert",
        "pop",
        "popitem",
        "push",
        "register",
        "remove",
        "setdefault",
        "sort",
        "subscribe",
        "update",
    ]
)
"""Methods by which a table or a registry is filled; they tell a function that registers from one that reads."""
# Methods that leave their object as it is; any other called at import time may fill it.
_READING_METHODS = frozenset(
    [
        "copy",
        "count",
        "decode",
        "encode",
        "endswith",
        "find",
        "format",
        "get",
        "getLogger",
        "index",
        "items",
        "join",
        "keys",
        "lower",
        "lstrip",
        "replace",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "title",
        "union",
        "upper",
        "values",
    ]
)


@dataclass(slots=True)
class AtImport:
    """What code does when its module is imported.

    Attributes:
        touches: names whose value it may change in place.
        calls: dotted names that it calls, decorators and the bases of classes too.
    """

    touches: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)


def at_import(nodes: Iterable[ast.AST], left_behind: frozenset[ast.expr]) -> AtImport:
    """What runs with these statements; what stands inside functions and classes runs later or for itself.

    Args:
        left_behind: decorators that do not travel.
    """
    found = AtImport()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    if decorator not in left_behind:
                        _decorated(decorator, found, waiting)
                if isinstance(node, ast.ClassDef):
                    # A class whose base keeps a list of its subclasses registers itself.
                    found.calls.extend(name for base in node.bases if (name := dotted_name(base)))
                continue
            case ast.Lambda():
                continue
            case ast.Call(func=func) if name := dotted_name(func):
                found.calls.append(name)
                owner, _, method = name.rpartition(".")
                if owner and method not in _READING_METHODS:
                    found.touches.add(owner.split(".", 1)[0])
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                found.touches.update(name for target in targets for name in owner_of(target))
            case ast.AnnAssign(target=target):
                found.touches.update(owner_of(target))
            case ast.AugAssign(target=target):
                found.touches.update([target.id] if isinstance(target, ast.Name) else owner_of(target))
        waiting.extend(ast.iter_child_nodes(node))
    return found


def owner_of(target: ast.expr) -> Iterator[str]:
    """`a` for `a.b`, `a[0]` and `a[0].b`; nothing for a plain name."""
    inner = target
    while isinstance(inner, ast.Subscript | ast.Attribute):
        inner = inner.value
    if inner is not target and isinstance(inner, ast.Name):
        yield inner.id


def _decorated(decorator: ast.expr, found: AtImport, waiting: list[ast.AST]) -> None:
    if isinstance(decorator, ast.Call):
        waiting.append(decorator)
    elif name := dotted_name(decorator):
        found.calls.append(name)
        if "." in name:
            found.touches.add(name.split(".", 1)[0])
