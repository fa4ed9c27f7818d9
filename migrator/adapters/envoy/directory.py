"""The folder of one Envoy: its configuration files, its logs, and the lock of those who write.

In: a path. Out: paths in it, atomic replacement of files, and exclusive access. What the files say is left to others.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from migrator.errors import InputError, RemoteError
from migrator.replacing import replace_file

CLUSTERS = "clusters.json"
TRIES = "tries.json"
CALLS = "calls.json"
WEIGHTS = "weights.json"
"""The weights that were made live last: a layer of Envoy's runtime."""
FENCES = "fences.json"
"""The highest fence that was seen for each route; Envoy does not read it."""


@dataclass(frozen=True, slots=True)
class PlaneDirectory:
    """Where one Envoy's files are."""

    path: Path

    @property
    def bootstrap(self) -> Path:
        """What Envoy is started with."""
        return self.path / "bootstrap.json"

    @property
    def calls_log(self) -> Path:
        """One JSON line per call."""
        return self.path / "calls.log"

    @property
    def tries_log(self) -> Path:
        """One JSON line per first try of a canary."""
        return self.path / "tries.log"

    @property
    def envoy_log(self) -> Path:
        """What Envoy says."""
        return self.path / "envoy.log"

    def create(self) -> None:
        """Make the folder, for this user alone.

        Raises:
            InputError: it cannot be made or written to.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = "this is a file" if self.path.is_file() else error.strerror
            raise InputError(
                f"cannot make the folder for Envoy: {reason}", hint="name another folder", location=str(self.path)
            ) from error
        if not os.access(self.path, os.W_OK):
            raise InputError("cannot write to the folder for Envoy", location=str(self.path))

    def read(self, name: str) -> dict[str, Any] | None:
        """A JSON file of the folder, or None where there is none.

        Raises:
            InputError: it is damaged.
        """
        path = self.path / name
        try:
            document = from_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputError(
                f"cannot be read: {error}",
                hint="move it away and run: migrator router apply",
                location=str(path),
            ) from error
        if not isinstance(document, dict):
            raise InputError("is not a JSON object", hint="move it away and apply again", location=str(path))
        return document

    def write(self, name: str, document: Mapping[str, Any]) -> None:
        """Replace a JSON file in one step, so that Envoy sees the old or the new one and nothing between.

        Raises:
            RemoteError: it cannot be written; the old one is as it was.
        """
        try:
            replace_file(self.path / name, to_json(document, indent=1) + b"\n")
        except OSError as error:
            raise RemoteError(
                f"cannot write {self.path / name}: {error.strerror or error}",
                hint="make room, and see that the folder may be written",
                retryable=True,
            ) from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers out, also of other processes, while the block runs."""
        self.create()
        with (self.path / ".lock").open("w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
