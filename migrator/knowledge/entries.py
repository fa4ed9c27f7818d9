"""What is known of one name of a library, as the model asks for it.

Values only; how they are written down stands in `schema`, how they are found in `lookup`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.effects import Effect

RECEIVER = -1
"""As an argument's position: the object that the method is called on."""


WORDS = frozenset(
    f"@{word}"
    for word in (
        *("answer", "answers", "argument", "arguments", "at", "class", "copy", "deepcopy", "each", "inner", "instance"),
        *("item", "items", "model", "keys", "receivers", "result", "self"),
    )
)
"""By which `returns`, `hands`, `asks` and `attribute` name values of the call; what each means stands at `Entry.returns`."""


class Kind(StrEnum):
    """What a name stands for."""

    FUNCTION = "function"
    CLASS = "class"
    OBJECT = "object"  # a module-level object, or an attribute or property of an instance


class Asked(StrEnum):
    """What a function asks of an object, and the language by itself: which special methods of it are called."""

    ABSOLUTE = "absolute"
    BYTES = "bytes"
    COMPLEX = "complex"
    COPY = "copy"
    DEEP_COPY = "deep-copy"
    FLOAT = "float"
    DIRECTORY = "directory"
    FORMAT = "format"
    HASH = "hash"
    INDEX = "index"
    INTEGER = "integer"
    ITERATION = "iteration"
    LENGTH = "length"
    NEXT = "next"
    ORDER = "order"
    PATH = "path"
    REDUCTION = "reduction"
    REPRESENTATION = "representation"
    REVERSAL = "reversal"
    ROUND = "round"
    SUM = "sum"
    TEXT = "text"
    TRUTH = "truth"


class Access(StrEnum):
    """What a function does with a path."""

    READ = "read"
    WRITE = "write"
    MODE = "mode"  # as the mode argument says: `r` and `rb` read, `r+` does both, all others write


class Origin(StrEnum):
    """Where a path that a function returns points to."""

    UNKNOWN = ""
    TEMP = "temp"  # the system temp dir
    PACKAGE = "package"  # files that a package ships


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call: its position (0 is the first one after the receiver, `RECEIVER` the
    receiver itself) and its keyword, or an empty string where it cannot be passed by keyword."""

    position: int
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class PathUse:
    """A path that a function opens, reads or changes.

    Attributes:
        path: which argument is the path.
        access: what happens to it.
        mode: which argument holds the mode, for `Access.MODE`; without it the mode is `r`.
        file_object: whether it may be an open file instead: what is not known to be a path then touches no disk.
    """

    path: Argument
    access: Access
    mode: Argument | None = None
    file_object: bool = False


@dataclass(frozen=True, slots=True)
class ByArgument:
    """A result whose type depends on a constant argument: `boto3.client("s3")`.

    Attributes:
        argument: the argument that decides.
        returns: type by the constant's value.
        otherwise: type for any other constant, or for a value that is not constant.
    """

    argument: Argument
    returns: Mapping[str, str]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a library function passes to the callables that it is given.

    Attributes:
        arguments: positional arguments, each in the words of `Entry.returns`.
        rest: position of the first of its own arguments that it hands on, with those by name; None where it hands on none.
        spread: arguments that hold what it hands on: a tuple by position, a dict by name.
    """

    arguments: tuple[str, ...] = ()
    rest: int | None = None
    spread: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one name.

    Attributes:
        name: the canonical dotted name, or the wildcard (`json.*`) that covers it.
        kind: function, class or object. Calling a class gives an instance of it.
        effects: of calling a function or constructing a class; of merely reading an object where `reads`.
        reason: a phrase without a subject, such as "sends an HTTP request"; never empty beside an effect.
        returns: the type of the result, or of an object. A dotted class name, or
            `@self` (the receiver), `@copy` and `@copy:N` (a shallow copy of the receiver or of argument N: a container of
            its own with the same items), `@deepcopy:N`, `@class` (an instance of the class that the method or attribute is asked of),
            `@argument:N` (what argument N is), `@instance:N` (an instance of the class that is argument N),
            `@answers`, `@receivers` and `@answer` (what a signal's receivers give its sender),
            `@result:N` (what a call of argument N gives), `@arguments` (what all arguments are),
            `@each` (the objects and containers among them, or what the only one holds),
            `@item` (what the receiver holds), `@inner:N` (what the containers hold that argument N holds), `@at:N` (what it holds under the key that is argument N), `@item:N` (what argument N holds), `@items` (what all arguments hold), `@keys` (keys of the receiver that are objects, and data), `@model:N` (an instance of the
            model that is argument N or that its text names); a class name may say what it holds:
            `sqlalchemy.orm.Query[@instance:0]`, a tuple what stands at each position: `builtins.tuple[builtins.int, @item:0]`. Words with `@` may be joined by `or`. Or an expression as in `runs` after an equals sign, whose values
            are the result: `=self.get_form_class()()`. Empty: not known.
        by_argument: where a constant argument decides the type; overrides `returns`.
        reads: an object whose mere reading is the effect (`flask.request`, `os.environ`).
        changes: whether its effect changes something outside (a row, a message, an object), so that a retry repeats it.
        write_effects: of assigning to an item or attribute of the object, or of mutating it.
        calls_arguments: callable arguments that it calls (positions or keywords); `RECEIVER` for the function that the
            object wraps, or its `run`, with the arguments of the call.
        background_arguments: callable arguments that it runs elsewhere, after or beside the call.
        hands: what it passes to those of both; None where that is not said.
        asks: what it asks of which objects, these in the words of `returns`: `print` asks all of its arguments for a text.
        keeps: what it keeps for the whole process, by the name under which an expression finds it: `kept("handlers")`.
        mutates: arguments whose object it changes; `RECEIVER` for the object the method is called on.
        pure: calling it has none of the effects (beyond `calls_arguments` and `mutates`).
        paths: files that it touches; whether this is disk, temp or package follows from where the path comes from.
        origin: where a returned path points to.
        derives: position of the argument that the returned path begins with (`os.path.join`), or None.
        seconds: the argument that is a time to wait in seconds: 60 and more is `unbounded`.
        limit: the argument that is a limit in seconds on what it does: more than 15 minutes is `unbounded`.
        decorates: as a decorator it leaves a callable that still calls the decorated function.
        decorated_effects: effects of each call of a function that it decorates.
        bases: for a class: the library classes that it inherits from.
        runs: what calling it runs beside itself, as expressions over the receiver (`self.get_queryset()`): the
            methods of a first-party subclass that a library's template method calls. See `migrator.model.templates`.
        assigned: for an attribute of a module: what an assignment to it has run sooner or later, as in `runs`, with what is
            assigned as `argument0`: `sys.excepthook = handler`.
        attribute: for a class: what an instance holds under a class-level name that is declared with an object of
            this class (a column, a relation), in the words of `returns`.
        attribute_effects: effects of reading what an instance holds so.
        relates: for a class: an attribute declared with it gives the model it names an attribute in return, which
            holds `many` objects of the declaring class or `one`; or, `named`, only where it is told a name for it,
            and then a list of them or a single one.
        holds: for a class: an object of it is followed as a container, which holds as a `list`, `set` or `dict` does, or
            (`values`) what its methods put into it and what its constructor is given by name.
        holds_owner: for a class: an object of it at class level holds instances of the class that it is asked of.
    """

    name: str
    kind: Kind = Kind.FUNCTION
    effects: tuple[Effect, ...] = ()
    reason: str = ""
    returns: str = ""
    by_argument: ByArgument | None = None
    reads: bool = False
    changes: bool = False
    write_effects: tuple[Effect, ...] = ()
    calls_arguments: tuple[int | str, ...] = ()
    background_arguments: tuple[int | str, ...] = ()
    hands: Hands | None = None
    asks: tuple[tuple[Asked, str], ...] = ()
    keeps: tuple[tuple[str, str], ...] = ()
    mutates: tuple[int, ...] = ()
    pure: bool = False
    paths: tuple[PathUse, ...] = ()
    origin: Origin = Origin.UNKNOWN
    derives: int | None = None
    seconds: Argument | None = None
    limit: Argument | None = None
    decorates: bool = False
    decorated_effects: tuple[Effect, ...] = ()
    bases: tuple[str, ...] = field(default=())
    runs: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    attribute: str = ""
    attribute_effects: tuple[Effect, ...] = ()
    relates: str = ""
    holds: str = ""
    holds_owner: bool = False

    @property
    def wildcard(self) -> bool:
        """Whether a pattern matched rather than the name itself."""
        return self.name.endswith(".*")
