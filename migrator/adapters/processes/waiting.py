"""Waiting for something to become true, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

_FIRST_PAUSE_S = 0.002
_LONGEST_PAUSE_S = 0.05


def wait_until(predicate: Callable[[], bool], deadline_s: float) -> bool:
    """Ask again and again until the predicate is true.

    The pauses grow from 2 to 50 ms, so that what is quick is seen quickly and what is slow costs little.

    Args:
        deadline_s: seconds from now; the predicate is asked at least once, and once more at the end.

    Returns:
        Whether it became true in time.
    """
    end = time.monotonic() + deadline_s
    pause = _FIRST_PAUSE_S
    while not predicate():
        left = end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
    return True
