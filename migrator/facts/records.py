"""What is known of one module from its own text: scopes, and in each the steps that it takes.

In: nothing. Out: the value types. Extraction fills them; resolution across modules is left to `migrator.model`.
Everything here is immutable and picklable, so that facts can cross processes and rest in a cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from migrator.facts.expressions import Attribute, Expression, Subscript


class How(StrEnum):
    """The way in which a name or a place gets its value."""

    ASSIGN = "assign"
    AUGMENT = "augment"
    DELETE = "delete"
    NARROW = "narrow"  # `isinstance(name, T)`: evidence of a type, not a new value


class Bind(NamedTuple):
    """A name gets a value; without one (`x: int`) only its annotation is known.

    `operator` is what `ast` calls that of `x += value`.
    """

    name: str
    value: Expression | None
    annotation: Expression | None
    how: How
    line: int
    column: int
    operator: str = ""


class Store(NamedTuple):
    """An attribute or item of an object is changed; `operator` as of `Bind`."""

    target: Attribute | Subscript
    value: Expression | None
    how: How
    line: int
    column: int
    operator: str = ""


class Use(StrEnum):
    """What becomes of the value of an expression that is a statement of its own, or heads one."""

    DROP = "drop"
    TEST = "test"  # it is asked whether it is true
    RAISE = "raise"  # a class is made an instance of


class Evaluate(NamedTuple):
    """An expression is evaluated, and its value goes nowhere."""

    value: Expression
    use: Use = Use.DROP


class Return(NamedTuple):
    """The scope returns a value."""

    value: Expression
    line: int


class Import(NamedTuple):
    """`import module [as name]` (`attribute` empty), `from module import attribute [as name]`, or a star.

    `level` counts the leading dots. `name` is what is bound here; for `import a.b` that is `a`, and `module` is
    still `a.b`; for a star it is `*`.
    """

    name: str
    module: str
    attribute: str
    level: int
    line: int
    column: int


class Define(NamedTuple):
    """A `def` or `class` statement binds a name to the scope at an index of `ModuleFacts.scopes`."""

    name: str
    scope: int


Step: TypeAlias = Bind | Store | Evaluate | Return | Import | Define


class RegionKind(StrEnum):
    """The kind of a compound statement that effects and hazards ask about."""

    LOOP = "loop"
    ENDLESS = "endless"  # a `while True` without break, return or raise
    WITH = "with"
    BRANCH = "branch"
    TRY = "try"


class Region(NamedTuple):
    """Lines of a compound statement's body, and the expression at its head: test, iterable or context manager.

    A branch without a head is taken where a test before it fails: `else`, `except`, `case`. `leaves` says whether the body ends by leaving the function: with `return` or `raise`.
    """

    kind: RegionKind
    line: int
    body_line: int
    end_line: int
    head: Expression | None
    leaves: bool = False


class ScopeKind(StrEnum):
    """What opens a scope."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"


class ParameterKind(StrEnum):
    """How an argument reaches a parameter."""

    POSITIONAL = "positional"
    STANDARD = "standard"
    VARIADIC = "variadic"
    KEYWORD = "keyword"
    MAPPING = "mapping"


class Parameter(NamedTuple):
    """One parameter of a function."""

    name: str
    kind: ParameterKind
    annotation: Expression | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Scope:
    """A module, class, function or lambda.

    Attributes:
        name: qualified within the module, as `__qualname__` says it; empty for the module; `<lambda:LINE>`.
        parent: index of the enclosing scope; -1 for the module.
        line: of the `def` or `class` itself, 1 for a module.
        end_line: last line.
        column: of the `def`, from 1.
        decorators: topmost first.
        bases: for a class.
        keywords: of a class statement, such as `metaclass`.
        returns: the annotation of the result.
        steps: in the order of the text.
        regions: compound statements, in the order of the text.
        globals: names declared `global`.
        nonlocals: names declared `nonlocal`.
    """

    name: str
    kind: ScopeKind
    parent: int
    line: int
    end_line: int
    column: int
    decorators: tuple[Expression, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    bases: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str | None, Expression], ...] = ()
    returns: Expression | None = None
    steps: tuple[Step, ...] = ()
    regions: tuple[Region, ...] = ()
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    is_async: bool = False
    is_generator: bool = False


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """All facts of one module.

    Attributes:
        name: dotted.
        path: relative to the tree's root.
        is_package: whether relative imports start at the module itself.
        scopes: the module first; an enclosing scope stands before what it encloses.
        findings: parts of the text that were not read, as line, column and reason.
        named: dotted names that stand in texts of the code, such as `shop.tasks.send`: it may mean what has that name.
    """

    name: str
    path: str
    is_package: bool
    scopes: tuple[Scope, ...]
    findings: tuple[tuple[int, int, str], ...] = ()
    named: frozenset[str] = frozenset()
