"""One file as it was at one moment, whatever it is and whatever happens to it meanwhile.

In: a path. Out: bytes. Nothing is waited for, and only so much is read: a pipe, a device, or a file that grows faster than
it is read may stand where a moment ago there was source.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

LARGEST = 8 * 1024 * 1024
"""Bytes. To be parsed and understood, source takes about two hundred times its size in memory (measured: a table of 50 MB
takes 10 GB and over a minute). The largest modules in use are generated and have 6 MB (clients of cloud APIs, 2026)."""

_TRIES = 3


class Unreadable(OSError):
    """The file is none that is read; `strerror` says why in words that follow its name."""

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)


def bytes_of(path: Path) -> bytes:
    """The bytes of a regular file, read again where it was written to in between.

    Raises:
        Unreadable: it is no regular file, larger than `LARGEST`, or never the same for as long as it takes to read it.
        OSError: it is not there, or not ours to read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        for _ in range(_TRIES):
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise Unreadable("is not a regular file")
            data = _all(descriptor, before.st_size)
            after = os.fstat(descriptor)
            if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
                return data
            os.lseek(descriptor, 0, os.SEEK_SET)
    finally:
        os.close(descriptor)
    raise Unreadable("is written to all the time")


def _all(descriptor: int, size: int) -> bytes:
    parts: list[bytes] = []
    found = 0
    wanted = size or 65_536  # files of /proc have no size
    while True:
        if found > LARGEST or size > LARGEST:
            raise Unreadable(f"is larger than {LARGEST // 1024**2} MiB")
        part = os.read(descriptor, wanted)
        parts.append(part)
        found += len(part)
        if not part:
            return b"".join(parts)
        wanted = 65_536
