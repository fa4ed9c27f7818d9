"""A program that saves to a store of rollouts and is killed before and after each call of SQLite in turn.

Argument: a folder. For each number there is a store in it that had one record with a line of history and an audit entry,
and into which a second of each was saved by a process that was killed there; the last one was not killed. Prints how
many there are. What they hold is the test's to check.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from migrator.adapters.states.sqlite import SqliteStateStore
from tests.support.recorded import AUDIT, LINE, STATE


def _fuse(number: int) -> None:
    seen = 0

    def hook(_frame: FrameType, event: str, called: Any) -> None:
        nonlocal seen
        if event in ("c_call", "c_return") and isinstance(getattr(called, "__self__", None), sqlite3.Connection):
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.setprofile(hook)


def _killed_at(number: int, path: Path) -> bool:
    child = os.fork()
    if child == 0:
        store = SqliteStateStore(path)
        state = store.save(STATE, expected_version=0, entry=LINE, audit=AUDIT)
        _fuse(number)
        store.save(state, expected_version=1, entry=LINE, audit=AUDIT)
        sys.setprofile(None)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status and not os.WIFSIGNALED(status):
        sys.exit(f"the child failed at {number}")
    return os.WIFSIGNALED(status)


def main(folder: Path) -> None:
    number = 0
    while _killed_at(number, folder / f"{number}.sqlite3"):
        number += 1
    print(number + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
