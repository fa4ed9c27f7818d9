"""The console blocks of a page, as somebody follows them.

In: a page in Markdown. Out: `Step`s in their order: what is typed, what is shown, and in which terminal. A block's fence
says what the page's readers know from the text: `console` alone is the first terminal, `console terminal=2` another one,
`console exit=1` that its last command says no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^(?P<fence>```+|~~~+) ?(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what the page shows of its output.

    Attributes:
        command: whole, with the lines of a heredoc.
        shown: lines that the page shows below it.
        exit_code: with which it ends.
        terminal: its number; 1 for the first.
        line: of the page, counted from 1.
    """

    command: str
    shown: tuple[str, ...]
    exit_code: int
    terminal: int
    line: int


def steps_of(page: Path) -> Iterator[Step]:
    """Each command of the page's console blocks, from the first to the last."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        language, *options = found["info"].split() or [""]
        if language != "console":
            continue
        told = dict(option.split("=", 1) for option in options)
        assert set(told) <= {"terminal", "exit"}, f"{page.name}: {found['info']}"
        first = text.count("\n", 0, found.start("body")) + 1
        steps = list(_steps(found["body"].splitlines(), first, int(told.get("terminal", 1))))
        assert steps, f"{page.name}:{first}: a console block has a command in it"
        *before, last = steps
        yield from before
        yield Step(last.command, last.shown, int(told.get("exit", 0)), last.terminal, last.line)


def _steps(lines: list[str], first: int, terminal: int) -> Iterator[Step]:
    number = 0
    while number < len(lines):
        assert lines[number].startswith(_PROMPT), f"line {first + number}: a block begins with a command"
        began = number
        command = [lines[number].removeprefix(_PROMPT)]
        number += 1
        heredoc = _HEREDOC.search(command[0])
        while heredoc is not None or command[-1].endswith("\\"):
            command.append(lines[number])
            number += 1
            if heredoc is not None and command[-1].strip() == heredoc[2]:
                break
        shown: list[str] = []
        while number < len(lines) and not lines[number].startswith(_PROMPT):
            shown.append(lines[number])
            number += 1
        yield Step("\n".join(command), tuple(shown), 0, terminal, first + began)
