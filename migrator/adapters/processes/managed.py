"""Starts a program behind its guardian and ends it.

In: a command line, an environment, a folder, a log file. Out: a `ManagedProcess`. How the program
and all it has started are ended for certain stands in `guardian`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.adapters.processes import guardian
from migrator.adapters.processes.waiting import wait_until
from migrator.errors import RemoteError

_ORPHAN_GRACE_S = 1.0
_GUARDIAN_DEADLINE_S = 20.0
# The guardian gives up on what cannot be killed after 10 s; a little more than that is left to it.
_AFTER_GRACE_S = 12.0
_TAIL_BYTES = 16 * 1024


class ManagedProcess:
    """A running program, ended with all its descendants.

    Attributes:
        name: what it is called in messages.
        pid: of the program itself, not of its guardian.
        log: where its output goes, or None where it is dropped.
    """

    def __init__(self, name: str, pid: int, log: Path | None, guard: subprocess.Popen[bytes], life_line: int) -> None:
        self.name = name
        self.pid = pid
        self.log = log
        self._guard = guard
        self._life_line: int | None = life_line
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """The exit status (negative: the signal that ended it), or None while it runs."""
        return self._guard.poll()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.poll() is None

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end and return the exit status.

        Raises:
            TimeoutError: it still runs.
        """
        try:
            return self._guard.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"{self.name} still runs after {timeout_s} s") from error

    def wait_until(self, predicate: Callable[[], bool], deadline_s: float, *, what: str = "ready") -> None:
        """Wait until the program is as the predicate says.

        Raises:
            RemoteError: it ended first, or the deadline (seconds from now) passed; its last output is in the hint.
        """
        if wait_until(lambda: predicate() or not self.running, deadline_s) and self.running:
            return
        status = self.poll()
        reason = f"was not {what} within {deadline_s:g} s" if status is None else f"ended with status {status}"
        raise RemoteError(f"{self.name} {reason}", hint=self._last_words(), retryable=True)

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log, or an empty string."""
        if self.log is None:
            return ""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _last_words(self) -> str:
        words = self.tail(8)
        return f"its last output ({self.log}):\n{words}" if words else ""

    def stop(self, grace_s: float = 5.0) -> int:
        """End it: TERM to its process group, after `grace_s` seconds KILL to it and all its descendants.

        Returns when nothing of it is left, with the exit status; does nothing more when called again.
        """
        with self._lock:
            line, self._life_line = self._life_line, None
            if line is not None:
                with contextlib.suppress(BrokenPipeError):
                    os.write(line, f"stop {grace_s:g}\n".encode())
                os.close(line)
            try:
                return self._guard.wait(grace_s + _AFTER_GRACE_S)
            except subprocess.TimeoutExpired:
                # The guardian itself is stuck or stopped: what is left is to end the program by force.
                for pid in (self.pid, self._guard.pid):
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(pid, signal.SIGKILL)
                return self._guard.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    argv: Sequence[str],
    *,
    name: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    errors: Path | None = None,
) -> ManagedProcess:
    """Start a program in a session of its own, without a terminal and with nothing on its standard input.

    Args:
        argv: the program, found on the PATH of `env` unless it is a path, and its arguments.
        name: what to call it in messages.
        env: its whole environment; None for ours.
        log: file to which its output and errors are appended; None drops both.
        errors: file to which its errors are appended instead.

    Raises:
        RemoteError: it could not be started.
    """
    life_line_end, life_line = os.pipe()
    status, status_end = os.pipe()
    try:
        with contextlib.ExitStack() as files:
            output = files.enter_context(open(os.devnull if log is None else log, "ab"))  # noqa: PTH123
            apart = files.enter_context(errors.open("ab")) if errors is not None else subprocess.STDOUT
            guard = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    guardian.__file__,
                    str(os.getpid()),
                    str(status_end),
                    str(_ORPHAN_GRACE_S),
                    *argv,
                ],
                stdin=life_line_end,
                stdout=output,
                stderr=apart,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                pass_fds=(status_end,),
            )
    except OSError as error:
        for descriptor in (life_line, status):
            os.close(descriptor)
        raise RemoteError(f"{name} could not be started: {error}") from error
    finally:
        os.close(life_line_end)
        os.close(status_end)
    word = _read_line(status)
    kind, _, detail = word.partition(" ")
    if kind == "started":
        return ManagedProcess(name, int(detail), log, guard, life_line)
    os.close(life_line)
    guard.kill()
    guard.wait()
    raise RemoteError(f"{name} could not be started: {argv[0]}: {detail or 'its guardian ended at once'}")


def _read_line(descriptor: int) -> str:
    """The guardian's only line; an empty string when it ended, or was stuck, before it said anything."""
    try:
        readable, _, _ = select.select([descriptor], [], [], _GUARDIAN_DEADLINE_S)
        return os.read(descriptor, 4096).decode("utf-8", errors="replace").strip() if readable else ""
    finally:
        os.close(descriptor)
