"""Texts among the values: what is one, how several are put together, what of them is known.

In: values. Out: texts and values. Alternatives are bounded here.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from migrator.domain.sdk_calls import PartKind, Text, TextPart
from migrator.model.sdk.values import (
    Answer,
    Client,
    Lib,
    Object,
    Plain,
    Resource,
    Session,
    Unknown,
    Value,
    Values,
    Words,
)

MOST_WAYS = 32
"""Alternatives that one expression may have; beyond it, the rest is dropped and said to be known only at run time."""


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
