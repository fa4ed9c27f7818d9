"""What is put into a file: text at offsets, never in place of anything.

In: a parsed file and the places in it. Out: `Insertion`s, and the text with them. Because nothing of the file is
replaced, taking the same text out again gives the same file; `removal` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from migrator.artifacts.seam.reading import Parsed, Unreadable

MODULE = "migrator_seam"


@dataclass(frozen=True, slots=True)
class Insertion:
    """A piece of text.

    Attributes:
        offset: in the text of the file, before it is put in.
    """

    offset: int
    text: str


def insert(text: str, insertions: Iterable[Insertion]) -> str:
    """The text with every piece in it; pieces of one offset in the given order."""
    parts: list[str] = []
    at = 0
    for piece in sorted(insertions, key=lambda each: each.offset):
        parts += [text[at : piece.offset], piece.text]
        at = piece.offset
    return "".join((*parts, text[at:]))


def literal(name: str) -> str:
    """A dotted name as a string of Python."""
    return json.dumps(name, ensure_ascii=True)


def prefix(function: str, name: str) -> str:
    """What stands before a wrapped expression; behind it stands one parenthesis."""
    return f"{MODULE}.{function}({literal(name)}, "


def wrapped(parsed: Parsed, node: cst.BaseExpression, function: str, name: str) -> tuple[Insertion, Insertion]:
    """The expression as the second argument of a function of the seam."""
    start, end = parsed.span(node)
    return Insertion(start, prefix(function, name)), Insertion(end, ")")


def decorator(function: str, name: str) -> str:
    """The text of a decorator."""
    return f"@{MODULE}.{function}({literal(name)})"


def decorator_line(parsed: Parsed, offset: int, like: int, text: str) -> Insertion:
    """A decorator on a line of its own.

    Args:
        offset: where its line shall begin.
        like: an offset in the line whose indentation it takes.
    """
    shown = parsed.line_text(like)
    indent = shown[: len(shown) - len(shown.lstrip(" \t\f"))]
    return Insertion(offset, f"{indent}{text}{parsed.line_end(like)}")


def import_statement(package: str) -> str:
    """How the seam is imported from a package; an empty name stands for none."""
    return f"from {package} import {MODULE}" if package else f"import {MODULE}"


def import_line(parsed: Parsed, package: str) -> tuple[Insertion, ...]:
    """The import of the seam, behind the imports at the head of the file; nothing where it has it already.

    Raises:
        Unreadable: the name of the seam means something else there, or no line can be put in.
    """
    statement = import_statement(package)
    if MODULE in parsed.text:
        if any(line.strip() == statement for line in parsed.text.splitlines()):
            return ()
        raise Unreadable(f"uses the name {MODULE} for something else")
    body = parsed.module.body
    head = [number for number in range(len(body)) if _is_head(body, number)]
    if not head:
        start = parsed.line_start(_first_offset(parsed, body[0]))
        return (Insertion(start, statement + parsed.line_end(start)),)
    end = parsed.span(body[head[-1]])[1]
    behind = parsed.next_line(end)
    if behind is None:
        raise Unreadable("has no line behind its imports")
    return (Insertion(behind, statement + parsed.line_end(end)),)


def _is_head(body: Sequence[cst.BaseStatement], number: int) -> bool:
    """Whether a statement and all before it are the docstring or nothing but imports."""
    for at, statement in enumerate(body[: number + 1]):
        if not isinstance(statement, cst.SimpleStatementLine):
            return False
        if at == 0 and isinstance(statement.body[0], cst.Expr) and _is_text(statement.body[0].value):
            continue
        if not all(isinstance(each, cst.Import | cst.ImportFrom) for each in statement.body):
            return False
    return True


def _is_text(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.SimpleString | cst.ConcatenatedString)


def _first_offset(parsed: Parsed, statement: cst.BaseStatement) -> int:
    decorators = getattr(statement, "decorators", ())
    return min(parsed.span(node)[0] for node in (statement, *decorators))
