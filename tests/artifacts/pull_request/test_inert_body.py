"""Texts of analyzed code stay texts in the pull request that is about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from migrator.artifacts.pull_request import body
from tests.support.hostile.monoliths import CASES, planned_of
from tests.support.hostile.skeletons import seen
from tests.support.hostile.texts import TRICKS
from tests.support.moves import move_of
from tests.support.sampled import only

_ALIVE = re.compile(r"@[a-z]|(?<![\w/])#\d|(?<!\w)[a-z]+://|\bwww\.|:[a-z_]+:|[`*<>\[\]{}$~|\\]", re.IGNORECASE)


def flat(tokens: list[Token]) -> list[Token]:
    return [part for token in tokens for part in (token, *flat(token.children or []))]


def skeleton(text: str) -> list[tuple[str, str]]:
    """Blocks, links and HTML in their order; whether a name is shown as words or as code is left out."""
    tokens = flat(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text))
    words = [token.content.removeprefix("[ ] ") for token in tokens if token.type == "text"]
    assert [each for each in words if _ALIVE.search(each)] == []
    return [
        (token.type, token.content if token.type.startswith("html") else token.tag)
        for token in tokens
        if token.type not in ("text", "code_inline", "inline", "softbreak", "fence")
    ]


def made(case: str, folder: Path, texts: Callable[[str], str]) -> str:
    return body(move_of(planned_of(CASES[case], folder, texts), choices=CASES[case].choices))


@cache
def plain(case: str) -> list[tuple[str, str]]:
    with TemporaryDirectory() as folder:
        return skeleton(made(case, Path(folder), lambda name: " plain"))


@pytest.mark.parametrize("case", only(["a task of a clock"], CASES))
def test_the_body_is_laid_out_the_same_whatever_the_texts(case: str, tmp_path: Path) -> None:
    text = made(case, tmp_path, lambda name: "".join(TRICKS.values()))

    assert skeleton(text) == plain(case)
    assert seen(text) == ""
    assert not re.search(r"^\s*/\w", text, re.MULTILINE), "a quick action of GitLab"
