"""Answer times from Envoy's access logs.

In: the two logs of a folder. Out: the answer times of first tries by route and side over a window. The logs are
followed from where the last look ended, a bounded piece at a time; one that has grown large is put aside.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_READ = 8 * 1024 * 1024
"""Bytes read at one look; about 40,000 lines. What lies before them is left out."""

LARGEST_LOG = 64 * 1024 * 1024
"""Bytes at which a log is put aside; one old generation is kept."""

_REMEMBERED = 20_000
# Response flags of an upstream that is gone: its connection ended, it reset the call, it broke the protocol.
_CUT = frozenset({"UC", "UR", "UPE"})


@dataclass(frozen=True, slots=True)
class FirstTry:
    """One answered first try.

    Attributes:
        at: when it began, seconds since the epoch.
        ms: until its last byte was there.
    """

    at: float
    ms: float


@dataclass
class LogTail:
    """Follows one log.

    Attributes:
        side: whose first tries the log has; lines of other sides are passed over.
        tries: those that were answered in full, by route.
        cut: when those began whose good answer ended in the middle, by route.
    """

    path: Path
    side: str
    tries: dict[str, deque[FirstTry]] = field(default_factory=dict)
    cut: dict[str, deque[float]] = field(default_factory=dict)
    _inode: int = 0
    _offset: int = 0
    _rest: bytes = b""

    def read_on(self) -> None:
        """Take in what was written since the last look; a log that is not there has nothing new."""
        try:
            with self.path.open("rb") as file:
                status = self.path.stat()
                if status.st_ino != self._inode or status.st_size < self._offset:
                    self._inode, self._offset, self._rest = status.st_ino, 0, b""
                if status.st_size - self._offset > LONGEST_READ:
                    # The line that this cuts in two does not parse and is passed over.
                    self._offset, self._rest = status.st_size - LONGEST_READ, b""
                file.seek(self._offset)
                data = file.read(LONGEST_READ)
        except OSError:
            return
        self._offset += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)

    def since(self, route: str, at: float) -> list[float]:
        """Answer times in milliseconds of the route's first tries that began at or after a time."""
        return [one.ms for one in self.tries.get(route, ()) if one.at >= at]

    def cut_since(self, route: str, at: float) -> int:
        """How many of them were cut off in the middle of a good answer."""
        return sum(when >= at for when in self.cut.get(route, ()))

    @property
    def large(self) -> bool:
        """Whether it is time to put the log aside."""
        return self._offset > LARGEST_LOG

    def put_aside(self) -> None:
        """Rename the log; Envoy writes to the old name once it is told to open its logs anew."""
        self.path.replace(self.path.with_suffix(".log.1"))

    def _take(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if entry["side"] != self.side:
                return
            route, at = str(entry["route"]), float(entry["at"])
            if {*str(entry.get("flags") or "").split(",")} & _CUT and int(entry.get("status") or 0) < 500:
                self.cut.setdefault(route, deque(maxlen=_REMEMBERED)).append(at)
            elif entry["answer_us"] is not None:
                self.tries.setdefault(route, deque(maxlen=_REMEMBERED)).append(FirstTry(at, entry["answer_us"] / 1000))
        except (ValueError, KeyError, TypeError):
            return
