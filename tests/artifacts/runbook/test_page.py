"""The page of HTML: the same as the Markdown, whole in itself, and inert."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from migrator.artifacts.runbook import runbook_html, runbook_markdown
from tests.artifacts.runbook.cases import CASES, HTTP, QUEUE, Case
from tests.support.runbooks.reading import read_blocks


class Read(HTMLParser):
    """What a page has, by the parser of the standard library."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.commands: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if ("class", "command") in attrs:
            self.commands.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "span"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.commands[-1] += data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_has_every_command_of_the_text(case: Case) -> None:
    said = [command for block in read_blocks(runbook_markdown(case.context)) for command in block.commands]
    assert Read(runbook_html(case.context)).commands == said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_asks_nobody_for_anything(case: Case) -> None:
    page = runbook_html(case.context)
    for tag, attributes in Read(page).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base"), tag
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#"), attributes
    assert "url(" not in re.sub(r"url\(#drawing\d+-head\)", "", page)
    assert "@import" not in page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_link_within_leads_somewhere(case: Case) -> None:
    tags = Read(runbook_html(case.context)).tags
    anchors = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(anchors) == len(set(anchors))
    links = {(attributes.get("href") or "").removeprefix("#") for tag, attributes in tags if tag == "a"}
    assert links <= set(anchors)
    # The same links stand in the text, where the forge makes the anchors.
    assert set(re.findall(r"\]\(#([\w-]+)\)", runbook_markdown(case.context))) <= set(anchors)


def test_drawings_and_boxes_are_drawn() -> None:
    page = runbook_html(QUEUE.context)
    text = runbook_markdown(QUEUE.context)
    assert page.count("<svg") == text.count("```mermaid") == 2
    assert page.count('type="checkbox"') == text.count("- [ ] ")
    assert "flowchart" not in page


def test_names_are_text_wherever_they_stand() -> None:
    from dataclasses import replace

    from migrator.artifacts.runbook import Moved
    from migrator.domain.effects import Effect

    nasty = "<script>alert(1)</script>`|](javascript:x)\x1b[31m\u202e{{ 7*7 }}$(id)"
    context = HTTP.context
    run = context.routes[0]
    # What no filter has seen is held back by the page itself.
    plane = replace(run.plane, calls=nasty, stays=nasty, saves="<b onclick=alert(1)>raw</b>")
    hostile = replace(
        context,
        routes=(replace(run, plane=plane),),
        moved=Moved(nasty, nasty, {Effect.DATABASE: (nasty,)}),
        deployed=replace(context.deployed, function=nasty),
    )
    page = runbook_html(hostile)
    tags = [tag for tag, _ in Read(page).tags]
    assert tags.count("script") == 1 and "b" not in tags
    assert "\x1b" not in page and "\u202e" not in page
    assert not [attributes for tag, attributes in Read(page).tags if tag == "a" and "javascript" in str(attributes)]
    text = runbook_markdown(hostile)
    assert "\x1b" not in text and "\u202e" not in text
    assert "49" not in text
