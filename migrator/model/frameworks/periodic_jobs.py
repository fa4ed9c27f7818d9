"""Small libraries of clocks: each a decorator or a call with the function that it runs again and again."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="periodic jobs",
    rules=(
        JobRule(
            (
                "flask_apscheduler.APScheduler.task",
                "fastapi_utils.tasks.repeat_every",
                "fastapi_utilities.repeat_every",
                "uwsgidecorators.cron",
                "uwsgidecorators.timer",
                "rocketry.Rocketry.task",
            ),
            TriggerKind.SCHEDULE,
            key="expression",
            says=((-1, "cron"), (0, "trigger"), (0, "seconds"), (0, "start_cond")),
        ),
        JobRule(
            ("aiocron.crontab",),
            TriggerKind.SCHEDULE,
            functions=((1, "func"),),
            key="expression",
            says=((0, "spec"),),
        ),
        JobRule(
            ("flask_apscheduler.APScheduler.add_job",),
            TriggerKind.SCHEDULE,
            functions=((1, "func"),),
            key="expression",
            says=((-1, "trigger"),),
        ),
        JobRule(
            ("tornado.ioloop.PeriodicCallback",),
            TriggerKind.SCHEDULE,
            functions=((0, "callback"),),
            key="expression",
            says=((1, "callback_time"),),
        ),
        JobRule(("twisted.internet.task.LoopingCall",), TriggerKind.SCHEDULE, functions=((0, "f"),), key="expression"),
    ),
    examples=(
        Example(
            """
import aiocron
from fastapi_utils.tasks import repeat_every
from flask_apscheduler import APScheduler
from tornado.ioloop import PeriodicCallback
from twisted.internet.task import LoopingCall
scheduler = APScheduler()
@scheduler.task("interval", id="a", seconds=30)
def a(): ...
@repeat_every(seconds=60)
async def b(): ...
@aiocron.crontab("0 3 * * *")
async def c(): ...
def d(): ...
class Clock:
    def start(self):
        self.pulse = PeriodicCallback(self.tick, 1000)
        LoopingCall(d).start(5)
    def tick(self): ...
""",
            {
                "app.a": ("schedule interval",),
                "app.b": ("schedule 60",),
                "app.c": ("schedule 0 3 * * *",),
                "app.d": ("schedule ",),
                "app.Clock.tick": ("schedule 1000",),
            },
        ),
    ),
)
