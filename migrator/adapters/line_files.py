"""Files that others add lines to, read on from a place, each line once.

In: a path and a place. Out: the whole lines since, and the place behind them. What the lines say is left to others. A file
that is full is renamed to `NAME.1` by whoever minds its size; a place in it holds until the next one is. Nothing is kept
between two readings, so that each process can go on where another one ended.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

_HEAD: Final = 256
"""Bytes at a file's beginning that tell it from a later one that got its inode."""

_TAIL: Final = 64 * 1024
"""Bytes at a file's end in which its last line ends."""


@dataclass(frozen=True, slots=True)
class Place:
    """Between two lines of a file.

    Attributes:
        inode: of the file; 0 where there was none yet.
        offset: bytes before it.
        head: CRC-32 of the file's beginning, as far as it is before the place.
    """

    inode: int = 0
    offset: int = 0
    head: int = 0

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """The place of what `values` told.

        Raises:
            ValueError, TypeError: these are none.
        """
        inode, offset, head = (int(value) for value in values)
        if min(inode, offset, head) < 0:
            raise ValueError("a place is not below 0")
        return cls(inode, offset, head)

    def values(self) -> list[int]:
        """As plain JSON."""
        return [self.inode, self.offset, self.head]


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read.

    Attributes:
        data: whole lines.
        place: behind them.
        lost: whether the file that the place lay in is gone, and with it an unknown number of lines.
    """

    data: bytes
    place: Place
    lost: bool = False


@dataclass(frozen=True, slots=True)
class LineFile:
    """One such file."""

    path: Path

    @property
    def aside(self) -> Path:
        """The one before, which was full."""
        return self.path.with_name(f"{self.path.name}.1")

    def end(self) -> Place:
        """Behind the last whole line.

        Raises:
            OSError: the file cannot be read.
        """
        with ExitStack() as stack:
            files = self._opened(stack)
            if not files:
                return Place()
            size = _size(files[-1])
            begin = max(0, size - _TAIL)
            tail = _read(files[-1], begin, size - begin)
            return _place(files[-1], begin + tail.rfind(b"\n") + 1 if b"\n" in tail or not begin else size)

    def read(self, place: Place, limit: int) -> Lines:
        """The lines since a place, up to a number of bytes; the next reading goes on behind them.

        Raises:
            OSError: the file cannot be read.
        """
        with ExitStack() as stack:
            files = self._opened(stack)
            at = 0 if place.inode == 0 else next((n for n, file in enumerate(files) if _holds(file, place)), None)
            if at is None:
                # The present file is newer than any place in a file before it. The one aside may not be.
                if not self.path.exists() or not files:
                    return Lines(b"", _place(files[-1], _size(files[-1])) if files else Place(), lost=True)
                lines = _lines(files[-1:], 0, limit)
                return Lines(lines.data, lines.place, lost=True)
            return _lines(files[at:], place.offset, limit) if files else Lines(b"", place)

    def _opened(self, stack: ExitStack) -> list[BinaryIO]:
        """The files there are, the older one first."""
        found: list[BinaryIO] = []
        # The present one first: if it is put aside in between, it is found twice and not missed.
        for path in (self.path, self.aside):
            try:
                file = stack.enter_context(path.open("rb"))
            except FileNotFoundError:
                continue
            if not found or os.fstat(found[0].fileno()).st_ino != os.fstat(file.fileno()).st_ino:
                found.insert(0, file)
        return found


def _lines(files: Sequence[BinaryIO], offset: int, limit: int) -> Lines:
    data = bytearray()
    for number, file in enumerate(files):
        size, room, last = _size(file), limit - len(data), number == len(files) - 1
        piece = _read(file, offset, max(0, min(room, size - offset)))
        ended = offset + len(piece) >= size
        # The unfinished last line of a file that was put aside will never be finished; one without end is passed over.
        # Behind what was read of another file there is less room, and the next reading begins with it.
        endless = not data and len(piece) >= room and b"\n" not in piece
        whole = len(piece) if (ended and not last) or endless else piece.rfind(b"\n") + 1
        data += piece[:whole]
        if whole and not piece[:whole].endswith(b"\n"):
            data += b"\n"
        if last or not ended:
            return Lines(bytes(data), _place(file, offset + whole))
        offset = 0
    raise AssertionError("there is a last file")


def _holds(file: BinaryIO, place: Place) -> bool:
    status = os.fstat(file.fileno())
    return status.st_ino == place.inode and status.st_size >= place.offset and _head(file, place.offset) == place.head


def _place(file: BinaryIO, offset: int) -> Place:
    return Place(os.fstat(file.fileno()).st_ino, offset, _head(file, offset))


def _head(file: BinaryIO, offset: int) -> int:
    return zlib.crc32(_read(file, 0, min(offset, _HEAD)))


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
