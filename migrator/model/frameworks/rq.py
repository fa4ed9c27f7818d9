"""RQ and rq-scheduler: functions handed to a queue or scheduler, undecorated or by `@job`; Django-RQ's short forms."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="rq",
    rules=(
        JobRule(("rq.decorators.job", "django_rq.job", "django_rq.decorators.job"), TriggerKind.QUEUE, key="task"),
        JobRule(
            ("rq.Queue.enqueue", "rq.Queue.enqueue_call", "django_rq.enqueue"),
            TriggerKind.QUEUE,
            functions=((0, "f"), (0, "func")),
            key="task",
        ),
        JobRule(
            (
                "rq.Queue.enqueue_at",
                "rq.Queue.enqueue_in",
                "rq_scheduler.Scheduler.enqueue_at",
                "rq_scheduler.Scheduler.enqueue_in",
            ),
            TriggerKind.QUEUE,
            functions=((1, "f"), (1, "func")),
            key="task",
        ),
        JobRule(
            ("rq_scheduler.Scheduler.schedule",),
            TriggerKind.SCHEDULE,
            functions=((1, "func"),),
            key="expression",
            says=((-1, "interval"),),
        ),
        JobRule(
            ("rq_scheduler.Scheduler.cron",),
            TriggerKind.SCHEDULE,
            functions=((1, "func"),),
            key="expression",
            says=((0, "cron_string"),),
        ),
    ),
    wrappers=dict.fromkeys(("rq.decorators.job", "django_rq.job", "django_rq.decorators.job"), "rq.decorators.Job"),
    examples=(
        Example(
            """
import django_rq
from redis import Redis
from rq import Queue
from rq.decorators import job
from rq_scheduler import Scheduler
queue = Queue(connection=Redis())
def plain(order): ...
def later(): ...
def named(): ...
def shorter(): ...
def through(f):
    queue.enqueue(f)
def through_wrapper(): ...
@job("low", connection=Redis())
def decorated(): ...
class Reports:
    def daily(self): ...
def view(when):
    queue.enqueue(plain, 1)
    queue.enqueue_in(when, later)
    queue.enqueue("app.named")
    django_rq.enqueue(shorter)
    django_rq.get_queue("high").enqueue(Reports().daily)
    through(through_wrapper)
def timetable():
    scheduler = Scheduler(connection=Redis())
    scheduler.cron("0 3 * * *", func=later)
    scheduler.schedule(None, plain, interval=60)
""",
            {
                "app.plain": ("queue app.plain", "schedule 60"),
                "app.later": ("queue app.later", "schedule 0 3 * * *"),
                "app.named": ("queue app.named",),
                "app.shorter": ("queue app.shorter",),
                "app.through_wrapper": ("queue app.through_wrapper",),
                "app.decorated": ("queue app.decorated",),
                "app.Reports.daily": ("queue app.Reports.daily",),
            },
        ),
    ),
)
