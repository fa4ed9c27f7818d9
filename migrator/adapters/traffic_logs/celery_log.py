"""What Celery's workers log of each task that ended, at the level INFO.

In: lines. Out: runs. The messages are those of `celery.app.trace` (`LOG_SUCCESS`, `LOG_FAILURE`, `LOG_RETRY` and their
relatives), whatever format the log has around them. The rest of a worker's log, such as tracebacks and what tasks say
themselves, tells of no call. How long a failed run took is not logged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from migrator.adapters.traffic_logs.formats import Example
from migrator.adapters.traffic_logs.timestamps import iso_time
from migrator.domain.records import Record, Run

_TASK: Final = re.compile(
    r"\bTask ([^\s\[\]]+)\[[^\s\[\]]+\] "
    r"(?:(received)|(succeeded) in ([0-9]{1,9}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?)s: |(ignored)\Z"
    r"|(?:retry|raised expected|raised unexpected|INTERNAL ERROR): )"
)
_TIME: Final = re.compile(r"\[?([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2})")
_WORKER: Final = re.compile(r"\A -------------- celery@|[ /](?:MainProcess|ForkPoolWorker-[0-9]+)\] ")
"""The banner, and the default format of the log."""

_AT: Final = 1_763_632_800.0  # 2025-11-20T10:00:00Z
_ID: Final = "0b5c4e5e-7b0a-4ff8-a1d2-6f8c8c1b9f7d"


@dataclass(frozen=True, slots=True)
class _Reader:
    nameless: int = 0

    def read(self, line: str) -> Sequence[Record]:
        found = _TASK.search(line)
        if found is None or found[2]:
            return ()
        time = _TIME.match(line)
        succeeded, seconds = bool(found[3]), found[4]
        failed = not succeeded and not found[5]
        return (Run(iso_time(time[1]) if time else None, (found[1],), float(seconds) if seconds else None, failed),)

    def finish(self) -> Sequence[Record]:
        return ()


@dataclass(frozen=True, slots=True)
class _CeleryLog:
    name: str = "celery-log"
    title: str = "log of Celery's workers at the level INFO"
    whole_of: str = ""  # at another level, and WARNING is the default, it has only some of the runs
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        return _TASK.search(line) is not None or _WORKER.search(line) is not None

    def reader(self) -> _Reader:
        return _Reader()


def _line(message: str, level: str = "INFO") -> str:
    return f"[2025-11-20 10:00:00,123: {level}/ForkPoolWorker-2] Task shop.tasks.mail.send[{_ID}] {message}"


FORMAT = _CeleryLog(
    examples=(
        Example(
            "a run that succeeded, with the banner before it",
            (
                " -------------- celery@w1 v5.7.0 (immunity)",
                "[tasks]",
                "  . shop.tasks.mail.send",
                "[2025-11-20 10:00:00,000: INFO/MainProcess] celery@w1 ready.",
                _line("received").replace("ForkPoolWorker-2", "MainProcess"),
                _line("succeeded in 0.25s: 'Task x[y] succeeded in 9s: '"),
            ),
            (Run(_AT, ("shop.tasks.mail.send",), 0.25, False),),
        ),
        Example(
            "a try that asks for another one, a run that failed with its traceback, one that was ignored",
            (
                _line("retry: Retry in 180s"),
                _line("raised unexpected: OSError('gone')", "ERROR"),
                "Traceback (most recent call last):",
                "OSError: gone",
                _line("ignored"),
            ),
            (
                Run(_AT, ("shop.tasks.mail.send",), None, True),
                Run(_AT, ("shop.tasks.mail.send",), None, True),
                Run(_AT, ("shop.tasks.mail.send",), None, False),
            ),
        ),
        Example(
            "another format of the log, without a time",
            (f"INFO celery.app.trace Task shop.tasks.mail.send[{_ID}] succeeded in 1.5e-05s: None",),
            (Run(None, ("shop.tasks.mail.send",), 1.5e-05, False),),
        ),
    )
)
