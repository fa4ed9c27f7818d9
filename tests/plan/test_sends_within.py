"""Code of a slice that sends the very task that was cut out, which has lost its registration."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.checks import generated_tests
from migrator.artifacts import make_artifacts, write
from migrator.domain.checks import CheckOutcome
from migrator.domain.plans import Strategy
from tests.support.jobs import becomes, planned_job, reason

CELERY = """
from celery import Celery
from later import put_off
app = Celery("x", broker="memory://")

@app.task
def work(left: int):
    if left:
        put_off(left - 1)

@app.task
def other(left: int): ...
"""
DRAMATIQ = "import dramatiq\nfrom later import put_off\n\n@dramatiq.actor\ndef work(left: int):\n    put_off(left)\n"
LATER = (
    "def put_off(left):\n    from work import work\n    {0}\n\n\ndef never(left):\n    from work import work\n    {1}\n"
)


@pytest.mark.parametrize(
    ("library", "sends", "name"),
    [
        (CELERY, "work.delay(left)", "delay"),
        (CELERY, "work.apply_async((left,), countdown=3)", "apply_async"),
        (DRAMATIQ, "work.send(left)", "send"),
    ],
)
def test_what_it_reaches_sends_it_to_its_own_queue(library: str, sends: str, name: str, tmp_path: Path) -> None:
    planned = planned_job(
        tmp_path / "monolith", {"work.py": library, "later.py": LATER.format(sends, "pass")}, "work.work"
    )
    assert planned.delivery.queue is not None
    assert planned.delivery.queue.sends_itself == (name,)
    assert "own queue" in becomes(planned, f"sends the task by {sends}")
    write(make_artifacts(planned), tmp_path / "service")
    tested = generated_tests.check(tmp_path / "service")
    assert tested.outcome is CheckOutcome.PASSED, tested.findings


def test_it_is_the_function_of_the_slice_that_gets_its_ways_back(tmp_path: Path) -> None:
    files = {"work.py": CELERY, "later.py": LATER.format("work.delay(left)", "pass")}
    made = make_artifacts(planned_job(tmp_path, files, "work.work"))
    assert "@app.task\ndef work" not in made.files["src/work.py"]
    assert "vars(function).update(sender.methods())" in made.files["src/app.py"]
    assert "RecursiveLoop: Allow" in made.files["template.yaml"]


@pytest.mark.parametrize(
    ("sends", "why"),
    [
        ("work.apply_async((left,), link=print)", "would fail here: link has no equal"),
        ("work.s(left)", "would fail here: a moved task has no equal for it"),
        ("work.delay_on_commit(left)", "would fail here: a moved task has no equal for it"),
    ],
)
def test_what_a_queue_cannot_do_is_told_with_its_place(sends: str, why: str, tmp_path: Path) -> None:
    planned = planned_job(
        tmp_path,
        {"work.py": CELERY, "later.py": LATER.format(sends, "pass")},
        "work.work",
        accepted_unresolved="looked at",
    )
    assert why in reason(planned, f"later.py:3:5: {sends.partition('(')[0]}")
    assert planned.delivery.queue is not None and planned.delivery.queue.sends_itself == ()


def test_code_that_only_comes_along_gives_it_no_right_to_send(tmp_path: Path) -> None:
    files = {"work.py": CELERY, "later.py": LATER.format("print(left)", "work.delay(left)")}
    planned = planned_job(tmp_path, files, "work.work", strategy=Strategy.MODULE)
    assert "does not get here" in reason(planned, "later.py:8:5: work.delay(left)")
    assert planned.delivery.queue is not None and planned.delivery.queue.sends_itself == ()
    cut = planned_job(tmp_path, files, "work.work")
    assert reason(cut, "work.delay(left)") == ""


def test_other_tasks_keep_their_own_ways(tmp_path: Path) -> None:
    files = {"work.py": CELERY, "later.py": "def put_off(left):\n    from work import other\n    other.delay(left)\n"}
    planned = planned_job(tmp_path, files, "work.work")
    assert planned.delivery.queue is not None and planned.delivery.queue.sends_itself == ()
    assert "@app.task\ndef other" in planned.modules["work.py"]
