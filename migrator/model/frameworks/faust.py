"""Faust: agents that read a stream, timers and schedules."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="faust",
    rules=(
        JobRule(("faust.App.agent",), TriggerKind.STREAM, key="event", says=((0, "channel"),)),
        JobRule(("faust.App.timer",), TriggerKind.SCHEDULE, key="expression", says=((0, "interval"),)),
        JobRule(("faust.App.crontab",), TriggerKind.SCHEDULE, key="expression", says=((0, "cron_format"),)),
    ),
    examples=(
        Example(
            """
import faust
app = faust.App("x")
@app.agent("orders")
async def paid(orders):
    async for order in orders: ...
@app.timer(interval=30)
async def tick(): ...
@app.crontab("0 20 * * *")
async def nightly(): ...
""",
            {
                "app.paid": ("stream orders",),
                "app.tick": ("schedule 30",),
                "app.nightly": ("schedule 0 20 * * *",),
            },
        ),
    ),
)
