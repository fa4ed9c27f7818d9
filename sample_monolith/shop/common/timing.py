"""Log how long things take. Predates the tracing set-up; the dashboards still read it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

log = logging.getLogger("shop.timing")


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            log.debug("%s took %.1f ms", function.__qualname__, elapsed)

    return wrapper
