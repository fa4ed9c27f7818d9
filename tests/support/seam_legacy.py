"""A process of legacy that has the seam, for those who load it: it decides on many threads, or fires a schedule.

In: its arguments, and a folder with the module and its weights. Out: lines of standard output, or a file of runs. It
imports little, and forks once it has the module, as servers do.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

NAME = "shop.jobs.nightly"
BASE, EVERY_S = 1_764_000_000, 60
"""The first instant and the period of the schedule, in seconds."""
STOP = "stop"
"""The file that says which weights are the last ones."""


def _module(folder: Path) -> Any:
    """The module, which the parent's process has put there."""
    sys.path.insert(0, str(folder))
    import migrator_seam  # type: ignore[import-not-found]

    return migrator_seam


class _Deciding:
    """One process, whose threads decide until they are told the last weights, and follow those."""

    def __init__(self, seam: Any, folder: Path) -> None:
        self.seam, self.stop = seam, folder / STOP
        self.samples: list[tuple[float, int]] = []
        self.errors: list[str] = []
        self.agreed = 0.0
        self.last: int | None = None
        seam.set_sender(lambda canary, body, **options: json.dumps({"result": int(canary["lambda"][1:])}))
        self.ask = seam.function(NAME, lambda: -1)

    def work(self) -> None:
        try:
            for at, number in self._decisions():
                self.samples.append((at, number))
                if self.last is not None and number == self.last:
                    self.agreed = max(self.agreed, at)
                    return
        except Exception as error:
            self.errors.append(repr(error))

    def _decisions(self) -> Iterator[tuple[float, int]]:
        until = float("inf")
        while time.monotonic() < until:
            for _ in range(20):
                at = time.monotonic()
                number = self.ask()
                if number < 0:
                    raise AssertionError("legacy did it, at 100 percent")
            yield at, number
            if self.last is None and self.stop.exists():
                text = self.stop.read_text()
                self.last = int(text) if text else None
                until = time.monotonic() + 60
            time.sleep(0.02)  # the machine is not this test's alone
        raise AssertionError("the last weights were never followed")

    def told(self) -> str:
        counts = {outcome: number for (_, outcome), number in self.seam.counts().items() if outcome != "answered"}
        errors = [*self.errors, *(f"{outcome}: {number}" for outcome, number in counts.items())]
        return json.dumps({"samples": self.samples, "errors": errors, "agreed": self.agreed})


def _decide(folder: Path, processes: int, threads: int, look_s: float) -> int:
    seam = _module(folder)
    seam.LOOK_EVERY_S = look_s

    def on_threads(work: Callable[[], None]) -> None:
        running = [threading.Thread(target=work) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    def on_a_loop(work: Callable[[], None]) -> None:
        async def run() -> None:
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(threads) as pool:
                await asyncio.gather(*(loop.run_in_executor(pool, work) for _ in range(threads)))

        asyncio.run(run())

    children = []
    for number in range(processes + 1):
        child = os.fork()
        if child == 0:
            deciding = _Deciding(seam, folder)
            _say("ready")
            (on_threads if number < processes else on_a_loop)(deciding.work)
            _say(deciding.told())
            os._exit(0)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def _say(line: str) -> None:
    """One line, whole: the processes have one pipe, which takes what is long in parts."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data = (line + "\n").encode()
        while data:
            data = data[os.write(1, data) :]


def _fire(folder: Path, instants: int, number: int) -> int:
    seam = _module(folder)
    seam.LOOK_EVERY_S = 0.05
    now = [0]
    seam.time = type("Clock", (), {"time": staticmethod(lambda: BASE + now[0] * EVERY_S + 1.0)})
    with (folder / f"runs-{number}").open("w") as runs:
        seam.set_sender(lambda canary, body, **options: runs.write(f"canary {_instant(json.loads(body)['id'])}\n"))

        @seam.schedule(NAME)  # type: ignore[untyped-decorator]
        def nightly() -> None:
            runs.write(f"legacy {now[0]}\n")

        for instant in range(instants):
            now[0] = instant
            nightly()
    return 0


def _instant(id: str) -> int:
    return (int(id.rpartition("@")[2]) - BASE) // EVERY_S


if __name__ == "__main__":
    where = Path(sys.argv[2])
    if sys.argv[1] == "decide":
        sys.exit(_decide(where, int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
    sys.exit(_fire(where, int(sys.argv[3]), int(sys.argv[4])))
