"""Instants between which time is told although the clock on the wall jumps.

In: nothing. Out: an instant, and the seconds between two of them, of the same or of different processes. Within one run of
this machine they are those of its monotonic clock, which nobody sets; else those of the wall, and never fewer than none.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

# On Linux the monotonic clock counts from the machine's start (clock_gettime(2)), so that processes may compare it.
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment.

    Attributes:
        at: seconds since the epoch, by the wall.
        up: seconds of the machine's monotonic clock.
        boot: which run of the machine, or an empty string where that is not known.
    """

    at: float
    up: float
    boot: str

    @classmethod
    def now(cls) -> Self:
        """This moment."""
        return cls(time.time(), time.monotonic(), _boot())

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """The instant of what `values` told.

        Raises:
            ValueError, TypeError, LookupError: these are none.
        """
        at, up, boot = values
        return cls(float(at), float(up), str(boot))

    def values(self) -> list[float | str]:
        """As plain JSON."""
        return [round(self.at, 3), round(self.up, 3), self.boot]

    def since(self, before: Instant) -> float:
        """Seconds that passed."""
        if self.boot and self.boot == before.boot:
            return max(0.0, self.up - before.up)
        return max(0.0, self.at - before.at)


@cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()[:8]
    except (OSError, ValueError):
        return ""
