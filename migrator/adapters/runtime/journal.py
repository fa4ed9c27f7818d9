"""What the emulator's log says of an invocation.

In: the log of one environment, written by the emulator and by the handler at once. Out: the request's id,
figures, and the handler's own lines. Only lines that the emulator really writes are relied on: its REPORT line
has made-up figures for memory and initialization.
"""

from __future__ import annotations

import re
from pathlib import Path

_START = re.compile(r"^START RequestId: (\S+) Version: ", re.MULTILINE)
_INIT = re.compile(r"\(rapid\) INIT REPORT\(durationMs: ([\d.]+)\)")
_DONE = re.compile(r"\(rapid\) INVOKE RTDONE\(status: \w+, produced bytes: \d+, duration: ([\d.]+)ms\)")
_EMULATORS = re.compile(
    r"^(?:\d\d \w{3} \d{4} [\d:,]+ \[\w+\] \(rapid\)|START RequestId: |END RequestId: |REPORT RequestId: )"
)

# The file only ever grows; past this size what was read is thrown away.
_LARGEST = 32 * 1024 * 1024


class Journal:
    """The log of one environment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = 0

    def turn_page(self) -> None:
        """Remember the present end: what is read from now on comes after it."""
        try:
            size = self.path.stat().st_size
        except FileNotFoundError:
            size = 0
        if size > _LARGEST:
            # Writers append, so they go on at the new end.
            with self.path.open("r+b") as file:
                file.truncate(0)
            size = 0
        self._mark = size

    def page(self) -> str:
        """Everything since the last turn of the page."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._mark)
                return file.read().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def request_id(self) -> str:
        """Id of the request that was started last, or an empty string."""
        found: list[str] = _START.findall(self.page())
        return found[-1] if found else ""

    def init_ms(self) -> float | None:
        """Milliseconds of the last initialization."""
        return _last(_INIT, self.page())

    def duration_ms(self) -> float | None:
        """Milliseconds that the runtime took for the last request that it finished."""
        return _last(_DONE, self.page())

    def own_lines(self) -> str:
        """What the handler and its runtime wrote, without the emulator's lines."""
        return "".join(line for line in self.page().splitlines(keepends=True) if not _EMULATORS.match(line))


def _last(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.findall(text)
    return float(found[-1]) if found else None
