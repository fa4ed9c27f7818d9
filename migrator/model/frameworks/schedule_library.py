"""The `schedule` library: `every(...).do(function)` and `@repeat(every(...))`."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="schedule",
    rules=(
        JobRule(("schedule.Job.do",), TriggerKind.SCHEDULE, functions=((0, "job_func"),), key="expression"),
        JobRule(("schedule.repeat",), TriggerKind.SCHEDULE, key="expression", says=((0, "job"),)),
    ),
    examples=(
        Example(
            """
import schedule
def tidy(): ...
schedule.every(10).minutes.do(tidy)
schedule.every().day.at("10:30").do(tidy)
@schedule.repeat(schedule.every(5))
def poll(): ...
""",
            {"app.tidy": ("schedule ", "schedule "), "app.poll": ("schedule schedule.every(5)",)},
        ),
    ),
)
