"""How often a function binds a name.

In: a function, a name. Out: a number; a declaration as global or nonlocal counts as one more, for the name is not the
function's own then.
"""

from __future__ import annotations

import libcst as cst


def bindings(function: cst.FunctionDef, name: str) -> int:
    """How many statements in the body of a function, those of nested ones included, bind a name."""
    counted = _Bindings(name)
    function.body.visit(counted)
    return counted.count


class _Bindings(cst.CSTVisitor):
    """How often a name is bound, by whatever statement; a declaration as global or nonlocal counts as one more."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.count = 0

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._target(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._target(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._target(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._target(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._target(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._target(node.name)

    def visit_Del(self, node: cst.Del) -> None:
        self._target(node.target)

    def visit_NameItem(self, node: cst.NameItem) -> None:
        self._target(node.name)

    def visit_Param(self, node: cst.Param) -> None:
        self._target(node.name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._target(node.name)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._target(node.name)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        self._target(node.asname.name if node.asname is not None else node.name)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        if node.name is not None:
            self._target(node.name)

    def _target(self, target: cst.CSTNode) -> None:
        match target:
            case cst.Name(value=name):
                self.count += name == self._name
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self._target(element.value)
            case cst.StarredElement(value=inner):
                self._target(inner)
