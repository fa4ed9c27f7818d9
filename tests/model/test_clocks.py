"""Whether a task that a clock starts is a job of the queue as well."""

from __future__ import annotations

import pytest

from tests.support.programs import model_of

BY_CODE = """
from celery import Celery, signature
from django.db import transaction
app = Celery("x")
@app.task(autoretry_for=(OSError,))
def f(): ...
@app.on_after_finalize.connect
def timetable(sender, **kwargs):
    sender.add_periodic_task(60, f.s(), name="f")
"""


def kinds(source: str) -> list[str]:
    [found] = [candidate for candidate in model_of(source).candidates if candidate.name == "app.f"]
    return [trigger.kind.value for trigger in found.triggers]


def test_a_task_that_code_hands_to_the_clock_is_the_clocks_alone() -> None:
    assert kinds(BY_CODE) == ["schedule"]
    assert {effect.value for effect in model_of(BY_CODE).effects("app.f")} == {"enqueue"}


@pytest.mark.parametrize(
    "sends",
    [
        "def g(): f.delay()",
        "def g(): transaction.on_commit(f.delay)",
        "def g(): (f.s() | f.s()).apply_async()",
        "app.conf.beat_schedule = {'f': {'task': 'app.f', 'schedule': 5}}",
    ],
)
def test_a_task_that_something_sends_is_the_queues_too(sends: str) -> None:
    assert set(kinds(f"{BY_CODE}{sends}\n")) == {"queue", "schedule"}


def test_a_task_of_the_settings_timetable_is_both() -> None:
    source = (
        "from celery import Celery\napp = Celery('x')\n@app.task\ndef f(): ...\n"
        "app.conf.beat_schedule = {'f': {'task': 'app.f', 'schedule': 5}}\n"
    )
    assert kinds(source) == ["queue", "schedule"]
