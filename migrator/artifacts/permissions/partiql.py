"""Statements of PartiQL: the verb, and the table and index that it is about.

In: a text. Out: a `Statement`, or None where the text does not begin like one. The grammar is the one of DynamoDB's
developer guide, "PartiQL statements"; nothing but the beginning is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from migrator.domain.sdk_calls import PartKind, Text, TextPart

# Code points that no text has stand for the parts that are not written in the code.
_FIRST = 0xF0000
_NAME = '"?([^"\\s.]+)"?'
_STATEMENT = re.compile(
    rf"\s*(?:(SELECT)\b.*?\bFROM|(INSERT)\s+INTO|(UPDATE)|(DELETE)\s+FROM)\s+{_NAME}(?:\.{_NAME})?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement does, and to what."""

    verb: str
    table: Text
    index: Text


def statement_of(text: Text) -> Statement | None:
    """The beginning of a statement."""
    written = "".join(
        part.text if part.kind is PartKind.LITERAL else chr(_FIRST + number) for number, part in enumerate(text)
    )
    match = _STATEMENT.match(written)
    if match is None:
        return None
    verb = next(each for each in match.groups()[:4] if each).upper()
    return Statement(verb, _text(match[5], text), _text(match[6] or "", text))


def _text(written: str, text: Text) -> Text:
    parts: list[TextPart] = []
    for piece in re.split("([\U000f0000-\U000fffff])", written):
        if piece and ord(piece[0]) >= _FIRST:
            parts.append(text[ord(piece) - _FIRST])
        elif piece:
            parts.append(TextPart(PartKind.LITERAL, piece))
    return tuple(parts)
