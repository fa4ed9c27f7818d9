"""Django's tasks framework, its own and the package from which it came."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_DECORATORS = ("django.tasks.task", "django_tasks.task")

FRAMEWORK = JobLibrary(
    name="django tasks",
    rules=(JobRule(_DECORATORS, TriggerKind.QUEUE, functions=((0, "function"),), key="task"),),
    wrappers=dict.fromkeys(_DECORATORS, "django.tasks.Task"),
    examples=(
        Example(
            """
from django.tasks import task
@task
def plain(): ...
@task(priority=2)
def urgent(): ...
def view():
    plain.enqueue()
""",
            {"app.plain": ("queue app.plain",), "app.urgent": ("queue app.urgent",)},
        ),
    ),
)
