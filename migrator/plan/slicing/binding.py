"""The scopes of Python: which names a function, a class or a comprehension binds.

In: a node of `ast`. Out: its `Scope`. What the code in it reads is `scopes`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from migrator.plan.slicing.syntax import FunctionNode

_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """The names of one function, class or comprehension."""

    __slots__ = ("bound", "declared", "of_class", "parent")

    def __init__(self, parent: Scope | None, bound: set[str], declared: set[str], *, of_class: bool = False) -> None:
        self.parent = parent
        self.bound = bound
        self.declared = declared
        self.of_class = of_class

    def owns(self, name: str) -> bool:
        """Whether a name that is read here is bound here or in a function around, and not the module's."""
        scope: Scope | None = self
        while scope is not None:
            # What a class binds is seen by its own body, not by the functions in it.
            if scope is self or not scope.of_class:
                if name in scope.declared:
                    return False
                if name in scope.bound:
                    return True
            scope = scope.parent
        return False


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right inside one, in the order of the text; contexts and operators, which name nothing, left out."""
    for name in node._fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST) and value._fields:
            yield value


def function_scope(node: FunctionNode | ast.Lambda, parent: Scope | None) -> Scope:
    bound = {each.arg for each in parameters_of(node.args)}
    declared: set[str] = set()
    free: set[str] = set()  # by `nonlocal`
    waiting: list[tuple[ast.AST, bool]] = [(each, False) for each in _body(node)]
    while waiting:
        current, compared = waiting.pop()
        match current:
            case ast.Name(id=name, ctx=ast.Store()):
                if not compared:
                    bound.add(name)
                continue
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                bound.add(name)
                waiting.append((value, compared))
                continue
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
                continue
            case ast.Lambda():
                continue
            case ast.Global(names=names):
                declared.update(names)
            case ast.Nonlocal(names=names):
                free.update(names)
            case ast.Import() | ast.ImportFrom():
                bound.update(imported_names(current))
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
        compared = compared or isinstance(current, _COMPREHENSIONS)
        waiting.extend((child, compared) for child in children(current))
    return Scope(parent, bound - declared - free, declared)


def type_scope(node: ast.AST, scope: Scope | None) -> Scope | None:
    """The scope that PEP 695 puts around a definition with parameters for types; the same one without them."""
    parameters = getattr(node, "type_params", ())
    return Scope(scope, {each.name for each in parameters}, set()) if parameters else scope


def _body(node: FunctionNode | ast.Lambda) -> Sequence[ast.AST]:
    return [node.body] if isinstance(node, ast.Lambda) else node.body


def parameters_of(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (each for each in (arguments.vararg, arguments.kwarg) if each is not None)


def defaults_of(arguments: ast.arguments) -> Iterator[ast.expr]:
    yield from (each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None)


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        if alias.name != "*":
            yield alias.asname or alias.name.split(".", 1)[0]
