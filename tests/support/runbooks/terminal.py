"""A person's shell, into which one command is typed after the other; what it has set stays."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

_DONE = "@@done"


@dataclass
class Terminal:
    """A bash.

    Attributes:
        said: every command with its exit code, what it printed, and the seconds that it took.
    """

    folder: Path
    environment: Mapping[str, str]
    said: list[tuple[str, int, str, float]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._others: list[subprocess.Popen[bytes]] = []
        self._shell = self._started("set -o pipefail")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._shell, *self._others):
            end(process)

    def type(self, command: str, *, limit_s: float = 60) -> tuple[int, str]:
        """Its exit code and what it printed, both streams."""
        assert self._shell.stdin is not None and self._shell.stdout is not None
        self._shell.stdin.write(f"{command}\nprintf '\\n{_DONE} %d\\n' $?\n".encode())
        self._shell.stdin.flush()
        began = time.monotonic()
        until, text = began + limit_s, b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._shell.stdout, selectors.EVENT_READ)
            while f"\n{_DONE} ".encode() not in text or not text.endswith(b"\n"):
                assert waiting.select(max(0.0, until - time.monotonic())), f"{command} takes over {limit_s} s: {text!r}"
                part = os.read(self._shell.stdout.fileno(), 65536)
                assert part, f"{command} ended the shell: {text!r}"
                text += part
        said, _, code = text.decode().rpartition(f"\n{_DONE} ")
        self.said.append((command, int(code), said, time.monotonic() - began))
        return int(code), said

    def apart(self, command: str) -> subprocess.Popen[bytes]:
        """The same in a terminal of its own, which goes on."""
        process = self._started("")
        assert process.stdin is not None
        process.stdin.write(f"exec {command}\n".encode())
        process.stdin.flush()
        self._others.append(process)
        return process

    def _started(self, first: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdin is not None
        if first:
            process.stdin.write(f"{first}\n".encode())
        return process


def end(process: subprocess.Popen[bytes]) -> None:
    """End a shell with all that it has started, and take its pipes away."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
