"""The runbook as one page of HTML that needs nothing else: no network, no other file, no script to be read.

In: a `RunbookContext`. Out: a document. The text is the Markdown itself, turned by markdown-it with HTML off, so that both
say the same; drawings are put in as SVG. What the script adds (buttons that copy) is not there without it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from migrator.artifacts.rendering import environment
from migrator.artifacts.runbook.context import RunbookContext
from migrator.artifacts.runbook.drawing_svg import svg
from migrator.artifacts.runbook.markdown import drawings_of, runbook_markdown

if TYPE_CHECKING:
    from markdown_it.token import Token

_TEMPLATE = "runbook/page.html.j2"
_BOX = re.compile(r"\[ \] ")
_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    level: int
    anchor: str
    title: str


def runbook_html(context: RunbookContext) -> str:
    """The whole page."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(runbook_markdown(context))
    entries = tuple(_anchored(tokens))
    _tick(tokens)
    drawings = [svg(drawing, f"drawing{number}") for number, drawing in enumerate(drawings_of(context), start=1)]
    _draw(tokens, iter(drawings))
    body = parser.renderer.render(tokens, parser.options, {})
    page = environment().overlay(autoescape=True).get_template(_TEMPLATE)
    return page.render(
        title=f"Runbook: {context.name}",
        entries=tuple(entry for entry in entries if entry.level in (2, 3)),
        body=Markup(body),
    )


def _anchored(tokens: Sequence[Token]) -> Iterator[Entry]:
    """Give each heading the anchor that forges give it; they are the contents."""
    taken: MutableMapping[str, int] = {}
    for token, inline in itertools.pairwise(tokens):
        if token.type != "heading_open":
            continue
        title = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        number = taken[slug] = taken.get(slug, -1) + 1
        anchor = f"{slug}-{number}" if number else slug
        token.attrSet("id", anchor)
        yield Entry(int(token.tag[1:]), anchor, title)


def _tick(tokens: Sequence[Token]) -> None:
    """Make boxes of what begins with `[ ]`."""
    from markdown_it.token import Token

    for token in tokens:
        children = token.children or []
        if token.type == "inline" and children and _BOX.match(children[0].content):
            children[0].content = _BOX.sub("", children[0].content, count=1)
            box = Token("html_inline", "", 0, content='<input type="checkbox" aria-label="done"> ')
            token.children = [box, *children]


def _draw(tokens: Sequence[Token], drawings: Iterator[str]) -> None:
    """Put the drawings where Mermaid would draw them, and commands where they can be copied."""
    for token in tokens:
        if token.type != "fence":
            continue
        if token.info == "mermaid":
            token.type, token.content = "html_block", f'<figure class="drawing">{next(drawings)}</figure>\n'
        elif token.info == "console":
            token.type, token.content = "html_block", _commands(token.content)


def _commands(text: str) -> str:
    lines = [_line(line) for line in text.splitlines()]
    return f'<div class="commands"><pre><code>{"".join(lines)}</code></pre></div>\n'


def _line(line: str) -> str:
    if line.startswith(_PROMPT):
        return f'<span class="command">{escape(line.removeprefix(_PROMPT))}</span>'
    return f'<span class="remark">{escape(line)}</span>'
