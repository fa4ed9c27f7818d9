"""What a server has executed: a file with one id a line.

In: ids, from several processes at once. Out: how often each was executed. A line is there as soon as it was written,
so that a server that is killed leaves what it did.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

VARIABLE = "ROUTER_LOAD_LEDGER"
"""Environment variable that names a server's file."""


class Ledger:
    """The file of one server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Short lines that are appended in one call never mix.
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, executed: str) -> None:
        """Write down that a request was executed."""
        os.write(self._file, f"{executed}\n".encode())

    def close(self) -> None:
        """Give up the file."""
        os.close(self._file)


def executions(path: Path, prefix: str) -> Counter[str]:
    """How often each request of a load was executed."""
    text = path.read_text("utf-8") if path.is_file() else ""
    return Counter(line for line in text.splitlines() if line.startswith(f"{prefix}-"))
