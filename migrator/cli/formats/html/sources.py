"""What a page needs of the analyzed files: their lines, and how long each one is.

In: nothing. Out: the protocol `Sources`, and `NO_SOURCES` for a report whose files are not there. Reading files is
left to whoever implements it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Sources(Protocol):
    """The files of the repositories of a report, as they are now."""

    def lines(self, root: str, path: str) -> Sequence[str]:
        """The lines of a file without their ends, the first one at 0; none where it cannot be read.

        Args:
            root: of the repository, as the report names it.
            path: relative to the root, with forward slashes.
        """

    def sizes(self, root: str) -> Mapping[str, int]:
        """Path to number of lines, of every file that was analyzed; empty where the files are not there."""


class _Nothing:
    def lines(self, root: str, path: str) -> Sequence[str]:
        return ()

    def sizes(self, root: str) -> Mapping[str, int]:
        return {}


NO_SOURCES: Sources = _Nothing()
"""For a report that was read from a document, far from the code."""
