"""Terminals in which a page is followed: one shell each, in one folder, for as long as the page lasts.

In: commands. Out: what they said, both streams together, and how they ended. Nobody sits before them: a command that asks
gets no answer. All that was started ends with the terminals.
"""

from __future__ import annotations

import os
import queue
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Terminal:
    """A shell that is told one command after the other.

    Args:
        prefix: of the command that starts it.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], prefix: Sequence[str] = ()) -> None:
        self._mark = f"end-{secrets.token_hex(8)}"
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            [*prefix, "bash", "--norc", "--noprofile"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process of the shell."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(patience)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._process.wait(5)
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def begin(self, command: str) -> None:
        """Type a command; what it says is read by `output`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n%s %d\\n' {self._mark} $?\n")
        self._process.stdin.flush()

    def output(self, patience_s: float, until: str | None = None) -> tuple[str, int | None]:
        """What the last command says until it has ended, with its exit code.

        Args:
            until: a text that is enough to go on, since the command itself does not end.

        Raises:
            TimeoutError: neither comes.
        """
        ends = time.monotonic() + patience_s
        said: list[str] = []
        while True:
            try:
                line = self._lines.get(timeout=max(ends - time.monotonic(), 0.001))
            except queue.Empty:
                raise TimeoutError("".join(said)) from None
            if line is None:
                raise TimeoutError("the shell has ended: " + "".join(said))
            if line.startswith(self._mark):
                # The mark's own line end comes before it.
                return "".join(said).removesuffix("\n"), int(line.split()[1])
            said.append(line)
            if until is not None and until in line:
                return "".join(said), None
