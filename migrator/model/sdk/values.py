"""What an expression can stand for, as far as finding calls of the SDK needs it.

In: nothing. Out: frozen values that are compared by what they are, so that they can be kept in sets. Evaluating is
left to `evaluation`. These are not the values of the model's value flow: those say for the whole program what may meet
somewhere, these say for one way of getting there what it is, with the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from migrator.domain.sdk_calls import PartKind, Text, TextPart
from migrator.facts.expressions import Expression
from migrator.model.index import ClassInfo, FunctionInfo

MOST_WAYS = 32
"""Alternatives that one expression may have; beyond it, the rest is dropped and said to be known only at run time."""


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
    """A session, or the library itself, which has a default one; with the region that it is told."""

    region: tuple[Text, ...] = ()


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


def literal(text: str) -> Words:
    """A text that stands in the code."""
    return Words((TextPart(PartKind.LITERAL, text),) if text else ())


def setting(name: str) -> Words:
    """A text that is set outside of the code."""
    return Words((TextPart(PartKind.SETTING, name),))


def plain_text(value: object) -> str | None:
    """The characters of a text that stands in the code as a whole; None for any other value."""
    if isinstance(value, Words) and all(part.kind is PartKind.LITERAL for part in value.parts):
        return "".join(part.text for part in value.parts)
    return None


def text_of(value: Value, source: str) -> Text | None:
    """A value as a text, or None for what is no text (None, a container, an object of the SDK)."""
    match value:
        case Words():
            return value.parts
        case Plain(value=bool() | None):
            return None
        case Plain(value=int() | float() as number):
            return literal(str(number)).parts
        case Unknown(source=own):
            return (TextPart(PartKind.RUNTIME, own or source),)
        case Answer(source=own):
            return (TextPart(PartKind.RUNTIME, own or source),)
        case Lib(made=made) if made is not None:
            return (TextPart(PartKind.RUNTIME, source),)
        case Object() | Lib():
            return (TextPart(PartKind.RUNTIME, source),)
        case _:
            return None


def texts_of(values: Iterable[Value], source: str) -> tuple[Text, ...]:
    """Values as texts without repetition; of those that only runs can say, one is enough."""
    found: list[Text] = []
    for value in values:
        text = text_of(value, source)
        if text is None or text in found:
            continue
        if _is_runtime(text) and any(_is_runtime(each) for each in found):
            continue
        found.append(text)
    return tuple(found)


def _is_runtime(text: Text) -> bool:
    return bool(text) and all(part.kind is PartKind.RUNTIME for part in text)


def is_named(text: Text) -> bool:
    """Whether any part of a text stands in the code or in a setting."""
    return any(part.kind is not PartKind.RUNTIME for part in text)


def joined(texts: Iterable[Text]) -> Text:
    """Texts one after the other; literals that meet become one."""
    parts: list[TextPart] = []
    for text in texts:
        for part in text:
            if parts and part.kind is PartKind.LITERAL and parts[-1].kind is PartKind.LITERAL:
                parts[-1] = TextPart(PartKind.LITERAL, parts[-1].text + part.text)
            elif part.text:
                parts.append(part)
    return tuple(parts)


def combined(alternatives: Iterable[tuple[Text, ...]], source: str) -> Values:
    """Every way of putting one of each alternatives after the other; where these are too many, what is sure of them."""
    each = list(alternatives)
    ways = 1
    for texts in each:
        ways *= max(1, len(texts))
    if ways > MOST_WAYS:
        each = [texts if len(texts) <= 1 else ((TextPart(PartKind.RUNTIME, source),),) for texts in each]
    return tuple(dict.fromkeys(Words(joined(way)) for way in product(*each)))


def unique(values: Iterable[Value]) -> Values:
    """The values without repetition, in their order, and not more than are worth following."""
    found = tuple(dict.fromkeys(values))
    return found if len(found) <= MOST_WAYS else (*found[:MOST_WAYS], Unknown("one of many"))


def text_or_none(text: Text) -> str | None:
    """The characters of a text that is literal as a whole."""
    return plain_text(Words(text))


def is_object(value: Value) -> bool:
    """Whether a value is an object that is made: of a class of the code, or of the SDK."""
    return isinstance(value, Object | Client | Resource | Session)
