"""Drawings in SVG, for a page that asks nobody for anything.

In: a `Drawing`. Out: an `svg` element as text. Its colors are those of the page (`currentColor` and classes), so that it
can be read on a dark screen and on paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from migrator.artifacts.runbook.diagrams import Arrow, Box, Drawing

# Pixels of the drawing's own scale.
_WIDE: Final = 168
_LINE: Final = 17
_ROOM: Final = 16
_ACROSS: Final = 268
_DOWN: Final = 116
_EDGE: Final = 10
_APART: Final = 11
_LETTER: Final = 7.2
_MOST_LETTERS: Final = 22


@dataclass(frozen=True, slots=True)
class _Place:
    """Center and half sizes of a box."""

    x: float
    y: float
    half_width: float
    half_height: float


def svg(drawing: Drawing, key: str) -> str:
    """The drawing, as wide as there is room for it.

    Args:
        key: begins the ids within it; unique in a page, letters and digits.
    """
    places = {box.key: _place(box) for box in drawing.boxes}
    width = max(place.x + place.half_width for place in places.values()) + _EDGE
    height = max(place.y + place.half_height for place in places.values()) + _EDGE
    both = {(arrow.start, arrow.end) for arrow in drawing.arrows}
    parts = [
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{key}-title" style="max-width:{width:g}px">',
        f'<title id="{key}-title">{_text(drawing.title)}</title>',
        (
            f'<defs><marker id="{key}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
            'orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
        ),
    ]
    # Labels come last, so that no line runs through them.
    lines, labels = [], []
    for arrow in drawing.arrows:
        aside = _APART if (arrow.end, arrow.start) in both else 0
        line, label = _arrow(arrow, places[arrow.start], places[arrow.end], key, aside)
        lines.append(line)
        labels.append(label)
    parts += lines
    parts += (line for box in drawing.boxes for line in _box(box, places[box.key]))
    return "\n".join([*parts, *filter(None, labels), "</svg>"])


def _place(box: Box) -> _Place:
    return _Place(
        _EDGE + _WIDE / 2 + box.column * _ACROSS,
        _EDGE + 34 + box.row * _DOWN,
        _WIDE / 2,
        (_ROOM + _LINE * len(box.label)) / 2,
    )


def _box(box: Box, place: _Place) -> Iterator[str]:
    kind = "box strong" if box.strong else "box"
    yield (
        f'<rect class="{kind}" x="{place.x - place.half_width:g}" y="{place.y - place.half_height:g}" '
        f'width="{2 * place.half_width:g}" height="{2 * place.half_height:g}" rx="6"/>'
    )
    top = place.y - _LINE * (len(box.label) - 1) / 2
    for number, line in enumerate(box.label):
        yield f'<text x="{place.x:g}" y="{top + number * _LINE:g}">{_text(_short(line))}</text>'


def _arrow(arrow: Arrow, start: _Place, end: _Place, key: str, aside: float) -> tuple[str, str]:
    """The line of an arrow, and its label."""
    dx, dy = end.x - start.x, end.y - start.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    shift_x, shift_y = -dy / length * aside, dx / length * aside
    from_x, from_y = _border(start, dx, dy)
    to_x, to_y = _border(end, -dx, -dy)
    x1, y1, x2, y2 = from_x + shift_x, from_y + shift_y, to_x + shift_x, to_y + shift_y
    kind = "arrow dashed" if arrow.dashed else "arrow"
    line = f'<path class="{kind}" d="M{x1:.4g} {y1:.4g} {x2:.4g} {y2:.4g}" marker-end="url(#{key}-head)"/>'
    if not arrow.label:
        return line, ""
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    words = _lines(arrow.label)
    half = max(map(len, words)) * _LETTER / 2 + 2
    high = 15 * len(words)
    back = f'<rect class="back" x="{x - half:.4g}" y="{y - high / 2:.4g}" width="{2 * half:.4g}" height="{high}"/>'
    texts = "".join(
        f'<text class="label" x="{x:.4g}" y="{y + (number - (len(words) - 1) / 2) * 15:.4g}">{_text(word)}</text>'
        for number, word in enumerate(words)
    )
    return line, back + texts


def _lines(label: str) -> list[str]:
    """A label in lines that fit between two boxes."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) > 12:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _border(place: _Place, dx: float, dy: float) -> tuple[float, float]:
    """Where a line from the center leaves the box."""
    across = place.half_width / abs(dx) if dx else float("inf")
    down = place.half_height / abs(dy) if dy else float("inf")
    share = min(across, down)
    return place.x + dx * share, place.y + dy * share


def _short(line: str) -> str:
    return line if len(line) <= _MOST_LETTERS else f"{line[: _MOST_LETTERS - 1]}…"


def _text(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
