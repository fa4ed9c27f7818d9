"""What an expression of the monolith comes to, as far as its text says so: numbers, texts, lists of them, names of such.

In: an expression and the module that it stands in. Out: a JSON value, or `UNKNOWN`. Arithmetic of numbers is folded,
names are followed to the one assignment that they have, in their own module or in the one that they are imported
from. Nothing is run.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

from migrator.domain.json import JsonValue
from migrator.plan.looking.imported_names import absolute_names
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree


class Unknown:
    """The type of `UNKNOWN`: the text does not say it."""


UNKNOWN: Final = Unknown()

_FOLDED: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
# How many names are followed from one to the next.
_DEEPEST = 8
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}
_TIMEDELTA = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")


class Constants:
    """Reads constants of one tree; parses each module once."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._modules: dict[str, tuple[Mapping[str, str], Mapping[str, ast.expr | None]]] = {}

    def of_text(self, text: str, file: SourceFile) -> JsonValue | Unknown:
        """The value of an expression as written, or `UNKNOWN`."""
        try:
            return self.of(ast.parse(text.strip(), mode="eval").body, file)
        except (SyntaxError, ValueError, RecursionError):
            return UNKNOWN

    def of(self, node: ast.expr, file: SourceFile, depth: int = 0) -> JsonValue | Unknown:
        """The value of a parsed expression, or `UNKNOWN`; a `timedelta` comes to its seconds."""
        if depth > _DEEPEST:
            return UNKNOWN
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.of(operand, file, depth + 1)
                return -inner if _is_number(inner) else UNKNOWN  # type: ignore[operator]
            case ast.BinOp(left=left, op=op, right=right):
                return self._folded(op, self.of(left, file, depth + 1), self.of(right, file, depth + 1))
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                values = [self.of(item, file, depth + 1) for item in items]
                return UNKNOWN if any(isinstance(value, Unknown) for value in values) else values  # type: ignore[return-value]
            case ast.Dict(keys=keys, values=parts):
                return self._dictionary(keys, parts, file, depth)
            case ast.Name() | ast.Attribute():
                return self._named(ast.unparse(node), file, depth)
            case ast.Call(func=ast.Name(id="timedelta") | ast.Attribute(attr="timedelta")):
                return self._seconds(node, file, depth)
            case _:
                return UNKNOWN

    def _dictionary(
        self, keys: list[ast.expr | None], parts: list[ast.expr], file: SourceFile, depth: int
    ) -> JsonValue | Unknown:
        found: dict[str, JsonValue] = {}
        for key, part in zip(keys, parts, strict=True):
            name = self.of(key, file, depth + 1) if key is not None else UNKNOWN
            value = self.of(part, file, depth + 1)
            if not isinstance(name, str) or isinstance(value, Unknown):
                return UNKNOWN
            found[name] = value
        return found

    def _folded(self, op: ast.operator, left: JsonValue | Unknown, right: JsonValue | Unknown) -> JsonValue | Unknown:
        fold = _FOLDED.get(type(op))
        if fold is None or not _is_number(left) or not _is_number(right):
            return UNKNOWN
        try:
            return fold(left, right)  # type: ignore[arg-type]
        except ArithmeticError:
            return UNKNOWN

    def _seconds(self, call: ast.Call, file: SourceFile, depth: int) -> JsonValue | Unknown:
        total = 0.0
        named = [*zip(_TIMEDELTA, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
        for unit, part in named:
            value = self.of(part, file, depth + 1)
            if unit not in _SECONDS or not _is_number(value):
                return UNKNOWN
            total += _SECONDS[unit] * value  # type: ignore[operator]
        return total

    def _named(self, dotted: str, file: SourceFile, depth: int) -> JsonValue | Unknown:
        imported, assigned = self._module(file)
        root, _, rest = dotted.partition(".")
        if not rest and root in assigned:
            value = assigned[root]
            return UNKNOWN if value is None else self.of(value, file, depth + 1)
        if root not in imported:
            return UNKNOWN
        module, _, name = f"{imported[root]}.{rest}".rstrip(".").rpartition(".")
        other = self._tree.modules.get(module)
        return UNKNOWN if other is None else self._named(name, other, depth + 1)

    def _module(self, file: SourceFile) -> tuple[Mapping[str, str], Mapping[str, ast.expr | None]]:
        if file.name not in self._modules:
            module = parsed(file)
            self._modules[file.name] = (absolute_names(module, file), _assigned(module))
        return self._modules[file.name]


def _assigned(module: ast.Module) -> Mapping[str, ast.expr | None]:
    """Names of a module to what is assigned to them; None where that is not one expression."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(module):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = value if node in module.body and name not in found else None
            case ast.Name(id=name, ctx=ast.Store()) if name not in found:
                found[name] = None
            case ast.AugAssign(target=ast.Name(id=name)):
                found[name] = None
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
