"""Settles a merge in which nothing conflicts but the seam: two candidates on the same line, or on adjacent ones.

In: the three versions of a file that git could not merge. Out: the file with the seam of both sides, or None where people
have to look. The seam only inserts, so the files without it are merged first, and its pieces are put in again.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

from migrator.artifacts.seam.insertions import MODULE, Insertion, import_statement, insert
from migrator.artifacts.seam.reading import LINE_END, Lines, Parsed, Unreadable, decode
from migrator.artifacts.seam.removal import remove, uses

_IMPORT = re.compile(rf"^(?:from (?P<package>[\w.]+) )?import {MODULE}\s*$", re.MULTILINE)


def joined_seams(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """The file with everything that either side has.

    Args:
        base: of the commit that both come from.

    Returns:
        None where people edited the file on both sides, or a line that a piece of the seam belongs to.
    """
    try:
        packages = {_package(each) for each in (ours, theirs)} - {None}
        if len(packages) != 1:
            return None
        [package] = packages
        assert package is not None
        plain = [remove(each, None, package).data for each in (base, ours, theirs)]
        if plain[1] == plain[0]:
            kept, other = theirs, ours
        elif plain[2] in (plain[0], plain[1]):
            kept, other = ours, theirs
        else:
            return None
        return _with_pieces_of(other, kept, package)
    except (Unreadable, UnicodeError):
        return None


def _package(data: bytes) -> str | None:
    """What the seam's module is imported from, as the import says it; None for no import."""
    found = _IMPORT.search(decode(data).text) if MODULE.encode() in data else None
    return (found["package"] or "") if found else None


def _with_pieces_of(other: bytes, kept: bytes, package: str) -> bytes | None:
    """A file with the pieces of another version of it."""
    parsed = Parsed(kept)
    there, more = _pieces(parsed, package), _pieces(Parsed(other), package)
    before, target = _plain(other, package), _plain(kept, package)
    places = _places(before, target)
    wanted = list(there)
    for piece in more:
        at = _moved(piece.offset, before, target, places)
        if piece.text.strip() == import_statement(package) and any(each.text == piece.text for each in there):
            continue
        if at is None:
            return None
        moved = Insertion(at, piece.text)
        if moved not in there:
            wanted.append(moved)
    made = parsed.source.encode(insert(target.text, wanted))
    everything = Counter(use.name for use in uses(Parsed(made)))
    # A call of the seam that is on both sides counts once, wherever else each side has it.
    least = Counter(use.name for use in uses(parsed)) | Counter(use.name for use in uses(Parsed(other)))
    same = remove(made, None, package).data == remove(kept, None, package).data
    return made if same and everything >= least else None


def _plain(data: bytes, package: str) -> Lines:
    return Lines(Parsed(remove(data, None, package).data).text)


def _pieces(parsed: Parsed, package: str) -> list[Insertion]:
    """What the seam put into a file, at the offsets of the file without it."""
    shared = import_statement(package)
    cuts = [cut for use in uses(parsed) for cut in use.cuts]
    ends = [0, *(found.end() for found in LINE_END.finditer(parsed.text))]
    cuts += [
        (start, parsed.next_line(start) or len(parsed.text)) for start in ends if parsed.line_text(start) == shared
    ]
    pieces, gone = [], 0
    for start, end in sorted(cuts):
        pieces.append(Insertion(start - gone, parsed.text[start:end]))
        gone += end - start
    return pieces


def _places(before: Lines, after: Lines) -> Mapping[int, int]:
    """Each line of a text that is in another one, by its number there."""
    old, new = _split(before.text), _split(after.text)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.a + number + 1: block.b + number + 1 for block in blocks for number in range(block.size)}


def _moved(offset: int, before: Lines, after: Lines, places: Mapping[int, int]) -> int | None:
    """Where an offset is in the other text; None where its line is not."""
    line = before.line(offset)
    if line not in places:
        return None
    starts = list(accumulate(map(len, _split(after.text)), initial=0))
    return starts[places[line] - 1] + offset - before.line_start(offset)


def _split(text: str) -> list[str]:
    """The lines with their ends, and what stands behind the last end."""
    ends: Iterable[int] = (found.end() for found in LINE_END.finditer(text))
    places = [0, *ends, len(text)]
    return [text[start:end] for start, end in pairwise(places)]
