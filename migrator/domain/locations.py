"""Places in the analyzed code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a source file of the analyzed tree.

    Attributes:
        path: relative to the analyzed root, with forward slashes.
        line: first line, counted from 1.
        end_line: last line, counted from 1; equal to `line` for a point.
        column: counted from 1.
    """

    path: str
    line: int
    end_line: int = 0
    column: int = 1

    def __post_init__(self) -> None:
        if self.end_line < self.line:
            object.__setattr__(self, "end_line", self.line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"
