"""How an examination of the machine looks on a terminal.

In: an `Examination`. Out: lines: a heading a group, a line a part, what to do below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from migrator.domain.machine import Examination, Presence


def examination_lines(found: Examination) -> Iterator[str]:
    """Everything, in its order."""
    for group, parts in groupby(found.parts, key=lambda part: part.group):
        yield group
        for part in parts:
            yield f"  {part.presence.value:9}{part.name:18}{part.detail}"
            if part.presence is not Presence.PRESENT:
                if part.needed_for:
                    yield f"{'':11}needed for: {part.needed_for}"
                if part.mend:
                    yield f"{'':11}mend: {part.mend}"


def closing_line(found: Examination) -> str:
    """What it comes to."""
    lacking = [part.name for part in found.parts if part.presence is not Presence.PRESENT]
    if not lacking:
        return "everything is there"
    told = f"not as it should be: {', '.join(lacking)}"
    return told if found.healthy else f"{told}; something is missing without which nothing works"
