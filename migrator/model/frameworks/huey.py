"""Huey: tasks and periodic tasks of an instance, and of its Django integration."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_TASKS = (
    "huey.api.Huey.task",
    "huey.contrib.djhuey.task",
    "huey.contrib.djhuey.db_task",
    "huey.contrib.djhuey.on_commit_task",
)
_PERIODIC = (
    "huey.api.Huey.periodic_task",
    "huey.contrib.djhuey.periodic_task",
    "huey.contrib.djhuey.db_periodic_task",
)

FRAMEWORK = JobLibrary(
    name="huey",
    rules=(
        JobRule(_TASKS, TriggerKind.QUEUE, key="task", says=((-1, "name"),)),
        JobRule(_PERIODIC, TriggerKind.SCHEDULE, key="expression", says=((0, "validate_datetime"),)),
    ),
    wrappers=dict.fromkeys((*_TASKS, *_PERIODIC), "huey.api.TaskWrapper"),
    examples=(
        Example(
            """
from huey import RedisHuey, crontab
from huey.contrib.djhuey import db_task
huey = RedisHuey("x")
@huey.task(retries=2)
def plain(): ...
@huey.periodic_task(crontab(minute="0"))
def hourly(): ...
@db_task()
def saved(): ...
""",
            {
                "app.plain": ("queue app.plain",),
                "app.hourly": ("schedule crontab(minute='0')",),
                "app.saved": ("queue app.saved",),
            },
        ),
    ),
)
