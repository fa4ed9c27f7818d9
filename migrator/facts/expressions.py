"""The form in which expressions of the analyzed code travel: what value flow needs, and nothing else.

Each node is a `NamedTuple`: immutable, picklable, and several times cheaper to make than a frozen dataclass, which
counts because a large monolith has millions of them. Lines count from 1 and name the line on which the last part
of the expression's own name stands (in a chain of calls over several lines, the line of the attribute that is
called); columns count from 1, in characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, dataclass_transform

if TYPE_CHECKING:
    # To the type checker each node is a class of its own rather than a tuple: it compares tuples item by item, and
    # takes minutes over a recursive union of them.
    @dataclass_transform(frozen_default=True)
    class Node:
        """Base of all nodes."""

else:
    Node = NamedTuple


class Name(Node):
    """A name that is read."""

    id: str
    line: int
    column: int


class Attribute(Node):
    """`value.attr`, read."""

    value: Expression
    attr: str
    line: int
    column: int


class Call(Node):
    """A call. A keyword without a name is a `**mapping`."""

    func: Expression
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str | None, Expression], ...]
    line: int
    column: int


class Constant(Node):
    """A literal. Long strings are cut: `expressions.LONGEST_TEXT`."""

    value: str | bytes | int | float | complex | bool | None


class Collection(Node):
    """A list, tuple or set display."""

    kind: str
    items: tuple[Expression, ...]
    line: int
    column: int


class Dictionary(Node):
    """A dict display; a pair without a key is a `**mapping`."""

    pairs: tuple[tuple[Expression | None, Expression], ...]
    line: int
    column: int


class Subscript(Node):
    """`value[key]`, read."""

    value: Expression
    key: Expression
    line: int
    column: int


class Function(Node):
    """A lambda: the index of its scope among the module's scopes."""

    scope: int


class Comprehension(Node):
    """A comprehension or generator expression; its targets are bound by steps of the scope before it.

    `elements` has one item, two (key, value) for a dict.
    """

    kind: str
    elements: tuple[Expression, ...]
    line: int
    column: int


class Binary(Node):
    """An arithmetic operation, kept because paths are joined and lists are concatenated by it."""

    operator: str
    left: Expression
    right: Expression
    line: int
    column: int


class Comparison(Node):
    """A chain of comparisons, `parts[0] operators[0] parts[1] ...`, by the names that `ast` has for the operators."""

    operators: tuple[str, ...]
    parts: tuple[Expression, ...]
    line: int
    column: int


class Unary(Node):
    """`-value`, `+value`, `~value` or `not value`, by the name that `ast` has for the operator."""

    operator: str
    value: Expression
    line: int
    column: int


class Choice(Node):
    """One of several values: `a or b`, `a and b` (`all_of`), `a if c else b` (the condition stands in `tests`)."""

    options: tuple[Expression, ...]
    tests: tuple[Expression, ...]
    all_of: bool = False


class Await(Node):
    """`await value`."""

    value: Expression


class Starred(Node):
    """`*value` in a call or a display."""

    value: Expression


class Yield(Node):
    """`yield value`, or `yield from value`."""

    value: Expression | None
    whole: bool
    line: int
    column: int


class Element(Node):
    """What iterating over a value gives: the target of a loop."""

    value: Expression
    line: int
    column: int


class Entered(Node):
    """What entering a context manager gives: the target of a `with`."""

    value: Expression
    line: int
    column: int


class Instance(Node):
    """An instance of the class (or of one in the tuple) that an expression names: `except E as e`, `isinstance`."""

    type: Expression


class Opaque(Node):
    """An expression whose value is plain data or not followed; its parts are still evaluated.

    `kind` is `text` (an f-string: its constants and its values in order), `format`, `str` and `repr` (`{value:spec}`, `{value!s}` and `{value!r}` in one), `slice` (its three
    bounds; None for one that is left out), `deep` (nested too deeply to be followed) or `other`.
    """

    kind: str
    parts: tuple[Expression, ...]


Expression: TypeAlias = (
    Name
    | Attribute
    | Call
    | Constant
    | Collection
    | Dictionary
    | Subscript
    | Function
    | Comprehension
    | Binary
    | Comparison
    | Unary
    | Choice
    | Await
    | Starred
    | Yield
    | Element
    | Entered
    | Instance
    | Opaque
)

LONGEST_TEXT = 1000
"""Characters of a string constant that are kept: enough for any dotted name, path or statement head."""


def behind_not(node: object) -> Expression | None:
    """What stands behind a `not`; None for any other expression."""
    return node.value if isinstance(node, Unary) and node.operator == "Not" else None


def asked_whether_none(node: object) -> Expression | None:
    """What is compared with None, in `x is None` and `x == None`; None for any other expression."""
    if isinstance(node, Comparison) and node.parts[-1] == Constant(None) and not set(node.operators) - {"Is", "Eq"}:
        return node.parts[0]
    return None


def calls_in(node: object) -> list[Call]:
    """The calls anywhere in an expression, or in a step."""
    return [part for part in parts_of(node) if isinstance(part, Call)]


def parts_of(node: object) -> list[Expression]:
    """An expression, or a step, and all expressions in it."""
    found: list[Expression] = []
    waiting: list[object] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            if hasattr(node, "_fields"):
                found.append(node)  # type: ignore[arg-type]
            waiting.extend(node)
    return found
