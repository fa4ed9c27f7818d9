"""Lists of a page that may be too long for it: the first lines, how many more there are, and where all of them are.

In: lines of Markdown. Out: `Shown`. How many lines there is room for is `body`'s matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.domain.wording import count


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of a list that is shown.

    Attributes:
        lines: of Markdown, inert.
        more: a sentence about those that are left out, or an empty text.
        total: of all.
    """

    lines: tuple[str, ...]
    more: str
    total: int


def shown(lines: Sequence[str], most: int, where: str) -> Shown:
    """The first lines of a list.

    Args:
        most: so many at most; one that is left out alone would take as much room as the sentence about it.
        where: what to do to see all, such as a command, as Markdown.
    """
    kept = tuple(lines) if len(lines) <= most + 1 else tuple(lines[:most])
    left = len(lines) - len(kept)
    return Shown(kept, f"and {count(left, 'more', 'more')}; all: {where}" if left else "", len(lines))
