"""Remembers the last comparison of each route as a file, `migrator.comparison/1`.

In: comparisons. Out: the last one of a route, or why there is none: a file that cannot be read is no data, not
the end of a rollout.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from migrator.documents.comparison import CODEC
from migrator.domain.comparisons import Comparison
from migrator.domain.observations import NoData
from migrator.errors import InputError
from migrator.replacing import replace_file

_UNSAFE = re.compile(r"[^a-z0-9_-]")


class FileComparisons:
    """Implements `ComparisonSource`.

    Args:
        folder: made when something is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, route: str) -> Path:
        """Where the comparison of a route is kept, whatever characters its name has."""
        readable = _UNSAFE.sub("-", route.lower())[:60]
        # File systems differ in letter case and length; the hash does not.
        return self._folder / f"{readable}-{hashlib.sha256(route.encode('utf-8', 'replace')).hexdigest()[:12]}.json"

    def save(self, comparison: Comparison) -> Path:
        """Make this the last comparison of its route, as one change; return the file.

        Raises:
            InputError: it cannot be written.
        """
        path = self.path(comparison.route)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, CODEC.dump_text(comparison).encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise InputError(
                f"the comparison could not be remembered: {error.strerror or error}",
                hint="name a writable folder with --comparisons, or give --no-save",
                location=str(path),
            ) from error
        return path

    def latest(self, route: str) -> Comparison | NoData:
        """The last comparison of a route, or why there is none."""
        path = self.path(route)
        try:
            comparison = CODEC.load_text(path.read_text(encoding="utf-8"), source=str(path))
            if comparison.at is None:  # one that says nothing of it was made before the file was written
                comparison = replace(comparison, at=path.stat().st_mtime)
        except FileNotFoundError:
            return NoData(f"{route} has never been compared; do it with: migrator compare {route} --recording FILE")
        except (OSError, UnicodeDecodeError, InputError) as error:
            return NoData(f"the last comparison of {route} cannot be read: {error}")
        return comparison
