"""What every check that runs a program of others does: find it, run it in time, read what it wrote.

In: a `Tool` and its arguments. Out: what it wrote, or a `Check` whose outcome is unknown: a program that is missing, hangs,
dies or says something else than it should has found nothing, neither good nor bad.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.adapters.programs import TOOLS, VARIABLE, Ran, find_program, run_program, version_of
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity
from migrator.errors import RemoteError

DEADLINE_S = 180.0
_LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Tool:
    """A program.

    Attributes:
        program: its name on the PATH.
        distribution: what to install for it.
    """

    program: str
    distribution: str

    @property
    def install(self) -> str:
        """How a user gets it."""
        return (
            f"make setup installs it in a checkout; or: python3 -m venv {TOOLS} && {TOOLS}/bin/pip install "
            f"{self.distribution}, and name {TOOLS}/bin in {VARIABLE}"
        )


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs tools until they are done, their time is over, or nobody waits any more.

    Attributes:
        deadline_s: seconds after which a program is ended.
        stopped: set when nobody waits any more.
        find: says where the program of a name is, or None.
    """

    deadline_s: float = DEADLINE_S
    stopped: threading.Event | None = None
    find: Callable[[str], Path | None] = find_program

    def title(self, tool: Tool) -> str:
        """A tool's name with its version, where that is known."""
        path = self.find(tool.program)
        version = version_of(path, tool.distribution) if path is not None else ""
        return f"{tool.program} {version}".strip()

    def run(
        self,
        check: str,
        tool: Tool,
        arguments: Sequence[str],
        *,
        cwd: Path,
        online: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> Ran | Check:
        """Run a tool for a check.

        Args:
            cwd: where it runs; never the service itself, whose files might configure it.
            online: it may ask the network.
            extra: environment variables.
        """
        path = self.find(tool.program)
        if path is None:
            return unknown(check, f"{tool.program} was not found", tool.install)
        argv = [str(path), *arguments]
        try:
            ran = run_program(
                argv, deadline_s=self.deadline_s, cwd=cwd, online=online, extra=extra, stopped=self.stopped
            )
        except RemoteError as error:
            return unknown(check, error.message, error.hint)
        if ran.status is None:
            return unknown(check, f"{tool.program} did not end within {self.deadline_s:g} s and was ended")
        return ran


def unknown(check: str, message: str, hint: str = "") -> Check:
    """A check that could not say anything, and why."""
    return Check(check, CheckOutcome.UNKNOWN, message, (CheckFinding(hint, severity=Severity.NOTE),) if hint else ())


def not_understood(check: str, tool: Tool, ran: Ran) -> Check:
    """A check whose program said something that is not its answer."""
    words = "\n".join((ran.errors.strip() or ran.output.strip()).splitlines()[-_LAST_LINES:])
    return unknown(check, f"{tool.program} gave no answer that can be read (status {ran.status})", words)


def json_of(text: str) -> Any:
    """What a JSON text says, or None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None
