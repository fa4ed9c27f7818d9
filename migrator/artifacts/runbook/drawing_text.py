"""Drawings in Mermaid, as forges show it.

In: a `Drawing`. Out: text of a `mermaid` fence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from migrator.artifacts.runbook.diagrams import Arrow, Box, Drawing

# Mermaid takes entities without the ampersand; https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
_ENTITIES: Final[Mapping[str, str]] = {char: f"#{ord(char)};" for char in "\"'`<>&#;\\[](){}|"}


def mermaid(drawing: Drawing) -> str:
    """The drawing as a flow chart from left to right, without the fence and without a line end after it."""
    boxes = (f"    {box.key}{_box(box)}" for box in drawing.boxes)
    arrows = (f"    {arrow.start} {_arrow(arrow)} {arrow.end}" for arrow in drawing.arrows)
    strong = [f"    style {box.key} stroke-width:3px" for box in drawing.boxes if box.strong]
    return "\n".join(("flowchart LR", *boxes, *arrows, *strong))


def _box(box: Box) -> str:
    return f'["{"<br/>".join(map(_inert, box.label))}"]'


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dashed else "-->"
    return f'{line}|"{_inert(arrow.label)}"|' if arrow.label else line


def _inert(label: str) -> str:
    printed = "".join(char if char.isprintable() else " " for char in label)
    return "".join(_ENTITIES.get(char, char) for char in printed)
