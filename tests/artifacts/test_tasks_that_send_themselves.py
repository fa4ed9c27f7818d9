"""A task that sends itself again: by the names of its library, to the queue of its own service."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from migrator.adapters.checks import generated_tests, python_source
from migrator.artifacts import make_artifacts, write
from migrator.domain.checks import CheckOutcome
from migrator.errors import Refused
from tests.support.jobs import becomes, planned_job

CELERY = 'from celery import Celery, shared_task\napp = Celery("x", broker="memory://")\nHALF = 30\n\n\n@app.task\n'
DRAMATIQ = "import dramatiq\n\n\n@dramatiq.actor\n"
HUEY = "from huey import RedisHuey\nhuey = RedisHuey()\n\n\n@huey.task()\n"
ACCEPTED = {"accepted_unresolved": "the test looks at it"}


def source(library: str, body: str) -> dict[str, str]:
    return {"work.py": f"{library}def again(left: int):\n    if left:\n        {body}\n"}


@pytest.mark.parametrize(
    ("library", "body", "name"),
    [
        (CELERY, "again.delay(left - 1)", "delay"),
        (CELERY, "again.apply_async((left - 1,), countdown=HALF * 2)", "apply_async"),
        (CELERY, "again.apply_async(kwargs={'left': left - 1}, countdown=None)", "apply_async"),
        (CELERY, "print(again.delay)", "delay"),
        (DRAMATIQ, "again.send(left - 1)", "send"),
        (DRAMATIQ, "again.send_with_options(args=(left - 1,), delay=900_000)", "send_with_options"),
    ],
)
def test_its_function_is_given_back_what_it_sends_itself_by(library: str, body: str, name: str, tmp_path: Path) -> None:
    planned = planned_job(tmp_path / "monolith", source(library, body), "work.again", **ACCEPTED)
    assert planned.delivery.queue is not None
    assert planned.delivery.queue.sends_itself == (name,)
    said = next(each.what for each in planned.plan.kept if each.what.startswith("sends itself by"))
    assert "own queue" in becomes(planned, said)


@pytest.mark.parametrize(
    ("library", "body"),
    [
        (CELERY, "again.apply_async((left - 1,), countdown=60)\n    again.delay(0)"),
        (DRAMATIQ, "again.send_with_options(args=(left - 1,), delay=900_000)\n    again.send(0)"),
    ],
)
def test_its_service_may_send_and_go_round_in_circles(library: str, body: str, tmp_path: Path) -> None:
    planned = planned_job(tmp_path / "monolith", source(library, body), "work.again", **ACCEPTED)
    made = make_artifacts(planned)
    write(made, tmp_path / "service")
    for check in (python_source.check, generated_tests.check):
        found = check(tmp_path / "service")
        assert found.outcome is CheckOutcome.PASSED, found.findings
    resources = YAML(typ="rt").load(made.files["template.yaml"])["Resources"]
    assert resources["Function"]["Properties"]["RecursiveLoop"] == "Allow"
    statements = resources["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    [sends] = [each for each in statements if each["Sid"] == "SendAgain"]
    assert sends["Action"] == "sqs:SendMessage"


def test_one_that_does_not_may_not_go_round_in_circles(tmp_path: Path) -> None:
    planned = planned_job(tmp_path, source(CELERY, "print(left)"), "work.again", **ACCEPTED)
    made = make_artifacts(planned)
    assert "RecursiveLoop" not in made.files["template.yaml"]
    assert "SendAgain" not in made.files["template.yaml"]
    assert "src/lambda_sends.py" not in made.files


@pytest.mark.parametrize(
    ("library", "body", "says"),
    [
        (CELERY, "return again.delay(left - 1).id", "what comes back is used"),
        (CELERY, "again.apply_async((left - 1,), countdown=901)", "900 s at most"),
        (CELERY, "again.apply_async((left - 1,), countdown=left * 60)", "only known when the program runs"),
        (CELERY, "again.apply_async((left - 1,), link=print)", "link has no equal"),
        (CELERY, "again.apply_async(**{'countdown': left})", r"\*\* has no equal"),
        (CELERY, "again.apply_async((left - 1,), {}, 'id')", "more by position"),
        (CELERY, "print(again.apply_async)", "how it is called is not seen"),
        (CELERY, "again.s(left - 1).delay()", "a moved task has no equal"),
        (CELERY, "print(again.request.id)", "asks its task for again.request"),
        (DRAMATIQ, "again.send_with_options(args=(left - 1,), delay=900_001)", "900 s at most"),
        (HUEY, "again(left - 1)", "a moved task has no equal"),
    ],
)
def test_what_a_queue_cannot_do_for_it_is_refused(library: str, body: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=says) as caught:
        planned_job(tmp_path, source(library, body), "work.again", **ACCEPTED)
    assert caught.value.hint
    assert caught.value.location.startswith("work.py:")
