"""What a page shows of an output, held against the output.

In: shown lines, an output. Out: the first shown line that is not there, or none. The lines of the page come in the order
of the output; `…` stands for any lines, or within a line for any text. What two runs never have alike is read by rule:
durations, sizes in memory, moments, ids of commits, and free ports. Everything else is as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_ELLIPSIS: Final = "…"
_VARYING: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z| UTC)?"), r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z| UTC)?"),
    (re.compile(r"\d+(?:\.\d+)?(?= (?:s|ms|MB)\b)"), r"\d+(?:\.\d+)?"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"), r"[0-9a-f]{7,40}"),
)  # fmt: skip


def missing(shown: Sequence[str], output: str) -> str | None:
    """The first line of the page that the output does not have where it should; None where it has them all."""
    lines = [line.rstrip() for line in output.splitlines()]
    at, anywhere = 0, False
    for line in shown:
        if line.strip() == _ELLIPSIS:
            anywhere = True
            continue
        if not line.strip() and anywhere:
            continue
        pattern = pattern_of(line)
        while at < len(lines) and anywhere and not pattern.fullmatch(lines[at]):
            at += 1
        if at >= len(lines) or not pattern.fullmatch(lines[at]):
            return line
        at, anywhere = at + 1, False
    if not anywhere and any(lines[at:]):
        return f"(nothing more, but there is: {next(line for line in lines[at:] if line)})"
    return None


def pattern_of(line: str) -> re.Pattern[str]:
    """What a shown line stands for."""
    text = line.rstrip()
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = min(
            ((match.start(), match.end(), pattern) for known, pattern in _VARYING if (match := known.search(text, at))),
            default=(len(text), len(text), ""),
        )
        parts += [_literal(text[at : found[0]]), found[2]]
        at = found[1]
    return re.compile("".join(parts))


def _literal(text: str) -> str:
    return ".*".join(r"\s+".join(map(re.escape, re.split(r"\s{2,}", part))) for part in text.split(_ELLIPSIS))
