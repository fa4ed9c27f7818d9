"""Messages of commits: inert, with trailers that tell our commits.

In: a subject, a body, trailers. Out: the text of a message. A name from analyzed code in it does nothing: it ends no line,
is no comment to an editor, closes no issue and calls nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from migrator.errors import InputError

# What begins a comment, the end of a message or a patch for git: git-commit(1) `--cleanup`, git-mailinfo(1).
_ACTIVE: Final = re.compile(r"^(?=#|---|diff |Index: |>From |From )")
# Forges take `#12`, `GH-12`, `!12` for issues and `@name` for people, in messages too.
_REFERENCE: Final = re.compile(r"([#!])(?=\d)|(?<![\w.])(@)(?=\w)|\b(GH-)(?=\d)", re.IGNORECASE)
_LONGEST: Final = 500


def message(subject: str, body: str, trailers: Sequence[tuple[str, str]]) -> bytes:
    """The text of a commit's message.

    Raises:
        InputError: nothing of the subject is left.
    """
    first = message_line(subject)
    if not first:
        raise InputError("a commit has no subject")
    lines = [_line(line).rstrip() for line in body.splitlines()]
    parts = [_guarded(first)]
    if text := "\n".join(_guarded(line) for line in lines).strip("\n"):
        parts.append(text)
    if trailers:
        parts.append("\n".join(f"{name}: {trailer_value(value)}" for name, value in trailers))
    return ("\n\n".join(parts) + "\n").encode("utf-8", errors="replace")


def message_line(text: str) -> str:
    """A text as the first line of a message has it."""
    return _line(text)[:_LONGEST].strip()


def trailer_value(value: str) -> str:
    """A value as a trailer has it: one line, without blanks around it."""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())


def _line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text.expandtabs(4))
    return _REFERENCE.sub(lambda found: f"{found[0]} ", shown)


def _guarded(line: str) -> str:
    return _ACTIVE.sub(" ", line)
