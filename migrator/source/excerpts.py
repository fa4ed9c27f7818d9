"""Single lines of the analyzed code, for showing evidence.

In: the path that was analyzed, and locations. Out: the line as text, or an empty string where the file has gone or
changed. Files are read again on demand; nothing is kept of files that are not shown.
"""

from __future__ import annotations

import tokenize
from pathlib import Path

from migrator.domain.locations import Location


class Excerpts:
    """Lines of a source tree.

    Args:
        root: the folder, or the one file, that was analyzed.
    """

    def __init__(self, root: Path) -> None:
        self._base = root.parent if root.is_file() else root
        self._files: dict[str, list[str]] = {}

    def line(self, location: Location) -> str:
        """The first line of the location without its line end."""
        lines = self._files.get(location.path)
        if lines is None:
            lines = self._files[location.path] = _lines(self._base / location.path)
        return lines[location.line - 1] if 0 < location.line <= len(lines) else ""


def _lines(path: Path) -> list[str]:
    try:
        with tokenize.open(path) as file:
            return file.read().split("\n")
    except (OSError, SyntaxError, UnicodeDecodeError):
        return []
