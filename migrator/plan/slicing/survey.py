"""What a piece of code names, imports, changes and calls.

In: a libcst node. Out: a `Survey` of all of it, an `ImportTime` of what happens when its module is imported.
Which of the names are the module's is for the scopes to say, in `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import libcst as cst
from libcst.helpers import get_full_name_for_node

# Methods by which a table or a registry is filled; used to tell a function that registers from one that reads.
_CHANGING_METHODS = frozenset(
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


class Survey(cst.CSTVisitor):
    """Every node of a unit, its dotted names, the imports inside it, and the names that it changes in place."""

    def __init__(self, left_behind: AbstractSet[cst.Decorator]) -> None:
        self._left_behind = left_behind
        self.seen: set[int] = set()
        self.chains: set[str] = set()
        self.imports: list[cst.Import | cst.ImportFrom] = []
        self.globals: set[str] = set()
        self.changes: set[str] = set()
        self._parts: set[int] = set()  # names that are only a part of something already read

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self._left_behind:
            return False
        self.seen.add(id(node))
        match node:
            case cst.Import() | cst.ImportFrom():
                self.imports.append(node)
                return False
            case cst.Attribute(value=value, attr=attr):
                self._parts.add(id(attr))
                if id(node) not in self._parts and (full := dotted(node)):
                    self.chains.add(full)
                if dotted(value):
                    self._parts.add(id(value))
            case cst.Name(value=name) if id(node) not in self._parts:
                self.chains.add(name)
            case cst.Arg(keyword=cst.Name() as keyword):
                self._parts.add(id(keyword))
            case cst.Global(names=names):
                self.globals.update(item.name.value for item in names)
                self.changes.update(item.name.value for item in names)
            case cst.AssignTarget(target=target) | cst.AugAssign(target=target) | cst.AnnAssign(target=target):
                self.changes.update(_owner(target))
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=method)) as func) if method in _CHANGING_METHODS:
                self.changes.update(_owner(func))
        return True


def _owner(target: cst.CSTNode) -> Iterator[str]:
    """`a` for `a.b`, `a[0]` and `a[0].b`; nothing for a plain name."""
    inner = target
    while isinstance(inner, cst.Subscript | cst.Attribute):
        inner = inner.value
    if inner is not target and isinstance(inner, cst.Name):
        yield inner.value


class ImportTime(cst.CSTVisitor):
    """What a unit does when its module is imported: names changed in place, and calls."""

    def __init__(self, left_behind: AbstractSet[cst.Decorator]) -> None:
        self._left_behind = left_behind
        self.touches: set[str] = set()
        self.calls: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        for decorator in node.decorators:
            self._decorator(decorator)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        for decorator in node.decorators:
            self._decorator(decorator)
        for base in node.bases:
            # a class whose base keeps a list of its subclasses registers itself
            if name := dotted(base.value):
                self.calls.append(name)
        return False

    def visit_Call(self, node: cst.Call) -> None:
        if name := dotted(node.func):
            self.calls.append(name)
            owner, _, method = name.rpartition(".")
            if owner and method not in _READING_METHODS:
                self.touches.add(owner.split(".", 1)[0])

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.touches.update(_owner(node.target))

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.touches.update(_owner(node.target))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.touches.update(_owner(node.target))
        if isinstance(node.target, cst.Name):
            self.touches.add(node.target.value)

    def visit_Del(self, node: cst.Del) -> None:
        self.touches.update(_owner(node.target))

    def _decorator(self, decorator: cst.Decorator) -> None:
        if decorator in self._left_behind:
            return
        expression = decorator.decorator
        if isinstance(expression, cst.Call):
            expression.visit(self)
        elif name := dotted(expression):
            self.calls.append(name)
            if "." in name:
                self.touches.add(name.split(".", 1)[0])


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c` as written, or an empty string where the expression is anything else."""
    inner = node
    while isinstance(inner, cst.Attribute):
        inner = inner.value
    return get_full_name_for_node(node) or "" if isinstance(inner, cst.Name) else ""


def root_name(node: cst.CSTNode) -> str:
    """The name that a name or an attribute starts with, or an empty string."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""
