"""The system's clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Wall time, and a sleep that an event cuts short.

    Attributes:
        wake: when it is set, `sleep` returns at once; None for a plain sleep.
    """

    wake: Event | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait, or until `wake` is set."""
        if self.wake is None:
            time.sleep(max(seconds, 0.0))
        else:
            self.wake.wait(max(seconds, 0.0))
