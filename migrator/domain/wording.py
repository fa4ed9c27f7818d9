"""Numbers and lists as sentences have them.

In: numbers, words. Out: text. What a sentence says is left to whoever says it.
"""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2,410 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def on_one_line(text: str) -> str:
    """The text with its line ends and tabs as they are escaped: names and values of somebody's file may have some in
    them, and would make lines that nobody wrote.
    """
    return text.replace("\n", "\\n").replace("\t", "\\t")


def listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + f" and {items[-1]}" if items else ""
