"""Puts the events of a task together: only some of them say what it is called, and another one how long it took.

In: events, in any order. Out: runs. At most `REMEMBERED` tasks are kept in mind at a time, those of the latest events:
events of one task that lie further apart are not joined.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.domain.records import Run

REMEMBERED: Final = 100_000
"""Tasks; each takes some 400 bytes."""

BEGUN: Final = frozenset({"received", "started"})
ENDED: Final = frozenset({"succeeded", "failed"})
_TOLD: Final = frozenset({*ENDED, "retried"})
"""Events that each tell of one run: a try that asks for another one is a run, too, and a failed one."""
_MOST_WAITING: Final = 1_000  # tries of one task whose name has not come
_NEVER: Final = frozenset({"revoked", "rejected"})


@dataclass(slots=True)
class _Task:
    name: str = ""
    began: float | None = None
    has_begun: bool = False
    waiting: list[tuple[float | None, float | None, bool]] = field(default_factory=list)
    over: bool = False
    told: bool = False


@dataclass(slots=True)
class Tasks:
    """The tasks of which events have come."""

    nameless: int = 0
    _tasks: OrderedDict[str, _Task] = field(default_factory=OrderedDict)

    def take(self, event: str, uuid: str, name: str, at: float | None, runtime: float | None) -> Sequence[Run]:
        """The runs that are told of with this event and not before.

        Args:
            event: without its `task-`.
            name: of the task, where the event says it.
            runtime: seconds, where the event says it.
        """
        task = self._tasks.get(uuid)
        if task is None:
            task = self._tasks[uuid] = _Task()
        else:
            self._tasks.move_to_end(uuid)
        task.name = task.name or name
        if event in BEGUN:
            task.has_begun = True
            task.began = min((time for time in (task.began, at) if time is not None), default=None)
        elif event in _TOLD and len(task.waiting) >= _MOST_WAITING:
            self.nameless += 1
        elif event in _TOLD:
            task.waiting.append((at, runtime, event != "succeeded"))
        task.over = task.over or event in ENDED or event in _NEVER
        runs = self._told(task)
        if len(self._tasks) > REMEMBERED:
            _, oldest = self._tasks.popitem(last=False)
            return (*runs, *self._forgotten(oldest))
        return runs

    def finish(self) -> Sequence[Run]:
        """The runs of which no event tells the end."""
        runs = [run for task in self._tasks.values() for run in self._forgotten(task)]
        self._tasks.clear()
        return runs

    def _told(self, task: _Task) -> Sequence[Run]:
        if not task.waiting or not task.name:
            return ()
        runs = [Run(at, (task.name,), runtime, failed) for at, runtime, failed in task.waiting]
        task.waiting.clear()
        task.told = True
        return runs

    def _forgotten(self, task: _Task) -> Sequence[Run]:
        if not task.name:
            self.nameless += len(task.waiting) or int(task.has_begun and not task.over)
            return ()
        if task.has_begun and not task.over and not task.told:
            return (Run(task.began, (task.name,)),)
        return ()
