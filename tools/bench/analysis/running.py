"""One program from its start to its end: seconds, and memory together with what it starts.

In: a command. Out: `Run`. Memory is the sum of the proportional set sizes (`Pss` of /proc/PID/smaps_rollup, kB; proc(5)): a page
that several processes share counts once. Linux only.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import descendants

_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """What a program took.

    Attributes:
        wall_s: seconds by the clock.
        cpu_s: seconds of processors, of all its processes.
        peak_mb: most memory of all its processes at one time, in megabytes; 0 where it was not looked at.
        out: what it wrote to stdout.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    out: str


def run(arguments: Sequence[str], *, environment: Mapping[str, str], memory: bool = False) -> Run:
    """Run a module of the running Python with arguments.

    Raises:
        subprocess.CalledProcessError: it fails; what it said stands on stderr.
    """
    before = _children_cpu_s()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, env=dict(environment)
    )
    watch = _Watch(process.pid)
    if memory:
        watch.start()
    try:
        out, _ = process.communicate()
    finally:
        process.kill()  # Ctrl-C leaves nothing behind
        watch.stop()
    wall_s = time.perf_counter() - began
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Run(wall_s, _children_cpu_s() - before, watch.peak_kb * 1024 / 1e6, out)


class _Watch(threading.Thread):
    """Looks at the memory of a process and all below it now and then."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.peak_kb = 0

    def run(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self.peak_kb = max(self.peak_kb, sum(map(_pss_kb, {self._pid, *descendants(self._pid)})))

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        if self.is_alive():
            self.join()


def _pss_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass  # it has ended meanwhile
    return 0


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
