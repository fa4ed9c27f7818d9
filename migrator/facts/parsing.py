"""One file's text becomes its facts.

In: a `SourceFile`. Out: `ModuleFacts`, or the reason why there are none, with its place. The running Python's parser
comes first; what it refuses is parsed by libcst and rewritten (`older_syntax`); both end in the same extractor.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left

from migrator.domain.assessments import Skipped
from migrator.facts.depth import frames_below, with_room
from migrator.facts.extraction import extract
from migrator.facts.records import ModuleFacts
from migrator.source import SourceFile

_DEEP_FRAMES = 20_000
"""Levels of syntax that are still read where the parser's own limit allows them, on a stack of their own."""

_LINE_END = re.compile(r"\r\n|\r|\n")


def facts_of(file: SourceFile) -> ModuleFacts | Skipped:
    """Facts of one module, or why it could not be read."""
    with frames_below():
        try:
            tree = parse(file.text)
        except (SyntaxError, ValueError) as error:
            return _through_libcst(file, error)
        except (RecursionError, MemoryError):
            return _deep(file)
        return _extracted(tree, file)


def facts_through_libcst(file: SourceFile) -> ModuleFacts | Skipped:
    """The same facts by the second way in: parsed and written out again by libcst, then extracted."""
    from migrator.facts.older_syntax import CannotLower, lowered_text, rewritten_text

    with frames_below():
        try:
            text = rewritten_text(file.text)
            try:
                tree = parse(text)
            except SyntaxError:
                tree = parse(lowered_text(text))
        except (CannotLower, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line, column = _place(error)
            return Skipped(file.path, line, f"libcst cannot read it: {error}", column)
        return _extracted(tree, file)


def parse(text: str) -> ast.Module:
    """The text as `ast`, with columns in characters; warnings about the analyzed code's escapes are not ours to print."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    if not text.isascii():
        _count_characters(tree, text)
    return tree


def _extracted(tree: ast.Module, file: SourceFile) -> ModuleFacts:
    return extract(tree, name=file.name, path=file.path, is_package=file.is_package)


def _deep(file: SourceFile) -> ModuleFacts | Skipped:
    def read() -> ModuleFacts:
        with frames_below(_DEEP_FRAMES):
            return _extracted(parse(file.text), file)

    try:
        return with_room(read)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Skipped(file.path, 1, "is nested more deeply than the parser can follow")


def _through_libcst(file: SourceFile, error: SyntaxError | ValueError) -> ModuleFacts | Skipped:
    from migrator.facts.older_syntax import CannotLower, lowered_text

    if "\0" in file.text:
        before = _LINE_END.split(file.text[: file.text.index("\0")])
        return Skipped(file.path, len(before), "contains a null byte", len(before[-1]) + 1)
    try:
        tree = parse(lowered_text(file.text))
    except (CannotLower, SyntaxError, ValueError, RecursionError, MemoryError):
        line, column = _place(error)
        return Skipped(file.path, line, f"syntax error: {getattr(error, 'msg', None) or error}", column)
    return _extracted(tree, file)


def _place(error: Exception) -> tuple[int, int]:
    """Line and column that an error names, both from 1."""
    return max(getattr(error, "lineno", None) or 1, 1), max(getattr(error, "offset", None) or 1, 1)


def _count_characters(tree: ast.Module, text: str) -> None:
    """Turn columns, which `ast` counts in bytes of UTF-8, into characters; only nodes around lines that have others
    than ASCII are visited."""
    wide = {
        number: line.encode("utf-8", "surrogatepass")
        for number, line in enumerate(_LINE_END.split(text), start=1)
        if not line.isascii()
    }
    numbers = sorted(wide)
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        first = getattr(node, "lineno", None)
        if first is not None:
            line = wide.get(first)
            decorators = getattr(node, "decorator_list", None)
            top = decorators[0].lineno if decorators else first
            position = bisect_left(numbers, top)
            if position == len(numbers) or numbers[position] > node.end_lineno:  # type: ignore[attr-defined]
                continue
            if line is not None:
                node.col_offset = len(line[: node.col_offset].decode("utf-8", "ignore"))  # type: ignore[attr-defined]
        waiting.extend(ast.iter_child_nodes(node))
