"""Events of Celery's workers, as `celery events --dump` prints them or as one JSON object a line.

In: lines. Out: runs. Celery sends the events where a worker is started with `--task-events`. The names are those of the
page "Monitoring and Management Guide", "Event Reference"; the printed form is that of `celery.events.dumper`. A worker's
own events, such as its heartbeat, tell of no call. What a run carries is not told: arguments are cut to 1,024
characters in events (`celery.app.amqp.AMQP.argsrepr_maxsize`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from migrator.adapters.traffic_logs.celery_runs import Tasks
from migrator.adapters.traffic_logs.formats import DamagedLine, Example
from migrator.adapters.traffic_logs.json_lines import object_of
from migrator.adapters.traffic_logs.timestamps import any_time, iso_time
from migrator.domain.records import Record, Run

_LINE: Final = re.compile(r"\S+ \[([0-9T:.+ -]{19,40})\] ([a-z][a-z -]*)(?::(.*))?\Z", re.DOTALL)
_TASK: Final = re.compile(r" ([^\s()]{1,500})\(([^\s()]{1,500})\) args=", re.DOTALL)
_RUNTIME: Final = re.compile(r"[ ,]runtime=([0-9]{1,9}(?:\.[0-9]{1,20})?(?:e-[0-9]{1,3})?)(?:,|\Z)")
_LONGEST_NAME: Final = 500  # characters; a task's id has 36
_SAID_BY_THE_PROGRAM: Final = "-> "

_AT: Final = 1_763_632_800.0  # 2025-11-20T10:00:00Z
_ID: Final = "0b5c4e5e-7b0a-4ff8-a1d2-6f8c8c1b9f7d"
_NAME: Final = "shop.tasks.mail.send"


@dataclass(slots=True)
class _Reader:
    _tasks: Tasks = field(default_factory=Tasks)
    _unknown: int = 0

    @property
    def nameless(self) -> int:
        return self._tasks.nameless + self._unknown

    def read(self, line: str) -> Sequence[Record]:
        return self._object(object_of(line)) if line.startswith("{") else self._printed(line)

    def finish(self) -> Sequence[Record]:
        return self._tasks.finish()

    def _object(self, event: Any) -> Sequence[Record]:
        kind, uuid, name = event.get("type"), event.get("uuid"), event.get("name")
        if not isinstance(kind, str):
            raise DamagedLine("an event without a type")
        if not kind.startswith("task-"):
            return ()
        if not isinstance(uuid, str) or len(uuid) > _LONGEST_NAME:
            raise DamagedLine("an event of a task without its uuid")
        runtime = event.get("runtime")
        told = isinstance(runtime, int | float) and not isinstance(runtime, bool) and 0 <= runtime < 1e9
        return self._tasks.take(
            kind.removeprefix("task-"),
            uuid,
            name if isinstance(name, str) and len(name) <= _LONGEST_NAME else "",
            any_time(event.get("timestamp")),
            float(runtime) if told else None,
        )

    def _printed(self, line: str) -> Sequence[Record]:
        found = _LINE.match(line)
        at = iso_time(found[1]) if found else None
        if found is None or at is None:
            if line.startswith(_SAID_BY_THE_PROGRAM):
                return ()
            raise DamagedLine("not a line of celery events --dump")
        kind, rest = found[2], found[3] or ""
        if not kind.startswith("task "):
            return ()
        event = kind.removeprefix("task ")
        task = _TASK.match(rest)
        # Fields stand in the order of their names; what the task returned comes before, and may say anything.
        runtime = next(iter(_RUNTIME.findall(rest)[-1:]), None)
        if task is None:
            self._unknown += event in ("succeeded", "failed", "retried")
            return ()
        return self._tasks.take(event, task[2], task[1], at, float(runtime) if runtime else None)


@dataclass(frozen=True, slots=True)
class _CeleryEvents:
    name: str = "celery"
    title: str = "events of Celery's workers (celery events --dump, or lines of JSON)"
    whole_of: str = "celery"
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        if line.startswith("{"):
            try:
                kind = object_of(line).get("type")
            except DamagedLine:
                return False
            return isinstance(kind, str) and kind.startswith(("task-", "worker-"))
        found = _LINE.match(line)
        return found is not None and iso_time(found[1]) is not None

    def reader(self) -> _Reader:
        return _Reader()


def _events(*events: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    return tuple(json.dumps({"type": kind, "uuid": _ID, "timestamp": _AT, **more}) for kind, more in events)


_PRINTED: Final = f"{_NAME}({_ID}) args=(7,) kwargs={{}}"
_TIME: Final = "2025-11-20 10:00:00+00:00"

FORMAT = _CeleryEvents(
    examples=(
        Example(
            "celery events --dump",
            (
                "-> evdump: starting capture...",
                f"celery@w1 [{_TIME}] heartbeat: active=0, clock=11, freq=2.0, loadavg=[0.1, 0.2, 0.3]",
                f"celery@w1 [{_TIME}] task received: {_PRINTED} clock=12, eta=None, retries=0",
                f"celery@w1 [{_TIME}] task started: {_PRINTED} clock=13, pid=41",
                f"celery@w1 [{_TIME}] task succeeded: {_PRINTED} clock=14, result=' runtime=9,', runtime=0.25, utcoffset=0",
            ),
            (Run(_AT, (_NAME,), 0.25, False),),
        ),
        Example(
            "a task that the dump does not know by name, since it began before",
            (f"celery@w1 [{_TIME}] task succeeded:  clock=14, result='None', runtime=0.25, utcoffset=0",),
            (),
        ),
        Example(
            "lines of JSON: a first try that failed, and a second that did not",
            _events(
                ("task-received", {"name": _NAME, "args": "(7,)", "kwargs": "{}"}),
                ("task-started", {"pid": 41}),
                ("task-retried", {"exception": "OSError()"}),
                ("task-received", {"name": _NAME, "args": "(7,)", "kwargs": "{}"}),
                ("task-succeeded", {"runtime": 0.25, "result": "None"}),
            ),
            (Run(_AT, (_NAME,), None, True), Run(_AT, (_NAME,), 0.25, False)),
        ),
        Example(
            "a task that has not ended",
            _events(("task-received", {"name": _NAME}), ("task-started", {"pid": 41})),
            (Run(_AT, (_NAME,)),),
        ),
        Example(
            "a task that never ran",
            _events(("task-received", {"name": _NAME}), ("task-revoked", {"terminated": False})),
            (),
        ),
    )
)
