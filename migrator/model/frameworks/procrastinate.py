"""Procrastinate: tasks of an application or blueprint, and their periods."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_OWNERS = ("procrastinate.App", "procrastinate.Blueprint", "procrastinate.blueprints.Blueprint")

FRAMEWORK = JobLibrary(
    name="procrastinate",
    rules=(
        JobRule(tuple(f"{owner}.task" for owner in _OWNERS), TriggerKind.QUEUE, key="task", says=((-1, "name"),)),
        JobRule(
            tuple(f"{owner}.periodic" for owner in _OWNERS),
            TriggerKind.SCHEDULE,
            key="expression",
            says=((-1, "cron"),),
        ),
    ),
    wrappers={f"{owner}.task": "procrastinate.tasks.Task" for owner in _OWNERS},
    examples=(
        Example(
            """
import procrastinate
app = procrastinate.App(connector=procrastinate.PsycopgConnector())
@app.task(queue="sums")
def add(a, b): ...
@app.periodic(cron="*/5 * * * *")
@app.task(name="tick")
def tick(timestamp): ...
""",
            {"app.add": ("queue app.add",), "app.tick": ("queue tick", "schedule */5 * * * *")},
        ),
    ),
)
