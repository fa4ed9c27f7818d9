"""What a runbook tells a person to type, by chapter, in its order.

In: a runbook in Markdown. Out: its commands as they are to be typed, and the rows of its decision tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Typed:
    """One block of commands.

    Attributes:
        chapter, section: the headings above it, as text; a section may be empty.
        apart: whether it goes on while others are typed.
    """

    chapter: str
    section: str
    commands: tuple[str, ...]
    apart: bool


@dataclass(frozen=True)
class Row:
    """A row of a table: the text of each cell, and its pieces of code."""

    chapter: str
    cells: tuple[str, ...]
    code: tuple[tuple[str, ...], ...]


def read_blocks(text: str) -> list[Typed]:
    """Every block of commands."""
    found = []
    chapter = section = ""
    tokens = _PARSER.parse(text)
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            said = _plain(tokens[at + 1])
            chapter, section = (said, "") if token.tag in ("h1", "h2") else (chapter, said)
        if token.type == "fence" and token.info == "console":
            lines = token.content.splitlines()
            commands = tuple(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
            found.append(Typed(chapter, section, commands, any(line.startswith("# In a terminal") for line in lines)))
    return found


def read_rows(text: str) -> list[Row]:
    """The rows of every table, but for the heads."""
    found: list[Row] = []
    cells: list[Token] = []
    chapter = ""
    tokens = _PARSER.parse(text)
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in ("h1", "h2"):
            chapter = _plain(tokens[at + 1])
        if token.type == "td_open":
            cells.append(tokens[at + 1])
        if token.type == "tr_close" and cells:
            codes = (
                tuple(each.content for each in cell.children or () if each.type == "code_inline") for cell in cells
            )
            found.append(Row(chapter, tuple(map(_plain, cells)), tuple(codes)))
            cells = []
    return found


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
