"""Turns expressions of `ast` into the expression form of the facts.

In: `ast` nodes. Out: `Expression` values; bindings that hide in expressions (comprehension targets, `:=`,
`isinstance`) and lambdas are handed to the scope that is being read. Statements are `extraction`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, Protocol

from migrator.facts.expressions import (
    LONGEST_TEXT,
    Attribute,
    Await,
    Binary,
    Call,
    Choice,
    Collection,
    Comparison,
    Comprehension,
    Constant,
    Dictionary,
    Element,
    Expression,
    Function,
    Instance,
    Name,
    Opaque,
    Starred,
    Subscript,
    Unary,
    Yield,
)
from migrator.facts.records import How

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*[.:]\w+$")
"""A text that may name something of the program: `shop.tasks.send`, `shop.wsgi:application`, `orders.Order`."""

_CHAIN = 100
"""Depth from which a nested expression is no longer followed, in a file that is too deep for a plain walk."""


class Surroundings(Protocol):
    """What lowering asks of the scope that is being read."""

    deep: bool

    def bind_target(self, target: ast.expr, value: Expression, how: How) -> None: ...

    def add_lambda(self, node: ast.Lambda) -> int: ...

    def mark_generator(self) -> None: ...


class Lowering:
    """Lowers the expressions of one module; dispatches by node type, by hand, since this is the hot path."""

    __slots__ = ("_depth", "around", "flattened", "named")

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._depth = 0
        self.flattened: list[tuple[int, int]] = []
        self.named: set[str] = set()

    def lower(self, node: ast.expr) -> Expression:
        """One expression."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            return self._other(node)
        if not self.around.deep:
            return handler(self, node)
        if self._depth > _CHAIN:
            return self._flatten(node)
        self._depth += 1
        try:
            return handler(self, node)
        finally:
            self._depth -= 1

    def annotation(self, node: ast.expr | None) -> Expression | None:
        """A type expression; one that is written as a string is read as code."""
        if node is None:
            return None
        if type(node) is ast.Constant and type(node.value) is str:
            try:
                parsed = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
            for inner in ast.walk(parsed):
                if isinstance(inner, ast.expr):
                    inner.lineno = inner.end_lineno = node.lineno
                    inner.col_offset = node.col_offset
            return self.lower(parsed)
        return self.lower(node)

    def _all(self, nodes: list[ast.expr]) -> tuple[Expression, ...]:
        return tuple([self.lower(node) for node in nodes])

    def _name(self, node: Any) -> Expression:
        return Name(node.id, node.lineno, node.col_offset + 1)

    def _attribute(self, node: Any) -> Expression:
        return Attribute(self.lower(node.value), node.attr, node.end_lineno, node.col_offset + 1)

    def _call(self, node: Any) -> Expression:
        func = node.func
        if type(func) is ast.Name and func.id == "isinstance" and len(node.args) == 2:
            subject = node.args[0]
            if type(subject) is ast.Name:
                self.around.bind_target(subject, Instance(self.lower(node.args[1])), How.NARROW)
        return Call(
            self.lower(func),
            self._all(node.args) if node.args else (),
            tuple([(keyword.arg, self.lower(keyword.value)) for keyword in node.keywords]) if node.keywords else (),
            func.end_lineno,
            node.col_offset + 1,
        )

    def _constant(self, node: Any) -> Expression:
        value = node.value
        if value is Ellipsis:
            return Opaque("other", ())
        if isinstance(value, str | bytes) and len(value) > LONGEST_TEXT:
            value = value[:LONGEST_TEXT]
        if type(value) is str and (match := _DOTTED.match(value)) is not None:
            self.named.add(match[0].replace(":", "."))
        return Constant(value)

    def _list(self, node: Any) -> Expression:
        return Collection("list", self._all(node.elts), node.lineno, node.col_offset + 1)

    def _tuple(self, node: Any) -> Expression:
        return Collection("tuple", self._all(node.elts), node.lineno, node.col_offset + 1)

    def _set(self, node: Any) -> Expression:
        return Collection("set", self._all(node.elts), node.lineno, node.col_offset + 1)

    def _dict(self, node: Any) -> Expression:
        pairs = tuple(
            [
                (None if key is None else self.lower(key), self.lower(value))
                for key, value in zip(node.keys, node.values, strict=True)
            ]
        )
        return Dictionary(pairs, node.lineno, node.col_offset + 1)

    def _subscript(self, node: Any) -> Expression:
        return Subscript(self.lower(node.value), self.lower(node.slice), node.end_lineno, node.col_offset + 1)

    def _slice(self, node: Any) -> Expression:
        bounds = (node.lower, node.upper, node.step)
        return Opaque("slice", tuple([Constant(None) if part is None else self.lower(part) for part in bounds]))

    def _lambda(self, node: Any) -> Expression:
        return Function(self.around.add_lambda(node))

    def _comprehension(self, node: Any) -> Expression:
        tests: list[Expression] = []
        for generator in node.generators:
            source = self.lower(generator.iter)
            element = Element(source, generator.iter.lineno, generator.iter.col_offset + 1)
            self.around.bind_target(generator.target, element, How.ASSIGN)
            tests.extend(self._all(generator.ifs))
        parts = (node.key, node.value) if type(node) is ast.DictComp else (node.elt,)
        made = Comprehension(_COMPREHENSIONS[type(node)], self._all(list(parts)), node.lineno, node.col_offset + 1)
        return Choice((made,), tuple(tests)) if tests else made

    def _binary(self, node: Any) -> Expression:
        # A long sum is a left-leaning tree as deep as it has terms: walked without recursion.
        right: list[Any] = []
        while type(node) is ast.BinOp:
            right.append(node)
            node = node.left
        value = self.lower(node)
        if len(right) > _CHAIN:
            return self._long_sum(value, right[::-1])
        for outer in reversed(right):
            other = self.lower(outer.right)
            if type(value) is Constant and type(other) is Constant:
                folded = _folded(type(outer.op), value.value, other.value)
                if folded is not None:
                    value = Constant(folded)
                    continue
            value = Binary(type(outer.op).__name__, value, other, outer.lineno, outer.col_offset + 1)
        return value

    def _long_sum(self, first: Expression, rest: list[Any]) -> Expression:
        """A chain too long to be followed one by one: joined in halves, which gives the same values."""
        terms = [first, *(self.lower(outer.right) for outer in rest)]
        operator, last = type(rest[0].op).__name__, rest[-1]
        while len(terms) > 1:
            pairs = [terms[at : at + 2] for at in range(0, len(terms), 2)]
            terms = [
                Binary(operator, pair[0], pair[1], last.lineno, last.col_offset + 1) if len(pair) == 2 else pair[0]
                for pair in pairs
            ]
        return terms[0]

    def _boolean(self, node: Any) -> Expression:
        return Choice(self._all(node.values), (), type(node.op) is ast.And)

    def _conditional(self, node: Any) -> Expression:
        tests: list[Expression] = []
        options: list[Expression] = []
        while type(node) is ast.IfExp:
            tests.append(self.lower(node.test))
            options.append(self.lower(node.body))
            node = node.orelse
        options.append(self.lower(node))
        return Choice(tuple(options), tuple(tests))

    def _compare(self, node: Any) -> Expression:
        operators = tuple([type(operator).__name__ for operator in node.ops])
        parts = (self.lower(node.left), *self._all(node.comparators))
        return Comparison(operators, parts, node.lineno, node.col_offset + 1)

    def _unary(self, node: Any) -> Expression:
        value = self.lower(node.operand)
        if type(node.op) is ast.USub and type(value) is Constant and isinstance(value.value, int | float):
            return Constant(-value.value)
        return Unary(type(node.op).__name__, value, node.lineno, node.col_offset + 1)

    def _text(self, node: Any) -> Expression:
        return Opaque("text", tuple([self.lower(part) for part in node.values]))

    def _formatted(self, node: Any) -> Expression:
        spec = node.format_spec
        value = self.lower(node.value)
        conversion = _CONVERSIONS.get(node.conversion)
        if conversion is not None:
            value = Opaque(conversion, (value,))
        return value if spec is None else Opaque("format", (value, self.lower(spec)))

    def _await(self, node: Any) -> Expression:
        return Await(self.lower(node.value))

    def _yield(self, node: Any) -> Expression:
        self.around.mark_generator()
        value = None if node.value is None else self.lower(node.value)
        return Yield(value, False, node.lineno, node.col_offset + 1)

    def _yield_from(self, node: Any) -> Expression:
        self.around.mark_generator()
        return Yield(self.lower(node.value), True, node.lineno, node.col_offset + 1)

    def _starred(self, node: Any) -> Expression:
        return Starred(self.lower(node.value))

    def _walrus(self, node: Any) -> Expression:
        self.around.bind_target(node.target, self.lower(node.value), How.ASSIGN)
        return self.lower(node.target)

    def _other(self, node: ast.expr) -> Expression:
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return Opaque("other", self._all(parts))

    def _flatten(self, node: ast.expr) -> Expression:
        """The calls in a nest of expressions that is too deep to follow, side by side."""
        attributes: list[ast.Attribute] = []
        inner_most = node
        while type(inner_most) is ast.Attribute and len(attributes) < _CHAIN:
            attributes.append(inner_most)
            inner_most = inner_most.value
        if type(inner_most) is ast.Name:
            value = self._name(inner_most)
            for outer in reversed(attributes):
                value = Attribute(value, outer.attr, outer.end_lineno or 0, outer.col_offset + 1)
            return value
        self.flattened.append((node.lineno, node.col_offset + 1))
        if type(node) is ast.Attribute:
            deep = Opaque("deep", self._calls_in(inner_most))
            return Attribute(deep, node.attr, node.end_lineno or 0, node.col_offset + 1)
        return Opaque("deep", self._calls_in(node))

    def _calls_in(self, node: ast.expr) -> tuple[Expression, ...]:
        calls: list[Expression] = []
        for inner in ast.walk(node):
            if type(inner) is ast.Call and type(inner.func) in (ast.Name, ast.Attribute):
                func: Expression
                if type(inner.func) is ast.Name:
                    func = self._name(inner.func)
                else:
                    func = Attribute(Opaque("deep", ()), inner.func.attr, inner.func.end_lineno or 0, 1)  # type: ignore[attr-defined]
                calls.append(Call(func, (), (), inner.lineno, inner.col_offset + 1))
        return tuple(calls)


def _folded(operator: type, left: object, right: object) -> int | float | str | None:
    """Sums and products of constants, such as `2 * 60 * 60`; None for everything else."""
    if isinstance(left, str) and isinstance(right, str) and operator is ast.Add:
        return (left + right)[:LONGEST_TEXT]
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    if abs(left) > _LARGEST or abs(right) > _LARGEST:
        return None
    if operator is ast.Mult:
        return left * right
    if operator is ast.Add:
        return left + right
    return left - right if operator is ast.Sub else None


_LARGEST = 1e9
_CONVERSIONS = {ord("s"): "str", ord("r"): "repr", ord("a"): "repr"}
_COMPREHENSIONS: dict[type, str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}

_HANDLERS: dict[type, Callable[[Lowering, Any], Expression]] = {
    ast.Name: Lowering._name,
    ast.Attribute: Lowering._attribute,
    ast.Call: Lowering._call,
    ast.Constant: Lowering._constant,
    ast.List: Lowering._list,
    ast.Tuple: Lowering._tuple,
    ast.Set: Lowering._set,
    ast.Dict: Lowering._dict,
    ast.Subscript: Lowering._subscript,
    ast.Slice: Lowering._slice,
    ast.Lambda: Lowering._lambda,
    ast.ListComp: Lowering._comprehension,
    ast.SetComp: Lowering._comprehension,
    ast.DictComp: Lowering._comprehension,
    ast.GeneratorExp: Lowering._comprehension,
    ast.BinOp: Lowering._binary,
    ast.BoolOp: Lowering._boolean,
    ast.IfExp: Lowering._conditional,
    ast.Compare: Lowering._compare,
    ast.UnaryOp: Lowering._unary,
    ast.JoinedStr: Lowering._text,
    ast.FormattedValue: Lowering._formatted,
    ast.Await: Lowering._await,
    ast.Yield: Lowering._yield,
    ast.YieldFrom: Lowering._yield_from,
    ast.Starred: Lowering._starred,
    ast.NamedExpr: Lowering._walrus,
}
