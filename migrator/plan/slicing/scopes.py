"""Which names a piece of code takes from its module, by Python's rules of scope.

In: nodes of `ast`. Out: a `Named`: names of the module that they read and bind, dotted names as written, the imports
inside them, what they change in place. What is read inside a string that is an annotation counts too. Nested syntax is
walked with a stack of our own, since generated code nests more deeply than Python calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.slicing.binding import (
    Scope,
    children,
    defaults_of,
    function_scope,
    imported_names,
    parameters_of,
    type_scope,
)
from migrator.plan.slicing.changing import CHANGING_METHODS, owner_of
from migrator.plan.slicing.syntax import FunctionNode

# Their arguments from one position to another may be texts that name types; of other calls a text is a text.
_TAKES_TYPES: Final = {"ForwardRef": (0, 1), "NewType": (1, 2), "TypeVar": (1, None), "cast": (0, 1)}
# What stands in their brackets are types, outside of annotations too.
_GENERIC: Final = frozenset(
    [
        "Annotated",
        "Callable",
        "ClassVar",
        "Dict",
        "FrozenSet",
        "Generic",
        "Iterable",
        "Iterator",
        "List",
        "Mapping",
        "Optional",
        "Sequence",
        "Set",
        "Tuple",
        "Type",
        "Union",
    ]
)


@dataclass(slots=True)
class Named:
    """What code names.

    Attributes:
        uses: names that it reads and does not bind itself, so that they are its module's, or a builtin.
        binds: names that it gives to its module.
        chains: every dotted name, as written (`shop.tax.rates`), its own local names too.
        imports: import statements inside it, in the order of the text.
        declared: names that `global` makes the module's.
        changes: names whose value it changes in place whenever it runs.
    """

    uses: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    chains: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)


def names_in(nodes: Iterable[ast.AST], left_behind: frozenset[ast.expr] = frozenset()) -> Named:
    """What code at the top level of a module names.

    Args:
        left_behind: decorators that do not count.
    """
    walk = _Walk(left_behind)
    for node in nodes:
        walk.over(node)
    return walk.named


def bound_inside(function: FunctionNode | ast.Lambda) -> frozenset[str]:
    """Names of a function's own scope: its parameters and what it assigns."""
    return frozenset(function_scope(function, None).bound)


_Item: TypeAlias = tuple[ast.AST, Scope | None, bool]


class _Walk:
    """Walks nodes in the order in which they run; None is the scope of the module."""

    def __init__(self, left_behind: frozenset[ast.expr]) -> None:
        self._left_behind = left_behind
        self._waiting: list[_Item] = []
        self.named = Named()

    def over(self, node: ast.AST) -> None:
        waiting = self._waiting
        waiting.append((node, None, False))
        while waiting:
            current, scope, typed = waiting.pop()
            handler = _HANDLERS.get(type(current))
            if handler is not None:
                handler(self, current, scope, typed)
            else:
                self.later(children(current), scope, typed=typed)

    def later(self, nodes: Iterable[ast.AST], scope: Scope | None, *, typed: bool = False) -> None:
        """Walk these next, the first one first."""
        self._waiting.extend((node, scope, typed) for node in reversed(list(nodes)))

    def bind(self, name: str, scope: Scope | None) -> None:
        if scope is None or name in scope.declared:
            self.named.binds.add(name)
        elif scope.of_class:
            scope.bound.add(name)

    # -- names

    def name(self, node: ast.Name, scope: Scope | None, typed: bool) -> None:
        self.named.chains.add(node.id)
        if isinstance(node.ctx, ast.Store):
            self.bind(node.id, scope)
        elif scope is None or not scope.owns(node.id):
            self.named.uses.add(node.id)

    def attribute(self, node: ast.Attribute, scope: Scope | None, typed: bool) -> None:
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self._waiting.append((node.value, scope, typed))
            return
        self.named.chains.add(dotted_name(node))
        if scope is None or not scope.owns(inner.id):
            self.named.uses.add(inner.id)

    def constant(self, node: ast.Constant, scope: Scope | None, typed: bool) -> None:
        if typed and isinstance(node.value, str):
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # no type after all
                self._waiting.append((ast.parse(node.value.strip(), mode="eval").body, scope, True))

    def subscript(self, node: ast.Subscript, scope: Scope | None, typed: bool) -> None:
        generic = dotted_name(node.value).rpartition(".")[2]
        typed = (typed or generic in _GENERIC) and generic != "Literal"
        if generic == "Annotated" and isinstance(node.slice, ast.Tuple):
            first, *texts = node.slice.elts
            self.later(texts, scope)
            self._waiting.append((first, scope, typed))
        else:
            self._waiting.append((node.slice, scope, typed))
        self._waiting.append((node.value, scope, False))

    def call(self, node: ast.Call, scope: Scope | None, typed: bool) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING_METHODS:
            self.named.changes.update(owner_of(node.func))
        called = dotted_name(node.func).rpartition(".")[2]
        first, last = _TAKES_TYPES.get(called, (0, 0))
        for word in reversed(node.keywords):
            bound = called == "TypeVar" and word.arg in ("bound", "default")
            self._waiting.append((word.value, scope, bound))
        for turn, argument in reversed(list(enumerate(node.args))):
            # A text itself: other libraries have functions of these names too, and data in their arguments.
            is_type = isinstance(argument, ast.Constant) and first <= turn and (last is None or turn < last)
            self._waiting.append((argument, scope, is_type))
        self._waiting.append((node.func, scope, False))

    # -- statements

    def assign(self, node: ast.Assign, scope: Scope | None, typed: bool) -> None:
        for target in node.targets:
            self.named.changes.update(owner_of(target))
        self.later(node.targets, scope)
        self._alias(node, scope)

    def alias(self, node: Any, scope: Scope | None, typed: bool) -> None:
        """`type X[T] = ...`, a node of Python 3.12 and later."""
        self._waiting.append((node.name, scope, False))
        self._alias(node, scope)

    def _alias(self, node: Any, scope: Scope | None) -> None:
        around = type_scope(node, scope)
        self.later((node.value, *getattr(node, "type_params", ())), around)

    def augmented(self, node: ast.AugAssign, scope: Scope | None, typed: bool) -> None:
        self.named.changes.update(owner_of(node.target))
        self.later((node.value, node.target), scope)

    def annotated(self, node: ast.AnnAssign, scope: Scope | None, typed: bool) -> None:
        self.named.changes.update(owner_of(node.target))
        self._waiting.append((node.target, scope, False))
        if node.value is not None:
            self._waiting.append((node.value, scope, False))
        self._waiting.append((node.annotation, scope, True))

    def loop(self, node: ast.For | ast.AsyncFor, scope: Scope | None, typed: bool) -> None:
        self.later((node.iter, node.target, *node.body, *node.orelse), scope)

    def walrus(self, node: ast.NamedExpr, scope: Scope | None, typed: bool) -> None:
        # In a comprehension it binds a name of what is around.
        name, outside = node.target.id, scope
        while outside is not None and not outside.of_class and name not in outside.bound | outside.declared:
            outside = outside.parent
        self.named.chains.add(name)
        self.bind(name, outside)
        self._waiting.append((node.value, scope, False))

    def imported(self, node: ast.Import | ast.ImportFrom, scope: Scope | None, typed: bool) -> None:
        self.named.imports.append(node)
        for name in imported_names(node):
            self.bind(name, scope)

    def declares(self, node: ast.Global, scope: Scope | None, typed: bool) -> None:
        self.named.declared.update(node.names)
        self.named.changes.update(node.names)
        if scope is not None and scope.of_class:
            scope.declared.update(node.names)

    def handler(self, node: ast.ExceptHandler, scope: Scope | None, typed: bool) -> None:
        if node.name:
            self.bind(node.name, scope)
        self.later((*([node.type] if node.type is not None else []), *node.body), scope)

    def capture(self, node: ast.MatchAs | ast.MatchStar, scope: Scope | None, typed: bool) -> None:
        if node.name:
            self.bind(node.name, scope)
        self.later(children(node), scope)

    def capture_rest(self, node: ast.MatchMapping, scope: Scope | None, typed: bool) -> None:
        if node.rest:
            self.bind(node.rest, scope)
        self.later(children(node), scope)

    # -- scopes

    def function(self, node: FunctionNode, scope: Scope | None, typed: bool) -> None:
        self.bind(node.name, scope)
        around = type_scope(node, scope)
        self.later(node.body, function_scope(node, around))
        self.later(getattr(node, "type_params", ()), around)
        annotations = [each.annotation for each in parameters_of(node.args) if each.annotation is not None]
        self.later([*annotations, *([node.returns] if node.returns is not None else [])], around, typed=True)
        kept = [each for each in node.decorator_list if each not in self._left_behind]
        self.later((*kept, *defaults_of(node.args)), scope)

    def lambda_(self, node: ast.Lambda, scope: Scope | None, typed: bool) -> None:
        self._waiting.append((node.body, function_scope(node, scope), False))
        self.later(defaults_of(node.args), scope)

    def class_(self, node: ast.ClassDef, scope: Scope | None, typed: bool) -> None:
        self.bind(node.name, scope)
        around = type_scope(node, scope)
        self.later(node.body, Scope(around, set(), set(), of_class=True))
        self.later((*node.bases, *(word.value for word in node.keywords), *getattr(node, "type_params", ())), around)
        self.later((each for each in node.decorator_list if each not in self._left_behind), scope)

    def comprehension(self, node: ast.AST, scope: Scope | None, typed: bool) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        bound = {
            each.id
            for generator in generators
            for each in ast.walk(generator.target)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        inner = Scope(scope, bound, set())
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]  # type: ignore[attr-defined]
        inside: list[ast.AST] = []
        for turn, generator in enumerate(generators):
            inside.extend((*([generator.iter] if turn else []), generator.target, *generator.ifs))
        self.later((*inside, *elements), inner)
        # The first thing to go over is evaluated before the comprehension has a scope.
        self._waiting.append((generators[0].iter, scope, False))


_HANDLERS: Final[dict[type[ast.AST], Callable[[_Walk, Any, Scope | None, bool], None]]] = {
    ast.AnnAssign: _Walk.annotated,
    ast.Assign: _Walk.assign,
    ast.AsyncFor: _Walk.loop,
    ast.AsyncFunctionDef: _Walk.function,
    ast.Attribute: _Walk.attribute,
    ast.AugAssign: _Walk.augmented,
    ast.Call: _Walk.call,
    ast.ClassDef: _Walk.class_,
    ast.Constant: _Walk.constant,
    ast.DictComp: _Walk.comprehension,
    ast.ExceptHandler: _Walk.handler,
    ast.For: _Walk.loop,
    ast.FunctionDef: _Walk.function,
    ast.GeneratorExp: _Walk.comprehension,
    ast.Global: _Walk.declares,
    ast.Import: _Walk.imported,
    ast.ImportFrom: _Walk.imported,
    ast.Lambda: _Walk.lambda_,
    ast.ListComp: _Walk.comprehension,
    ast.MatchAs: _Walk.capture,
    ast.MatchMapping: _Walk.capture_rest,
    ast.MatchStar: _Walk.capture,
    ast.Name: _Walk.name,
    ast.NamedExpr: _Walk.walrus,
    ast.SetComp: _Walk.comprehension,
    ast.Subscript: _Walk.subscript,
}
if hasattr(ast, "TypeAlias"):
    _HANDLERS[ast.TypeAlias] = _Walk.alias
