"""The values of changing a slice.

In: nothing. Out: `Rewritten` and its parts. How they come about is each change's own module.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """One place that was changed.

    Attributes:
        path: of the module, below the source folder.
        line: in the text of the slice before any change.
        what: the code as it was, or its name.
        becomes: what stands there now, and why.
    """

    path: str
    line: int
    what: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The modules of a slice after all changes.

    Attributes:
        modules: path below the source folder to text; all of the slice.
        edits: in the order of path and line.
        exported: secrets that are put into the process's environment at init, since something reads them in a way of
            its own.
        guarded: whether some call goes through a circuit breaker.
    """

    modules: Mapping[str, str]
    edits: tuple[Edit, ...] = ()
    exported: tuple[str, ...] = ()
    guarded: bool = False


def diff_of(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """A unified diff of all modules that differ; an empty text where none does."""
    lines: list[str] = []
    for path in sorted(after):
        old, new = before.get(path, ""), after[path]
        if old != new:
            lines += difflib.unified_diff(
                old.splitlines(keepends=True), new.splitlines(keepends=True), f"monolith/{path}", f"service/{path}"
            )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
