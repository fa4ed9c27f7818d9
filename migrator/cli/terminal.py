"""What every command does with the terminal: results on stdout, all else on stderr, hostile text made inert."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from migrator.domain.json import JsonValue


_STAY = str.maketrans("", "", "\n\t")
# What the runner of GitHub Actions takes for a command in a log: `::` that begins a line, and `##[` anywhere
# (actions/runner, `ActionCommand.cs`, read 2026-11).
_RUNNER = re.compile(r"(^[ \t]*:|##)(?=[:\[])", re.MULTILINE)


def inert(text: str) -> str:
    """The text with control characters escaped, so that a name from analyzed code cannot drive the terminal.

    Newlines and tabs stay. In a step of GitHub Actions, what its runner would take for a command gets a backslash.
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = _RUNNER.sub(r"\1\\", text)
    if text.translate(_STAY).isprintable():  # as nearly all text is: one pass instead of one for each character
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode() for char in text
    )


def color_wanted(*, no_color: bool = False) -> bool:
    """Whether stdout may carry color: a terminal, and neither NO_COLOR nor --no-color."""
    return sys.stdout.isatty() and not no_color and not os.environ.get("NO_COLOR")


def console(*, no_color: bool = False, stderr: bool = False) -> Console:
    """A rich console for results (or for progress, on stderr) that obeys NO_COLOR and pipes."""
    from rich.console import Console

    plain = not color_wanted(no_color=no_color)
    return Console(stderr=stderr, no_color=plain, highlight=False, soft_wrap=plain, emoji=False, markup=False)


def print_json(document: Mapping[str, JsonValue]) -> None:
    """One JSON document on stdout."""
    from migrator.domain.json import json_text

    sys.stdout.write(json_text(document, indent=2))  # it can be a hundred megabytes: nothing is put behind it
    sys.stdout.write("\n")


def print_json_line(document: Mapping[str, JsonValue]) -> None:
    """One JSON document on a line of stdout of its own, for whoever reads along."""
    from migrator.domain.json import json_text

    sys.stdout.write(json_text(document) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line of result on stdout."""
    sys.stdout.write(inert(text) + "\n")


def note(text: str) -> None:
    """A line about what is going on, on stderr."""
    sys.stderr.write(inert(text) + "\n")


@contextmanager
def working(label: str, *, quiet: bool = False) -> Iterator[None]:
    """Says on stderr what is going on while it does, on a terminal only; nothing of it stays.

    What is made inside stays until the process ends: Python's collector does not look through it.
    """
    from migrator.collector import made_to_stay

    with made_to_stay():
        if quiet or not sys.stderr.isatty():
            yield
        else:
            from rich.console import Console

            with Console(stderr=True, markup=False, highlight=False).status(inert(label)):
                yield
