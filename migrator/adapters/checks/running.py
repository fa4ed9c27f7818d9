"""Runs checks: programs of others beside each other, what runs in this process one after the other.

In: checks by name. Out: each `Check` in the order of the names, as soon as it and those before it are done. Whoever stops
listening ends the programs that still run.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from migrator.domain.checks import Check

CheckFunction: TypeAlias = Callable[[Path], Check]


def run_beside(
    checks: Mapping[str, CheckFunction], beside: Set[str], folder: Path, stopped: threading.Event
) -> Iterator[Check]:
    """Run them.

    Args:
        beside: names of those that wait for a program, which are started at once.
        stopped: set when nobody listens any more, so that those end theirs.
    """
    waiting: dict[str, Future[Check]] = {}
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1), thread_name_prefix="check") as pool:
        try:
            for name in checks:
                if name in beside:
                    waiting[name] = pool.submit(_timed, checks[name], folder)
            for name, check in checks.items():
                yield waiting[name].result() if name in waiting else _timed(check, folder)
        finally:
            stopped.set()
            for future in waiting.values():
                future.cancel()


def _timed(check: CheckFunction, folder: Path) -> Check:
    started = time.monotonic()
    return replace(check(folder), seconds=round(time.monotonic() - started, 3))
