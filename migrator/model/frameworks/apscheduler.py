"""APScheduler: jobs that are added to a scheduler, by function or text reference, or by decorator."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_SCHEDULER = "apscheduler.schedulers.base.BaseScheduler"

FRAMEWORK = JobLibrary(
    name="apscheduler",
    rules=(
        JobRule(
            (f"{_SCHEDULER}.add_job",),
            TriggerKind.SCHEDULE,
            functions=((0, "func"),),
            key="expression",
            says=((1, "trigger"),),
        ),
        JobRule((f"{_SCHEDULER}.scheduled_job",), TriggerKind.SCHEDULE, key="expression", says=((0, "trigger"),)),
    ),
    examples=(
        Example(
            """
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
def added(): ...
def referred(): ...
class Clock:
    def tick(self): ...
def start():
    scheduler = BackgroundScheduler()
    scheduler.add_job(added, "interval", minutes=5)
    scheduler.add_job("app:referred", trigger=CronTrigger(hour=3))
    scheduler.add_job(Clock().tick, "date")
    @scheduler.scheduled_job("cron", hour=1)
    def decorated(): ...
    scheduler.start()
""",
            {
                "app.added": ("schedule interval",),
                "app.referred": ("schedule CronTrigger(hour=3)",),
                "app.Clock.tick": ("schedule date",),
                "app.start.<locals>.decorated": ("schedule cron",),
            },
        ),
    ),
)
