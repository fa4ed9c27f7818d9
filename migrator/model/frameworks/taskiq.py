"""Taskiq: tasks of a broker."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="taskiq",
    rules=(
        JobRule(
            ("taskiq.AsyncBroker.task", "taskiq.async_shared_broker.task"),
            TriggerKind.QUEUE,
            key="task",
            says=((0, "task_name"),),
        ),
    ),
    wrappers=dict.fromkeys(
        ("taskiq.AsyncBroker.task", "taskiq.async_shared_broker.task"), "taskiq.AsyncTaskiqDecoratedTask"
    ),
    examples=(
        Example(
            """
from taskiq import InMemoryBroker
broker = InMemoryBroker()
@broker.task
async def plain(): ...
@broker.task(task_name="own")
async def named(): ...
""",
            {"app.plain": ("queue app.plain",), "app.named": ("queue own",)},
        ),
    ),
)
