"""What goes from a folder of entries when others come: what has lain longest without use.

In: paths of entries. Out: fewer files. Other processes may remove the same at the same time; what cannot be removed stays,
and is tried again the next time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

_HALF_S = 3600.0
"""Seconds after which nobody is writing a file any more: whoever did was killed."""


def mark_used(path: Path) -> None:
    """Say that an entry was taken; where that may not be written, it counts by when it was made."""
    with suppress(OSError):
        os.utime(path)


def keep_newest(entries: Iterable[Path], most: int, kept: Collection[Path]) -> None:
    """Leave so many of the entries, the last used and those of `kept`."""
    for path, _ in _by_use(entries)[most:]:
        if path not in kept:
            remove(path)


def keep_room(entries: Iterable[Path], most_bytes: int, kept: Collection[Path]) -> None:
    """Leave so many bytes of the entries, the last used and those of `kept`."""
    room = most_bytes
    for path, size in _by_use(entries):
        room -= size
        if room < 0 and path not in kept:
            remove(path)


def remove_halves(files: Iterable[Path]) -> None:
    """Remove files that somebody has begun to write and will not end."""
    for path in list(files):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _HALF_S:
                remove(path)


def remove(path: Path) -> None:
    """Remove a file, or whatever has come to lie in its place."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _by_use(entries: Iterable[Path]) -> list[tuple[Path, int]]:
    """The entries with their sizes in bytes, the last used first; those that somebody else has removed are left out."""
    found: list[tuple[float, Path, int]] = []
    for path in list(entries):
        with suppress(OSError):
            state = path.stat()
            found.append((state.st_mtime, path, state.st_size))
    return [(path, size) for _, path, size in sorted(found, reverse=True)]
