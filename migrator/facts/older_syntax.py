"""Syntax newer than the running Python, rewritten in place to older syntax.

In: the text of a module that `ast.parse` refuses. Out: text that it takes, in which everything that facts rest on
stands where it stood, by line and by column. libcst parses and says where things are; this module only overwrites:

- type parameters (`def f[T]`, `class C[T]`) become blanks, `type X = ...` becomes `...; X = ...`;
- an f-string that the running Python refuses, and every t-string, becomes a tuple of the expressions that it holds;
  its literal text, which no fact rests on, becomes blanks;
- `except A, B:` gets its parentheses.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TypeAlias

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from migrator.facts.depth import is_shallow, with_room

_String: TypeAlias = cst.FormattedString | cst.TemplatedString | cst.ConcatenatedString
_ENCODING = "utf-8"


class CannotLower(Exception):
    """libcst cannot parse the text either."""


def rewritten_text(text: str) -> str:
    """The text as libcst writes it back.

    Raises:
        CannotLower: libcst cannot parse it.
    """
    return _guarded(text, lambda: cst.parse_module(text).code)


def lowered_text(text: str) -> str:
    """The text in the syntax of Python 3.11, with unchanged line numbers, and unchanged columns in each line but
    behind an `except` without parentheses.

    Raises:
        CannotLower: libcst cannot parse it.
    """
    return _guarded(text, lambda: _lowered(text))


def _guarded(text: str, work: Callable[[], str]) -> str:
    # The native parser recurses without a limit of its own: what is too deep for it ends the process.
    if not is_shallow(text):
        raise CannotLower("nested too deeply")
    try:
        return with_room(work)
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise CannotLower(str(error)) from error
    except Exception as error:  # the native parser reports some inputs by exceptions of its own
        raise CannotLower(type(error).__name__) from error


def _lowered(text: str) -> str:
    module = cst.parse_module(cst.parse_module(text).code.encode(_ENCODING))
    overwriting = _Overwriting(text)
    MetadataWrapper(module, unsafe_skip_copy=True).visit(overwriting)
    return overwriting.result()


class _Overwriting(cst.CSTVisitor):
    """Collects the new text; positions are bytes of UTF-8, so that libcst's and ours agree."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, text: str) -> None:
        super().__init__()
        self._given = text.encode(_ENCODING)
        self._new = bytearray(self._given)
        self._inserted: list[tuple[int, bytes]] = []

    def result(self) -> str:
        """The text with everything overwritten, blanks counted in characters of the given text."""
        parts: list[bytes] = []
        done = 0
        for position, added in sorted(self._inserted):
            parts += [bytes(self._new[done:position]), added]
            done = position
        return b"".join([*parts, bytes(self._new[done:])]).replace(_REST, b"").decode(_ENCODING)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        if node.type_parameters is not None:
            start, end = self._span(node.type_parameters)
            if self._is_one_line(start, end):
                self._blank(start, end)
            else:  # a line end needs a bracket around it: the one of the parameters opens early
                self._blank(start, self._given.index(b"(", end) + 1)
                self._put(start, b"(")

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        if node.type_parameters is not None:
            start, end = self._span(node.type_parameters)
            if self._is_one_line(start, end):
                self._blank(start, end)
            elif isinstance(node.lpar, cst.LeftParen):
                self._blank(start, self._given.index(b"(", end) + 1)
                self._put(start, b"(")
            else:
                self._blank(start, end)
                self._put(start, b"(")
                self._put(end - 1, b")")

    def visit_TypeAlias(self, node: cst.TypeAlias) -> None:
        start, _ = self._span(node)
        self._put(start, b"...;")
        name_end = self._span(node.name)[1]
        self._continue_lines(start, self._span(node.name)[0])
        if node.type_parameters is not None:
            end = self._span(node.type_parameters)[1]
            self._blank(name_end, end)
            self._continue_lines(name_end, end)

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        self._parenthesize(node.type)

    def visit_ExceptStarHandler(self, node: cst.ExceptStarHandler) -> None:
        self._parenthesize(node.type)

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self._string(node, [node])

    def visit_TemplatedString(self, node: cst.TemplatedString) -> None:
        self._string(node, [node])

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> None:
        self._string(node, _literals(node))

    def _string(self, node: _String, literals: Sequence[cst.BaseString]) -> None:
        start, end = self._span(node)
        if bytes(self._new[start:end]) != self._given[start:end]:
            return  # a part of a concatenation that is rewritten already
        if not any(isinstance(part, cst.FormattedString | cst.TemplatedString) for part in literals):
            return
        if _is_old(self._given[start:end]):
            return
        self._blank(start, end)
        for literal in literals:
            if isinstance(literal, cst.FormattedString | cst.TemplatedString):
                self._keep_expressions(literal.parts)
        self._put(start, b"(")
        self._put(end - 1, b")")

    def _keep_expressions(self, parts: object) -> None:
        for part in parts if isinstance(parts, Sequence) else ():
            if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                start = _SPACE.match(self._given, self._span(part)[0] + 1).end()  # type: ignore[union-attr]
                end = self._span(part.expression)[1]
                for _ in part.expression.rpar:
                    end = self._given.index(b")", _SPACE.match(self._given, end).end()) + 1  # type: ignore[union-attr]
                self._new[start:end] = self._given[start:end]
                if self._given[end : end + 1] in (b"\r", b"\n"):
                    self._inserted.append((end, b","))
                else:
                    self._put(end, b",")
                self._keep_expressions(part.format_spec)

    def _parenthesize(self, types: cst.BaseExpression | None) -> None:
        if isinstance(types, cst.Tuple) and not types.lpar:
            start, end = self._span(types)
            if self._given[start - 1 : start] in (b" ", b"\t"):
                self._put(start - 1, b"(")
            else:
                self._inserted.append((start, b"("))
            self._inserted.append((end, b")"))

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        return span.start, span.start + span.length

    def _is_one_line(self, start: int, end: int) -> bool:
        return not re.search(rb"[\r\n]", self._given[start:end])

    def _put(self, position: int, code: bytes) -> None:
        self._new[position : position + len(code)] = code

    def _blank(self, start: int, end: int) -> None:
        self._new[start:end] = _NOT_LINE_END.sub(_blanks, self._given[start:end])

    def _continue_lines(self, start: int, end: int) -> None:
        for found in re.finditer(rb"\r\n|\r|\n", self._new[start:end]):
            position = start + found.start()
            if self._new[position - 1 : position] != b"\\":
                self._inserted.append((position, b"\\"))


_SPACE = re.compile(rb"(?:\s|\\\r?\n|#[^\r\n]*)*")
_NOT_LINE_END = re.compile(rb"[^\r\n]+")
_REST = b"\x00"
"""Stands for the further bytes of a character that became one blank; no text that is lowered holds a null byte."""


def _blanks(found: re.Match[bytes]) -> bytes:
    return bytes(ord(_REST) if byte & 0xC0 == 0x80 else ord(b" ") for byte in found.group())


def _literals(node: cst.BaseString) -> list[cst.BaseString]:
    """The literals of an implicit concatenation, from left to right."""
    found: list[cst.BaseString] = []
    while isinstance(node, cst.ConcatenatedString):
        found.append(node.left)
        node = node.right
    return [*found, node]


def _is_old(code: bytes) -> bool:
    """Whether the running Python reads a string as it stands."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(b"(" + code + b")")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
