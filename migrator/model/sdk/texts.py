"""Texts that are put together, and what methods of texts and containers give.

In: a text, a container, or a function that makes a text, with the arguments. Out: values; a part that only runs can say
stays a part of its own, so that what stands before it is kept.
"""

from __future__ import annotations

import string

from migrator.domain.sdk_calls import PartKind, Text, TextPart
from migrator.model.sdk.names import source
from migrator.model.sdk.scopes import last_name
from migrator.model.sdk.sdk_objects import SdkObjects
from migrator.model.sdk.values import (
    Applied,
    Arguments,
    Bound,
    Dict,
    Fn,
    Given,
    Known,
    Later,
    Lib,
    OfData,
    Seq,
    Unknown,
    Value,
    Values,
    Words,
)
from migrator.model.sdk.words import combined, literal, plain_text, texts_of

_TEXT_KEPT = frozenset({"strip", "lstrip", "rstrip", "encode", "decode", "__str__"})
_TEXT_CHANGED = frozenset({"lower", "upper", "title", "casefold", "capitalize", "swapcase"})
_TEXTS = frozenset({"builtins.str", "django.utils.encoding.force_str", "os.fspath", "os.fsdecode"})
_PATHS = frozenset(
    {"os.path.join", "posixpath.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PosixPath"}
)


class Texts(SdkObjects):
    """Puts texts together."""

    def made_text(self, value: Lib, arguments: Arguments, place: Later) -> Values | None:
        """What a function that makes a text of its arguments gives; None for any other."""
        if value.dotted in _TEXTS:
            return self._texts_of(arguments, place, "")
        return self._texts_of(arguments, place, "/") if value.dotted in _PATHS else None

    # Methods of texts and containers

    def call_data(self, value: OfData, arguments: Arguments, place: Later) -> Values:
        """What a method of a text, a container or a function gives."""
        owner, method = value.owner, value.method
        said = source(place.expression)
        frame = value.frame or place.frame
        match owner:
            case Words():
                return self._of_text(owner, method, arguments, said, place)
            case Dict():
                return self._of_dict(owner, method, arguments, value.name, said, place)
            case Seq():
                if method in ("pop", "copy", "__getitem__"):
                    items = tuple(
                        inner for each in self.listed(owner, value.name, frame) for inner in self.values_of(each)
                    )
                    return (owner,) if method == "copy" else items
                return (Unknown(said),)
            case Fn() | Bound() | Applied():
                if method in ("__wrapped__", "uncached"):
                    return self.call_value(owner, arguments, place)
                return (Unknown(said),)
            case _:
                return (Unknown(said),)

    def _of_text(self, owner: Words, method: str, arguments: Arguments, said: str, place: Later) -> Values:
        text = plain_text(owner)
        if method == "format":
            return self._formatted(owner, arguments, said) if text is not None else (Unknown(said),)
        if method == "join":
            return self._joined(owner, arguments, said, place)
        if method in _TEXT_KEPT or method in _TEXT_CHANGED or method in ("removeprefix", "removesuffix", "replace"):
            given = [plain_text(each) for one in arguments.positional for each in self.values_of(one)]
            if text is not None and all(each is not None for each in given):
                if method in ("encode", "decode", "__str__"):
                    return (owner,)
                changed = getattr(text, method)(*given)
                return (literal(changed),)
            return (owner,) if method in _TEXT_KEPT and len(owner.parts) == 1 else (Unknown(said),)
        return (Unknown(said),)

    def _formatted(self, owner: Words, arguments: Arguments, said: str) -> Values:
        keywords = dict(arguments.keywords)
        alternatives: list[tuple[Text, ...]] = []
        position = 0
        try:
            parsed = list(string.Formatter().parse(plain_text(owner) or ""))
        except ValueError:
            return (Unknown(said),)
        for before, field_name, _, _ in parsed:
            alternatives.append((literal(before).parts,))
            if field_name is None:
                continue
            if not field_name or field_name.isdigit():
                at = int(field_name) if field_name else position
                position += 1
                given = arguments.get(at)
            else:
                given = keywords.get(field_name)
            said_there = field_name or said
            alternatives.append(texts_of(self.values_of(given), said_there) or (_unknown(said_there),))
        return combined(alternatives, said)

    def _joined(self, owner: Words, arguments: Arguments, said: str, place: Later) -> Values:
        found: list[Value] = []
        for value in self.values_of(arguments.get(0)):
            if (
                not isinstance(value, Seq)
                or not value.whole
                or (value.site is not None and self._grows(value, arguments))
            ):
                found.append(Unknown(said))
                continue
            alternatives: list[tuple[Text, ...]] = []
            for position, item in enumerate(value.items):
                if position:
                    alternatives.append((owner.parts,))
                alternatives.append(texts_of(self.values_of(item), said) or (_unknown(said),))
            found.extend(combined(alternatives, said))
        return tuple(found) or (Unknown(said),)

    def _grows(self, value: Seq, arguments: Arguments) -> bool:
        """Whether something is put into the list that is joined, under the name that it has there."""
        name = called(arguments.get(0))
        return bool(name and self.stores.filled.get(name))

    def _texts_of(self, arguments: Arguments, place: Later, between: str) -> Values:
        """The text of the argument, or of all of them with a sign between."""
        said = source(place.expression)
        alternatives: list[tuple[Text, ...]] = []
        for position, each in enumerate(arguments.positional):
            if position:
                alternatives.append((literal(between).parts,))
            inner = source(each.expression) if isinstance(each, Later) else said
            alternatives.append(texts_of(self.values_of(each), inner) or (_unknown(inner),))
        if between:
            alternatives = _without_double(alternatives, between)
        return combined(alternatives, said)

    def _of_dict(self, owner: Dict, method: str, arguments: Arguments, name: str, said: str, place: Later) -> Values:
        frame = place.frame
        if method in ("get", "pop", "__getitem__", "setdefault"):
            found = self.items((owner,), self.values_of(arguments.get(0)), frame, name)
            return (*found, *self.values_of(arguments.get(1))) or (Unknown(said),)
        pairs = self.filled(owner, owner.pairs, name, frame)
        if method == "values":
            return (Seq(tuple(given for _, given in pairs), False),)
        if method == "keys":
            return (owner,)
        if method == "items":
            return (
                Seq(
                    tuple(
                        Known((Seq((Known((literal(key) if key is not None else Unknown("a key"),)), given)),))
                        for key, given in pairs
                    ),
                    False,
                ),
            )
        return (owner,) if method == "copy" else (Unknown(said),)


def _without_double(alternatives: list[tuple[Text, ...]], sign: str) -> list[tuple[Text, ...]]:
    """Parts of a path without a sign at the end of one, where another follows."""
    last = len(alternatives) - 1
    return [
        tuple(_stripped(text, sign) for text in texts) if position % 2 == 0 and position < last else texts
        for position, texts in enumerate(alternatives)
    ]


def _stripped(text: Text, sign: str) -> Text:
    whole = plain_text(Words(text))
    return literal(whole.rstrip(sign)).parts if whole else text


def _unknown(said: str) -> Text:
    return (TextPart(PartKind.RUNTIME, said),)


def called(given: Given | None) -> str:
    """The name under which an argument is known where it is passed."""
    return last_name(given.expression) if isinstance(given, Later) else ""
