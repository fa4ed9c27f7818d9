"""Plug-ins that find triggers, one small file for each framework, listed once, independent of each other.

Each has the shape of `migrator.model.registrations.Framework` and carries its own examples, which are its tests
and its documentation.
"""

from migrator.model.frameworks import (
    blinker_signals,
    celery_schedules,
    celery_signals,
    celery_tasks,
    click_commands,
    django_commands,
    flask,
    sqlalchemy_events,
)
from migrator.model.registrations import Framework

FRAMEWORKS: tuple[Framework, ...] = (
    blinker_signals.FRAMEWORK,
    celery_schedules.FRAMEWORK,
    celery_signals.FRAMEWORK,
    celery_tasks.FRAMEWORK,
    click_commands.FRAMEWORK,
    django_commands.FRAMEWORK,
    flask.FRAMEWORK,
    sqlalchemy_events.FRAMEWORK,
)

__all__ = ["FRAMEWORKS", "Framework"]
