"""Weights in the file that the seam reads.

In: a path. Out: a store whose writers wait for each other; the file is replaced in one step.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrator.adapters.weights.store import Held
from migrator.errors import RemoteError
from migrator.replacing import replace_file


class FileWeights:
    """One file.

    Args:
        path: its folder has to be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def shown(self) -> str:
        """The path."""
        return str(self._path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Other commands wait.

        Raises:
            RemoteError: the folder is not there or not writable.
        """
        try:
            lock = self._path.with_name(f"{self._path.name}.lock").open("a")
        except OSError as error:
            raise self._unwritable(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> Held:
        """The file's content; none where there is no file."""
        try:
            return Held(self._path.read_bytes(), "")
        except FileNotFoundError:
            return Held(None, "")
        except OSError as error:
            raise RemoteError(f"cannot read {self._path}: {error.strerror or error}") from error

    def write(self, data: bytes, version: str) -> None:
        """Replace the file; the lock keeps others out, so that no version is needed."""
        try:
            replace_file(self._path, data)
        except OSError as error:
            raise self._unwritable(error) from error

    def close(self) -> None:
        """Nothing is held between two calls."""

    def _unwritable(self, error: OSError) -> RemoteError:
        return RemoteError(
            f"cannot write {self._path}: {error.strerror or error}",
            hint="the folder of the seam's weights has to be there and writable",
        )
