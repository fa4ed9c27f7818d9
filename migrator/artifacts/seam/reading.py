"""Source files as text that can be written back byte for byte, with the place of every node in it.

In: the bytes of a file. Out: `Parsed`, or `Unreadable` with the reason. Nothing is normalized: line ends, tabs, form
feeds, a byte order mark and the encoding of PEP 263 stay as they are. What is looked for is `sites` and `removal`.
"""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import libcst as cst
from libcst.metadata import (
    ExpressionContextProvider,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedNameProvider,
)

LINE_END = re.compile(r"\r\n?|\n")
_FIRST_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")
# A form feed in an indentation: Python counts the columns from there on, and libcst forgets it.
_FORGOTTEN = re.compile(r"(?:\A|(?<=[\r\n]))[ \t\f]*\f")


class Unreadable(Exception):
    """The file cannot be read, or could not be written back as it was; the message says why."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file and what makes bytes of it again.

    Attributes:
        text: with its own line ends, without the byte order mark.
        encoding: the codec's name.
        bom: whether a byte order mark stands at its head.
    """

    text: str
    encoding: str
    bom: bool

    def encode(self, text: str) -> bytes:
        """The bytes of another text of this file."""
        return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)


def decode(data: bytes) -> SourceText:
    """Text of the bytes.

    Raises:
        Unreadable: no such encoding, bytes that are not text in it, or text that would become other bytes.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        # A bare carriage return ends a line of Python, though not one of `readline`.
        head = b"".join(_FIRST_LINE.findall(data)[:2]).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        source = SourceText(body.decode(encoding), encoding, bom)
        same = source.encode(source.text) == data
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise Unreadable(f"cannot be decoded: {error}") from error
    if not same:
        raise Unreadable(f"cannot be written back byte for byte in {encoding}")
    return source


class Lines:
    """A text by its lines, as Python counts them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = _starts(text)
        first = LINE_END.search(text)
        self._usual_end = first[0] if first else "\n"

    def line(self, offset: int) -> int:
        """The line, from 1, that an offset stands in."""
        return bisect_right(self._starts, offset)

    def offset(self, line: int, column: int) -> int:
        """The offset of a place, both counted from 1, the column in characters."""
        return self._starts[line - 1] + column - 1

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset begins."""
        return self._starts[self.line(offset) - 1]

    def next_line(self, offset: int) -> int | None:
        """The offset at which the line behind the one of an offset begins; None in the last one."""
        number = self.line(offset)
        return self._starts[number] if number < len(self._starts) else None

    def line_end(self, offset: int) -> str:
        """The line end of the line of an offset, or the file's first one where it has none."""
        found = LINE_END.search(self.text, offset)
        return found[0] if found else self._usual_end

    def line_text(self, offset: int) -> str:
        """The line of an offset without its line end."""
        start = self.line_start(offset)
        return LINE_END.split(self.text[start : self.next_line(offset)], maxsplit=1)[0]


class Parsed(Lines):
    """A file with its syntax tree and the offsets of the nodes.

    Raises:
        Unreadable: see `decode`; or libcst cannot parse it.
    """

    def __init__(self, data: bytes) -> None:
        self.source = decode(data)
        super().__init__(self.source.text)
        parsed = self._without_forgotten()
        try:
            self._wrapper = MetadataWrapper(cst.parse_module(parsed), unsafe_skip_copy=True)
            self.module = self._wrapper.module
            same = self.module.code == parsed
            self._positions: Mapping[cst.CSTNode, Any] = self._wrapper.resolve(PositionProvider)
        except cst.ParserSyntaxError as error:
            raise Unreadable(f"cannot be parsed: {error.message}, line {error.editor_line}") from error
        except (RecursionError, ValueError, UnicodeError) as error:
            raise Unreadable(f"cannot be parsed: {type(error).__name__}") from error
        if not same:
            raise Unreadable("cannot be parsed and written back as it is")
        self._parsed_starts = _starts(parsed)

    @cached_property
    def parents(self) -> Mapping[cst.CSTNode, cst.CSTNode]:
        """Each node's parent."""
        return self._wrapper.resolve(ParentNodeProvider)

    @cached_property
    def contexts(self) -> Mapping[cst.CSTNode, Any]:
        """Whether a name or attribute is read, written or deleted."""
        return self._wrapper.resolve(ExpressionContextProvider)

    @cached_property
    def qualified(self) -> Mapping[cst.CSTNode, Any]:
        """The names that an expression may stand for, as libcst's scopes have them."""
        return self._wrapper.resolve(QualifiedNameProvider)

    def _without_forgotten(self) -> str:
        """The text that libcst gets: every character in it is the original's, but for a last carriage return."""
        parts: list[str] = []
        # Offsets in what libcst gets, and how many characters are missing from there on.
        self._missing: list[tuple[int, int]] = [(0, 0)]
        at = length = 0
        for match in _FORGOTTEN.finditer(self.text):
            parts.append(self.text[at : match.start()])
            length += len(parts[-1])
            at = match.end()
            self._missing.append((length, at - length))
        parts.append(self.text[at:])
        text = "".join(parts)
        return f"{text[:-1]}\n" if text.endswith("\r") else text

    def _offset(self, place: Any) -> int:
        offset = self._parsed_starts[place.line - 1] + place.column
        number = bisect_right(self._missing, offset, key=lambda entry: entry[0])
        return int(offset + self._missing[number - 1][1])

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Offsets in the text, without parentheses around the node."""
        where = self._positions[node]
        return self._offset(where.start), self._offset(where.end)


def _starts(text: str) -> list[int]:
    return [0, *(match.end() for match in LINE_END.finditer(text))]
