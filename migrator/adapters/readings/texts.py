"""What others say, as it may be recorded and printed.

In: any text. Out: one line without control characters or halves of characters, and not longer than people read.
"""

from __future__ import annotations


def readable(text: str, longest: int) -> str:
    """A text on one line, of at most so many characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    line = " ".join("".join(each if each.isprintable() else " " for each in whole).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
