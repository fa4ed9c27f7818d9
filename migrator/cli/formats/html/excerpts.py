"""The lines of code that a page shows, each of them once however often it is evidence.

In: places that are shown, and `Sources`. Out: for each file runs of neighboring lines, `[first line, text]`. Values of
credentials are masked. Which line is marked, and how many stand around it, is left to the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from migrator.cli.formats.html.masking import masked
from migrator.cli.formats.html.sources import Sources
from migrator.cli.formats.html.texts import code_line

AROUND: Final = 2
"""Lines before and after a place. The page's script has the same figure."""

_WIDEST: Final = 220  # characters; the rest of a longer line says nothing to a reader
_READ: Final = 2_000  # of which credentials are looked for


class Excerpts:
    """Places of one report.

    Args:
        sources: where their lines are.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._wanted: dict[tuple[str, str], set[int]] = {}

    def show(self, root: str, path: str, line: int) -> None:
        """Take in a place with the lines around it."""
        wanted = self._wanted.setdefault((root, path), set())
        wanted.update(range(max(1, line - AROUND), line + AROUND + 1))

    def runs(self, root: str, path: str) -> list[list[object]]:
        """What is shown of a file; nothing where it cannot be read."""
        wanted = self._wanted.get((root, path))
        if not wanted:
            return []
        lines = self._sources.lines(root, path)
        return [[numbers[0], _text(lines, numbers)] for numbers in _runs(sorted(wanted), len(lines))]


def _runs(numbers: Sequence[int], last: int) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if number > last:
            break
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _text(lines: Sequence[str], numbers: Sequence[int]) -> str:
    return "\n".join(_cut(masked(code_line(lines[number - 1][:_READ]))) for number in numbers)


def _cut(line: str) -> str:
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"
