"""What pages say of commands is so: each one exists, with the flags that it is shown with; and links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from migrator.cli.app import app

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_ENDS = frozenset({"|", ">", "&&", "||", ";", "&", "2>", ">>", ")"})


def calls(text: str) -> Iterator[str]:
    """Each call of the program that a page shows: in blocks on lines of their own, and in code spans."""
    for found in _FENCE.finditer(text):
        for line in found[2].replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ").removeprefix("- run: ").removeprefix("run: ")
            if re.match(r"(?:\S*/)?migrator (?!demo\.)", command):
                yield command
    for found in _SPAN.finditer(_FENCE.sub("", text)):
        if found[1].startswith("migrator "):
            yield found[1]


def mistakes(call: str) -> str:
    """What is wrong with a call; an empty text where all its words exist."""
    try:
        words = shlex.split(call, comments=True)
    except ValueError as error:
        return str(error)
    command: Any = typer.main.get_command(app)
    context = command.context_class(command)
    arguments: list[str] = []
    for word in words[1:]:
        if word in _ENDS or word.endswith(";"):
            break
        arguments.append(word.strip("[]"))
    number = 0
    while hasattr(command, "get_command") and number < len(arguments) and not arguments[number].startswith("-"):
        name = arguments[number].rstrip(",")
        if not re.fullmatch("[a-z-]+", name):
            return ""  # a placeholder, such as `{plan,start}` or `…`
        found = command.get_command(context, name)
        if found is None:
            return f"there is no {name}"
        command, number = found, number + 1
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--help", "-h", *(("--install-completion", "--show-completion") if number == 0 else ())}
    for word in arguments[number:]:
        if word == "--":
            break
        flag = word.partition("=")[0]
        if re.match(r"--?[a-z]", word) and flag not in known:
            return f"{' '.join(arguments[:number])} has no {flag}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_command_exists_with_its_flags(page: Path) -> None:
    wrong = [f"{call}: {said}" for call in calls(page.read_text("utf-8")) if (said := mistakes(call))]
    assert wrong == []


def test_a_command_that_is_none_is_seen() -> None:
    assert mistakes("migrator analyze . --jobs 2 | head") == ""
    assert mistakes("migrator rollout start tax --yes") == ""
    assert mistakes("migrator analyse .") == "there is no analyse"
    assert mistakes("migrator rollout begin tax") == "there is no begin"
    assert mistakes("migrator analyze . --job 2") == "analyze has no --job"
    assert list(calls("x `migrator a` y\n\n```console\n$ migrator b \\\n  --c\nmigrated\n```\n")) == [
        "migrator b    --c",
        "migrator a",
    ]


def anchors(page: Path) -> set[str]:
    """The anchors that code hosts give to a page's headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text("utf-8"))):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        number = 0
        while (name := anchor if not number else f"{anchor}-{number}") in found:
            number += 1
        found.add(name)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_leads_to_a_page_and_to_a_heading_of_it(page: Path) -> None:
    broken = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if re.match("[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        whole = (page.parent / path) if path else page
        if not whole.exists() or (anchor and whole.suffix == ".md" and anchor not in anchors(whole)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_map() -> None:
    """The first page of the documentation leads to each other one, by one link or two."""
    reached: set[Path] = set()
    look = [CHECKOUT / "docs" / "README.md"]
    while look:
        page = look.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        if page.name == "README.md":
            targets = (
                target.partition("#")[0] for target in _LINK.findall(page.read_text("utf-8")) if ":" not in target
            )
            look += [(page.parent / target).resolve() for target in targets if target]
    lost = {page for page in PAGES if "docs" in page.parts} - reached
    assert sorted(str(page.relative_to(CHECKOUT)) for page in lost) == []
