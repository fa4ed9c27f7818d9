"""How surely a place of a function runs, and what may have happened before it does.

In: a function and a node inside it. Out: `Runs`. It decides whether a value may be read before the function is called:
a read that can fail, or that is not always made, must not be made where it was not.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum

import libcst as cst

from migrator.plan.context.modules import Module

_GUARDS = frozenset({"has_request_context", "has_app_context"})
_BRANCHES = (
    cst.If,
    cst.For,
    cst.While,
    cst.Try,
    cst.TryStar,
    cst.Match,
    cst.IfExp,
    cst.BooleanOperation,
    cst.Comparison,
    cst.Assert,
    cst.BaseComp,
)
_ELSEWHERE = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


class Runs(IntEnum):
    """From least to most."""

    ELSEWHEN = 0  # in a nested function, a lambda or a class: not when the function runs
    GUARDED = 1  # where the code has asked for a request first
    SOMETIMES = 2
    ALWAYS = 3  # on each call that comes so far
    FIRST = 4  # and nothing that does anything comes before it


def runs(
    module: Module,
    function: cst.FunctionDef,
    node: cst.CSTNode,
    ignored: Collection[cst.CSTNode] = (),
) -> Runs:
    """How surely a node in the body of a function runs when the function is called.

    Args:
        ignored: nodes that will be gone, so that nothing happens in them.
    """
    found = Runs.FIRST
    inner, outer = node, module.parent(node)
    while outer is not function:
        if isinstance(outer, _ELSEWHERE):
            return Runs.ELSEWHEN
        if _asks_for_request(outer):
            found = min(found, Runs.GUARDED)
        if isinstance(outer, _BRANCHES) and not _always_evaluated(outer, inner):
            found = min(found, Runs.SOMETIMES)
        inner, outer = outer, module.parent(outer)
    if inner is not function.body:
        return Runs.ELSEWHEN  # a decorator, a default
    start = module.span(node)[0]
    before = _Before(module, start, ignored)
    function.body.visit(before)
    if before.leaves:
        # An early return, and a guard in front of one, stand for the branches that they cut off.
        found = min(found, Runs.GUARDED if before.guarded else Runs.SOMETIMES)
    if before.acts:
        found = min(found, Runs.ALWAYS)
    return found


def _always_evaluated(branch: cst.CSTNode, part: cst.CSTNode) -> bool:
    match branch:
        case cst.If(test=test) | cst.IfExp(test=test):
            return part is test
        case cst.For(iter=iterated):
            return part is iterated
        case cst.BooleanOperation(left=left) | cst.Comparison(left=left):
            return part is left
        case cst.Match(subject=subject):
            return part is subject
        case _:
            return False


def _asks_for_request(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.If | cst.IfExp | cst.BooleanOperation):
        return False
    names = _Names()
    (node.left if isinstance(node, cst.BooleanOperation) else node.test).visit(names)
    return bool(names.found & _GUARDS)


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.found.add(node.value)


class _Before(cst.CSTVisitor):
    """What ends before an offset."""

    def __init__(self, module: Module, end: int, ignored: Collection[cst.CSTNode]) -> None:
        self._module = module
        self._end = end
        self._ignored = ignored
        self.leaves = False
        self.acts = False
        self.guarded = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _ELSEWHERE) or any(node is each for each in self._ignored):
            return False
        if isinstance(node, cst.BaseStatement | cst.BaseSmallStatement | cst.BaseExpression | cst.AssignTarget):
            start, end = self._module.span(node)
            if start >= self._end:
                return False
            if end <= self._end:
                self._look(node)
        return True

    def _look(self, node: cst.CSTNode) -> None:
        match node:
            case cst.Return() | cst.Raise() | cst.Continue() | cst.Break():
                self.leaves = True
            case cst.Call() | cst.Await() | cst.Yield() | cst.Subscript() | cst.Assert() | cst.Del():
                self.acts = True
            case cst.AssignTarget(target=cst.Attribute()):
                self.acts = True
            case cst.Name(value=name) if name in _GUARDS:
                self.guarded = True
