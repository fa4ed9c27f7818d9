"""What an expression can stand for, as far as finding calls of the SDK needs it.

In: nothing. Out: frozen values that are compared by what they are, so that they can be kept in sets. Evaluating is
left to `evaluation`. These are not the values of the model's value flow: those say for the whole program what may meet
somewhere, these say for one way of getting there what it is, with the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from migrator.domain.sdk_calls import Text
from migrator.facts.expressions import Expression
from migrator.model.index import ClassInfo, FunctionInfo


class Frame:
    """A function with what its parameters are given. Interned by `Evaluator.frame`: equal ones are one object.

    Attributes:
        given: parameter to what it is; None for one whose callers are not decided.
        receiver: what its first parameter is, for a method.
        outer: the frame of the function around it, for a closure.
        depth: of calls that were entered to get here.
    """

    __slots__ = ("depth", "given", "info", "outer", "receiver")

    def __init__(
        self,
        info: FunctionInfo,
        given: Mapping[str, Given] | None,
        receiver: Value | None,
        outer: Frame | None,
        depth: int,
    ) -> None:
        self.info = info
        self.given = given
        self.receiver = receiver
        self.outer = outer
        self.depth = depth


class Later:
    """An expression that is evaluated when somebody asks: where it stands, and the step before which it does."""

    __slots__ = ("at", "expression", "frame")

    def __init__(self, expression: Expression, frame: Frame, at: int | None) -> None:
        self.expression = expression
        self.frame = frame
        self.at = at

    def _key(self) -> tuple[int, Frame, int | None]:
        return id(self.expression), self.frame, self.at

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True, slots=True)
class Words:
    """A text."""

    parts: Text


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, a truth value or None."""

    value: object


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that is not followed; `source` says how the code gets at it."""

    source: str


@dataclass(frozen=True, slots=True)
class Lib:
    """Something of a library, by its dotted name; `made` where it is what calling it gives, with the call."""

    dotted: str
    made: Later | None = None


@dataclass(frozen=True, slots=True)
class Mod:
    """A module of the analyzed code."""

    name: str


@dataclass(frozen=True, slots=True)
class Fn:
    """A function or lambda, with the frame that its free names are looked up in."""

    info: FunctionInfo
    outer: Frame | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of an object or class."""

    info: FunctionInfo
    receiver: Value


@dataclass(frozen=True, slots=True)
class Cls:
    """A class of the analyzed code."""

    info: ClassInfo


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a class of the analyzed code; `made` by which arguments, where that is known."""

    info: ClassInfo
    made: Arguments | None = None


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of a class."""

    info: ClassInfo
    receiver: Value


@dataclass(frozen=True, slots=True)
class Dict:
    """A mapping: keys (None for one that is not known) and what stands under them. `site` tells it from others."""

    pairs: tuple[tuple[str | None, Given], ...]
    site: object = None


@dataclass(frozen=True, slots=True)
class Seq:
    """A list, tuple or set; `items` in order, where `whole` says that there are no others."""

    items: tuple[Given, ...]
    whole: bool = True
    site: object = None


@dataclass(frozen=True, slots=True)
class OfData:
    """A method of a text, a container or a function, not called yet; `name` is what its owner is called there."""

    owner: Value
    method: str
    name: str = ""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Yields:
    """What a call of a generator function gives."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Applied:
    """A callable with arguments given in advance."""

    target: Value
    arguments: Arguments


# What belongs to the SDK


@dataclass(frozen=True, slots=True)
class Session:
    """A session, or the library itself, which has a default one.

    Attributes:
        region: that it is told.
        sure: False for an object of which only the call says that it may be one.
    """

    region: tuple[Text, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a service; an empty name where the service is not known, `source` then says what names it."""

    service: str
    source: str = ""
    region: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; the service's own has an empty type.

    Attributes:
        identifiers: name to the texts that it may have.
        loaded: its attributes are there without a request.
    """

    service: str
    type: str = ""
    identifiers: tuple[tuple[str, tuple[Text, ...]], ...] = ()
    loaded: bool = False
    source: str = ""
    region: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of resources: whose it is, under which name, and what filters were given."""

    owner: Resource
    name: str
    arguments: tuple[tuple[str, tuple[Text, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Repeated:
    """A paginator or waiter of a client, by the method or name that it was asked for."""

    kind: str  # `paginator` or `waiter`
    client: Client
    name: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """An object that moves files by a client of S3."""

    client: Client


@dataclass(frozen=True, slots=True)
class Writer:
    """What `Table.batch_writer()` gives; asking for it was the call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gives back."""

    service: str
    operation: str
    arguments: tuple[tuple[str, tuple[Text, ...]], ...] = ()
    source: str = ""


SdkOwner: TypeAlias = "Client | Resource | Collection | Repeated | Transfer | Session"


@dataclass(frozen=True, slots=True)
class SdkMethod:
    """A method of an object of the SDK, not called yet."""

    owner: SdkOwner
    name: str


Value: TypeAlias = (
    "Words | Plain | Unknown | Lib | Mod | Fn | Bound | Cls | Object | Super | Dict | Seq | OfData | Yields | Applied | "
    "Session | Client | Resource | Collection | Repeated | Transfer | Writer | Answer | SdkMethod"
)
Values: TypeAlias = "tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Known:
    """Values that are there already, where a `Later` would stand for an expression."""

    values: tuple[Value, ...]


Given: TypeAlias = "Later | Known"


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, not evaluated; `spread` is what `*x` and `**x` add that could not be taken apart."""

    positional: tuple[Given, ...] = ()
    keywords: tuple[tuple[str, Given], ...] = ()
    spread: bool = False

    def get(self, position: int, keyword: str = "") -> Given | None:
        """The argument of a name, or at a position; None where it is not given."""
        for name, given in self.keywords:
            if keyword and name == keyword:
                return given
        return self.positional[position] if 0 <= position < len(self.positional) else None


@dataclass(slots=True)
class Memo:
    """What was found of expressions under one set of assumptions: values, and the parameters that were asked for."""

    found: dict[tuple[int, Frame, int | None], tuple[Values, frozenset[tuple[FunctionInfo, str]]]] = field(
        default_factory=dict
    )
