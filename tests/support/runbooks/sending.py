"""Legacy code that sends a task again and again through the seam, as `python sending.py FOLDER NAME LOG`.

FOLDER has the seam's module. LOG gets a line for each send: which side has it. It ends when its input does.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from pathlib import Path
from typing import Any


class Task:
    """As much of a task as the seam knows of."""

    def __init__(self) -> None:
        self.sent = 0

    def run(self, number: int) -> None: ...

    def delay(self, number: int) -> None:
        self.sent += 1


def main(folder: str, name: str, log: str) -> None:
    spec = importlib.util.spec_from_file_location("migrator_seam", Path(folder) / "migrator_seam.py")
    assert spec is not None and spec.loader is not None
    seam: Any = importlib.util.module_from_spec(spec)
    sys.modules["migrator_seam"] = seam
    spec.loader.exec_module(seam)
    ended = threading.Event()
    threading.Thread(target=_wait, args=(ended,), daemon=True).start()
    legacy = Task()
    routed, number = seam.task(name, legacy), 0
    with Path(log).open("a", buffering=1) as said:
        while not ended.is_set():
            number, before = number + 1, legacy.sent
            routed.delay(number)
            said.write("legacy\n" if legacy.sent > before else "canary\n")
            time.sleep(0.02)


def _wait(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
