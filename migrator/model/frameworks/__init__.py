"""Plug-ins that find triggers, one small file for each framework, listed once, independent of each other.

Each has the shape of `migrator.model.registrations.Framework` and carries its own examples, which are its tests
and its documentation.
"""

from migrator.model.frameworks import (
    amqp,
    apscheduler,
    arq,
    aws_lambda,
    blinker_signals,
    celery_schedules,
    celery_signals,
    celery_tasks,
    chalice,
    click_commands,
    django_commands,
    django_q,
    django_tasks,
    dramatiq,
    faust,
    flask,
    huey,
    kinesis,
    procrastinate,
    rq,
    schedule_library,
    sqlalchemy_events,
    taskiq,
)
from migrator.model.registrations import Framework

FRAMEWORKS: tuple[Framework, ...] = (
    amqp.FRAMEWORK,
    apscheduler.FRAMEWORK,
    arq.FRAMEWORK,
    aws_lambda.FRAMEWORK,
    blinker_signals.FRAMEWORK,
    celery_schedules.FRAMEWORK,
    celery_signals.FRAMEWORK,
    celery_tasks.FRAMEWORK,
    chalice.FRAMEWORK,
    click_commands.FRAMEWORK,
    django_commands.FRAMEWORK,
    django_q.FRAMEWORK,
    django_tasks.FRAMEWORK,
    dramatiq.FRAMEWORK,
    faust.FRAMEWORK,
    flask.FRAMEWORK,
    huey.FRAMEWORK,
    kinesis.FRAMEWORK,
    procrastinate.FRAMEWORK,
    rq.FRAMEWORK,
    schedule_library.FRAMEWORK,
    sqlalchemy_events.FRAMEWORK,
    taskiq.FRAMEWORK,
)

__all__ = ["FRAMEWORKS", "Framework"]
