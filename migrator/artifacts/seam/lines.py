"""What the seam did to the lines of a file, so that it can be told later whether each came out as it was.

In: the bytes of a file with the seam. Out: `ChangedLine`s, or the line that does not come out. A line is known by its
text, whatever was put before or behind it since: also by other branches, which is why no hash of a whole file is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from migrator.artifacts.seam.insertions import import_statement
from migrator.artifacts.seam.reading import LINE_END, decode
from migrator.artifacts.seam.record import ChangedLine
from migrator.artifacts.seam.removal import remove


def changed_lines(data: bytes, name: str, package: str) -> tuple[ChangedLine, ...]:
    """The lines that the seam of a candidate is in; the import, which all share, is not among them.

    Raises:
        Unreadable: the file cannot be parsed.
    """
    before = _lines(remove(data, name, package, keep_lines=True).data)
    pairs = zip(before, _lines(data), strict=True)
    shared = import_statement(package)
    return tuple(
        sorted(
            {ChangedLine(_hash(old), _hash(new)) for old, new in pairs if old != new and new != shared},
            key=lambda line: (line.after, line.before),
        )
    )


def line_not_given_back(data: bytes, name: str | None, package: str, known: Iterable[ChangedLine]) -> int | None:
    """The first line that reads as it was put in and would not come out as it was before; None for none.

    Args:
        name: of the candidate that is taken out; None for all.
        known: the lines of those candidates in this file.

    Raises:
        Unreadable: the file cannot be parsed.
    """
    was = {line.after: line.before for line in known}
    shown = _lines(remove(data, name, package, keep_lines=True).data)
    for number, (new, old) in enumerate(zip(_lines(data), shown, strict=True), 1):
        expected = _hash(new)
        seen = set()
        # One line may have the seam of several candidates, put in one after the other.
        while expected in was and expected not in seen:
            seen.add(expected)
            expected = was[expected]
        if seen and _hash(old) != expected:
            return number
    return None


def _lines(data: bytes) -> list[str]:
    return LINE_END.split(decode(data).text)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
