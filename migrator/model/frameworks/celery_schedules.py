"""Celery beat: entries of its timetable, wherever they are written.

As dicts with a `task` and a `schedule`, as calls of `add_periodic_task`, by `@periodic_task`, and by bodies that put
what they register into `beat_schedule` themselves. How they are found stands in `migrator.model.celery_clock`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.model.celery_clock import BY_NAME, DECORATORS, PERIODIC, SIGNATURES, Tasks, by_code, in_settings
from migrator.model.registrations import Example, Program, Registration


@dataclass(frozen=True, slots=True)
class _CelerySchedules:
    name: str = "celery beat"
    interests: tuple[str, ...] = (
        *PERIODIC,
        *DECORATORS,
        *SIGNATURES,
        *BY_NAME,
        "celery.Celery.add_periodic_task",
    )
    wrappers: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys((*DECORATORS, *PERIODIC), "celery.Task"))
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        tasks = Tasks(program)
        yield from in_settings(program, tasks)
        yield from by_code(program, tasks)


FRAMEWORK = _CelerySchedules(
    examples=(
        Example(
            """
from celery import Celery, signature
from celery.schedules import crontab
app = Celery("x")
@app.task
def plain(): ...
@app.task(name="wire.name")
def named(): ...
app.conf.beat_schedule = {
    "one": {"task": "wire.name", "schedule": 30.0},
    "two": {"task": "app.plain", "schedule": crontab(minute=0)},
}
app.conf.beat_schedule["three"] = {"task": plain.name, "schedule": 5}
@app.on_after_finalize.connect
def setup(sender, **kwargs):
    sender.add_periodic_task(crontab(hour=7), plain.s(), name="again")
    app.add_periodic_task(10, signature("wire.name"))
""",
            {
                "app.plain": (
                    "queue app.plain",
                    "schedule 5",
                    "schedule crontab(hour=7)",
                    "schedule crontab(minute=0)",
                ),
                "app.named": ("queue wire.name", "schedule 10", "schedule 30.0"),
                "app.setup": ("signal",),
            },
        ),
        Example(
            {
                "jobs": "from celery import shared_task\n@shared_task()\ndef nightly(): ...\n"
                "@shared_task()\ndef hourly(): ...\n",
                "settings": "import datetime\ndef entry(task):\n    return {'task': task, 'schedule': 9}\n"
                "CELERY_BEAT_SCHEDULE = {'n': {'task': 'jobs.nightly', 'schedule': datetime.timedelta(hours=1)}}\n"
                "CELERY_BEAT_SCHEDULE.update({'h': dict(task='jobs.hourly', schedule=60)})\n",
            },
            {
                "jobs.nightly": ("queue jobs.nightly", "schedule datetime.timedelta(hours=1)"),
                "jobs.hourly": ("queue jobs.hourly", "schedule 60"),
            },
        ),
        Example(
            """
import functools
from celery import Celery
def locked(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)
    return inner
class Own(Celery):
    def periodic_task(self, *args, **kwargs):
        def decorator(f):
            f = locked(f)
            entry = {"schedule": kwargs.pop("run_every")}
            task = self.task(f, *args, **kwargs)
            entry["task"] = task.name
            self.conf["beat_schedule"][task.name] = entry
            return task
        return decorator
app = Own("x")
@app.periodic_task(name="n", run_every=60)
def a(): ...
@app.task
def b(): ...
""",
            {"app.a": ("schedule 60",), "app.b": ("queue app.b",)},
        ),
    )
)
