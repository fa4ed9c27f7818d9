"""The drawing of the code base: rectangles in rectangles, as large as their code, in the colors of their verdicts.

In: the tree of `packages`. Out: `Tile` values in pixels of the drawing, outer ones first. The layout of one folder is
squarify's (Bruls, Huizing, van Wijk: "Squarified Treemaps", 2000); this module nests it, and decides what has a name.
How it becomes SVG is the template's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from migrator.cli.formats.html.packages import Piece, said
from migrator.cli.formats.html.rows import VERDICTS

WIDTH: Final = 1180
HEIGHT: Final = 560
_HEADER: Final = 19  # above the parts of a folder
_GAP: Final = 3  # between the edge of a folder and its parts
_NESTS: Final = (64, 52)  # the smallest folder whose parts are drawn
_CHARACTER: Final = 6.4  # width of one of 11 px in the widest of the fonts that the page names
_LINE: Final = 15
_EDGE: Final = 1  # between neighbors
_SMALLEST: Final = 0.6  # a rectangle that is thinner is not seen


class Box(NamedTuple):
    """Where a rectangle lies."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a tile in the color of a verdict."""

    verdict: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tile:
    """One rectangle.

    Attributes:
        kind: `folder` (its parts lie on it), `module` (also a folder too small to show its parts), or `rest`.
        label, note: what is written on it, cut to its width; empty where there is no room.
        title: what it is, in words.
        target: fragment of the page that shows only its candidates; empty where it has none.
        bands: by verdict, each as wide as its share of the candidates.
    """

    kind: str
    box: Box
    label: str
    note: str
    title: str
    target: str
    bands: tuple[Band, ...] = ()


def tiles_of(root: Piece, measure: str) -> tuple[Tile, ...]:
    """Every tile of the drawing; none for a tree without code.

    Args:
        measure: what sizes count, as in `12 lines of code`.
    """
    if not root.parts:
        return ()
    return tuple(_drawn(root, Box(0, 0, WIDTH, HEIGHT), measure))


def target_of(piece: Piece) -> str:
    """The fragment that shows the candidates of a piece."""
    return f"#in={quote(piece.place, safe='/')}" if piece.place and piece.candidates else ""


def _drawn(piece: Piece, box: Box, measure: str) -> Iterator[Tile]:
    if box.width < _SMALLEST or box.height < _SMALLEST:
        return
    if not piece.parts or box.width < _NESTS[0] or box.height < _NESTS[1]:
        yield _leaf(piece, box, measure)
        return
    label = _cut(piece.label, box.width - 2 * _GAP - 4)
    yield Tile("folder", box, label, "", said(piece, measure), target_of(piece))
    inside = Box(box.x + _GAP, box.y + _HEADER, box.width - 2 * _GAP, box.height - _HEADER - _GAP)
    for part, its_box in zip(piece.parts, _boxes([part.lines for part in piece.parts], inside), strict=True):
        yield from _drawn(part, its_box, measure)


def _boxes(sizes: Sequence[int], inside: Box) -> Iterator[Box]:
    import squarify

    for box in squarify.squarify(squarify.normalize_sizes(list(sizes), inside.width, inside.height), *inside):
        x, y, width, height = (round(box[key], 1) for key in ("x", "y", "dx", "dy"))
        yield Box(round(x + _EDGE / 2, 1), round(y + _EDGE / 2, 1), round(width - _EDGE, 1), round(height - _EDGE, 1))


def _leaf(piece: Piece, box: Box, measure: str) -> Tile:
    room = box.width - 8
    label = _cut(piece.label, room) if box.height >= _LINE + 2 else ""
    note = _cut(f"{piece.candidates:,}", room) if label and piece.candidates and box.height >= 2 * _LINE + 2 else ""
    kind = "module" if piece.candidates else "rest"
    return Tile(kind, box, label, note, said(piece, measure), target_of(piece), tuple(_bands(piece, box)))


def _bands(piece: Piece, box: Box) -> Iterator[Band]:
    before = 0
    for verdict, number in zip(VERDICTS, piece.verdicts, strict=True):
        if number:
            share = box.width / piece.candidates
            yield Band(verdict.value, round(box.x + before * share, 1), round(number * share, 1))
        before += number


def _cut(text: str, room: float) -> str:
    """As much of the text as there is room for; nothing where that would say nothing."""
    fits = int(room / _CHARACTER)
    if len(text) <= fits:
        return text
    return f"{text[: fits - 1]}…" if fits >= 5 else ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A line of the table that says the same as the drawing."""

    name: str
    depth: int
    lines: int
    numbers: tuple[int, ...]
    target: str


def rows_of(root: Piece, depth: int = 0) -> tuple[PlaceRow, ...]:
    """Folders and modules with candidates, each below its folder."""
    found: list[PlaceRow] = []
    for part in root.parts:
        if part.candidates:
            found.append(PlaceRow(part.label, depth, part.lines, part.verdicts, target_of(part)))
            found.extend(rows_of(part, depth + 1))
    return tuple(found)
