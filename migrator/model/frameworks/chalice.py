"""Chalice: functions that the framework already makes Lambda handlers of."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_APP = "chalice.Chalice"
_BLUEPRINT = "chalice.Blueprint"


def _names(*decorators: str) -> tuple[str, ...]:
    return tuple(f"{owner}.{name}" for owner in (_APP, _BLUEPRINT) for name in decorators)


FRAMEWORK = JobLibrary(
    name="chalice",
    rules=(
        JobRule(_names("route"), TriggerKind.HTTP, key="path", says=((0, "path"),)),
        JobRule(_names("schedule"), TriggerKind.SCHEDULE, key="expression", says=((0, "expression"),)),
        JobRule(_names("on_s3_event"), TriggerKind.OBJECT, key="event", says=((0, "bucket"),)),
        JobRule(_names("on_sqs_message"), TriggerKind.QUEUE, key="task", says=((0, "queue"), (-1, "queue_arn"))),
        JobRule(_names("on_sns_message"), TriggerKind.SIGNAL, key="event", says=((0, "topic"),)),
        JobRule(_names("on_kinesis_record"), TriggerKind.STREAM, key="event", says=((0, "stream"),)),
        JobRule(_names("on_dynamodb_record"), TriggerKind.STREAM, key="event", says=((0, "stream_arn"),)),
        JobRule(_names("on_cw_event"), TriggerKind.SIGNAL),
        JobRule(_names("lambda_function"), TriggerKind.QUEUE, key="task", says=((-1, "name"),)),
    ),
    examples=(
        Example(
            """
from chalice import Chalice
app = Chalice(app_name="x")
@app.route("/orders")
def orders(): ...
@app.schedule("rate(1 hour)")
def hourly(event): ...
@app.on_s3_event(bucket="uploads", events=["s3:ObjectCreated:*"])
def stored(event): ...
@app.on_sqs_message(queue="jobs")
def job(event): ...
@app.on_kinesis_record(stream="clicks")
def clicks(event): ...
""",
            {
                "app.orders": ("http /orders",),
                "app.hourly": ("schedule rate(1 hour)",),
                "app.stored": ("object uploads",),
                "app.job": ("queue jobs",),
                "app.clicks": ("stream clicks",),
            },
        ),
    ),
)
