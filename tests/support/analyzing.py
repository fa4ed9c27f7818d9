"""An analysis as a program of its own, in a process group of its own, that is stopped in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def large_repository(folder: Path, modules: int = 40) -> Path:
    """One that takes a minute, and with 12 modules some seconds; its files are read by several processes."""
    folder.mkdir(parents=True)
    body = "\n".join(f"def f{number}(x):\n    return g{number}(x) + [y for y in x]" for number in range(3_000))
    for number in range(modules):
        (folder / f"m{number}.py").write_text(body, encoding="utf-8")
    return folder


@contextmanager
def analyzing(*folders: Path, arguments: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """An analysis by two processes that has started its workers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "migrator", "analyze", *map(str, folders), "--jobs", "2", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not children(process.pid) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert children(process.pid), "no workers were started"
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def assert_group_ends(group: int) -> None:
    """Nothing of a process group is left after some seconds."""
    deadline = time.monotonic() + 10
    while _group_alive(group) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _group_alive(group)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def _group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
