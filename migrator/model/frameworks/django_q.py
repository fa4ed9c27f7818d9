"""Django Q: functions handed over by reference or dotted text, and their timetable."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="django-q",
    rules=(
        JobRule(("django_q.tasks.async_task",), TriggerKind.QUEUE, functions=((0, "func"), (-1, "hook")), key="task"),
        JobRule(
            ("django_q.tasks.schedule",),
            TriggerKind.SCHEDULE,
            functions=((0, "func"),),
            key="expression",
            says=((-1, "cron"), (-1, "schedule_type"), (-1, "minutes")),
        ),
    ),
    examples=(
        Example(
            """
from django_q.tasks import async_task, schedule
def given(): ...
def named(): ...
def view():
    async_task(given)
    async_task("app.named")
    schedule("app.named", schedule_type="C", cron="0 4 * * *")
""",
            {"app.given": ("queue app.given",), "app.named": ("queue app.named", "schedule 0 4 * * *")},
        ),
    ),
)
