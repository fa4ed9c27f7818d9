"""What makes a move risky, found in small programs: each kind where it is, and not where it is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.programs import model_of

DJANGO = "from django.db import models, transaction\nfrom celery import shared_task\nclass Row(models.Model): ...\n"
TASK = "@shared_task\ndef job(x): ...\n"
SESSION = "from sqlalchemy.orm import Session, DeclarativeBase\nfrom celery import shared_task\nsession = Session()\n"


def hazards(source: str | Mapping[str, str], name: str, kind: str) -> list[tuple[int, str]]:
    found = model_of(source).summary(name).hazards
    return [(hazard.location.line, hazard.reason) for hazard in found if hazard.kind == kind]


INSIDE = {
    "with block": "def f():\n    with transaction.atomic():\n        job.delay(1)\n",
    "with block and options": "def f():\n    with transaction.atomic(using='x'):\n        job.apply_async((1,))\n",
    "decorator": "@transaction.atomic\ndef f(): job.delay(1)\n",
    "decorator with options": "@transaction.atomic(using='x')\ndef f(): job.delay(1)\n",
    "deeper": "def f():\n    with transaction.atomic():\n        g()\ndef g(): h()\ndef h(): job.delay(1)\n",
    "called": "def f():\n    with transaction.atomic():\n        job(1)\n",
    "called deeper": "def f():\n    with transaction.atomic():\n        g()\ndef g(): job(1)\n",
    "imported by name": "from django.db.transaction import atomic\ndef f():\n    with atomic():\n        job.delay(1)\n",
}
OUTSIDE = {
    "before": "def f():\n    job.delay(1)\n    with transaction.atomic():\n        Row.objects.create()\n",
    "after": "def f():\n    with transaction.atomic():\n        Row.objects.create()\n    job.delay(1)\n",
    "on commit": "def f():\n    with transaction.atomic():\n        transaction.on_commit(lambda: job.delay(1))\n",
    "on commit by name": "def f():\n    with transaction.atomic():\n        transaction.on_commit(g)\ndef g(): job.delay(1)\n",
    "delay on commit": "def f():\n    with transaction.atomic():\n        job.delay_on_commit(1)\n",
    "another block": "def f(lock):\n    with lock:\n        job.delay(1)\n",
}


@pytest.mark.parametrize("name", INSIDE)
def test_inside_a_transaction(name: str) -> None:
    (found,) = hazards(DJANGO + TASK + INSIDE[name], "app.job", "in-transaction")
    assert "transaction is open" in found[1]


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_of_a_transaction(name: str) -> None:
    assert hazards(DJANGO + TASK + OUTSIDE[name], "app.job", "in-transaction") == []


BASE = "from celery import Task\nclass Base(Task):\n    def __call__(self, *a): return super().__call__(*a)\n"
BASED = "from django.db import transaction\nfrom celery import shared_task\nfrom base import Base\n"


def test_a_base_class_that_runs_for_all_tasks_puts_none_of_them_inside() -> None:
    app = (
        BASED + "@shared_task(base=Base)\ndef job(): ...\n@shared_task(base=Base)\ndef other(): ...\n"
        "def f():\n    with transaction.atomic():\n        other()\n"
    )
    assert hazards({"app": app, "base": BASE}, "app.job", "in-transaction") == []
    assert len(hazards({"app": app, "base": BASE}, "app.other", "in-transaction")) == 1


def test_what_a_registration_declares_stands_in_the_candidates_own_file() -> None:
    app = BASED + "@shared_task(base=Base, autoretry_for=(OSError,))\ndef job(): ...\n"
    (found,) = model_of({"app": app, "base": BASE}).summary("app.job").effects
    assert [str(evidence.location) for evidence in found.evidence] == ["app.py:5:1"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("session.add(x)\n    job.delay(1)\n    session.commit()", 1),
        ("session.add(x)\n    session.commit()\n    job.delay(1)", 0),
        ("session.commit()\n    job.delay(1)", 0),
        ("session.add(x)\n    job.delay(1)", 1),
        ("with session.begin():\n        job.delay(1)", 1),
    ],
)
def test_an_uncommitted_session_is_an_open_transaction(body: str, expected: int) -> None:
    assert len(hazards(f"{SESSION}{TASK}def f(x):\n    {body}\n", "app.job", "in-transaction")) == expected


@pytest.mark.parametrize(
    ("setting", "decorator", "expected"),
    [("True", "", 1), ("False", "", 0), ("True", "@transaction.non_atomic_requests\n", 0)],
)
def test_every_view_may_be_a_transaction(setting: str, decorator: str, expected: int) -> None:
    views = f"from flask import Flask\nweb = Flask('x')\n@web.route('/')\n{decorator}def view(): job.delay(1)\n"
    databases = f"DATABASES = {{'default': {{'ATOMIC_REQUESTS': {setting}}}}}\n"
    assert len(hazards(DJANGO + TASK + views + databases, "app.job", "in-transaction")) == expected


def test_the_place_is_that_of_the_send() -> None:
    source = DJANGO + TASK + INSIDE["with block"]
    ((line, reason),) = hazards(source, "app.job", "in-transaction")
    assert line == 8
    assert "app.py:7" in reason


HANDED = {
    "a row": ("job.delay(Row.objects.get(id=1))", "an ORM object (app.Row)"),
    "a new row": ("job.delay(x=Row())", "an ORM object (app.Row)"),
    "a row, packed": ("job.apply_async(args=[Row()])", "an ORM object (app.Row)"),
    "a function": ("job.delay(f)", "a callable"),
    "a lambda": ("job.delay(lambda: 1)", "a callable"),
    "a file": ("job.delay(open('a'))", "an open file"),
    "after the commit": ("job.delay_on_commit(Row())", "an ORM object (app.Row)"),
}


@pytest.mark.parametrize("name", HANDED)
def test_what_cannot_be_sent(name: str) -> None:
    call, what = HANDED[name]
    (found,) = hazards(f"{DJANGO}{TASK}def f():\n    {call}\n", "app.job", "non-serializable-argument")
    assert found[1].startswith(what)


@pytest.mark.parametrize("call", ["job.delay(1)", "job.delay('a', [1], {'b': 2})", "job.apply_async(args=[1])"])
def test_what_can_be_sent(call: str) -> None:
    assert hazards(f"{DJANGO}{TASK}def f():\n    {call}\n", "app.job", "non-serializable-argument") == []


def test_the_function_that_rq_is_given_is_no_argument() -> None:
    source = "import django_rq\ndef job(x): ...\ndef f():\n    django_rq.enqueue(job, f)\n"
    summary = model_of(source)
    names = {candidate.name for candidate in summary.candidates}
    if "app.job" in names:  # found as a candidate by the plug-in of the queue
        (found,) = hazards(source, "app.job", "non-serializable-argument")
        assert found[1].startswith("a callable is handed to the job as argument 1")


WRITERS = {
    "created": "Row.objects.create()",
    "saved": "Row().save()",
    "updated": "Row.objects.filter(a=1).update(b=2)",
    "deleted": "Row.objects.all().delete()",
}


@pytest.mark.parametrize("how", WRITERS)
def test_a_table_that_two_candidates_write_is_shared(how: str) -> None:
    source = f"{DJANGO}@shared_task\ndef one(): {WRITERS[how]}\n@shared_task\ndef two(): deep()\ndef deep(): {WRITERS[how]}\n"
    assert hazards(source, "app.one", "shared-table") == [
        (5, "writes app.Row, which is written by 1 other candidate (app.two) too")
    ]
    assert hazards(source, "app.two", "shared-table")[0][0] == 8


def test_a_table_that_is_only_read_elsewhere_is_not_shared() -> None:
    source = (
        f"{DJANGO}@shared_task\ndef one(): Row.objects.create()\n@shared_task\ndef two(): list(Row.objects.all())\n"
    )
    assert hazards(source, "app.one", "shared-table") == []


def test_the_remaining_monolith_is_a_writer_too_and_the_nearest_are_named() -> None:
    tasks = "".join(f"@shared_task\ndef t{number}(): Row.objects.create()\n" for number in range(6))
    source = f"{DJANGO}{tasks}def script(): Row.objects.create()\n"
    (found,) = hazards(source, "app.t0", "shared-table")
    assert (
        "5 other candidates (app.t1, app.t2, app.t3 and 2 more) and by code that no candidate runs (app.py:16"
        in found[1]
    )


def test_sqlalchemy_rows_are_tables() -> None:
    source = f"{SESSION}class Base(DeclarativeBase): ...\nclass Row(Base): ...\n@shared_task\ndef one(): session.add(Row())\n@shared_task\ndef two(): session.add_all([Row()])\n"
    assert len(hazards(source, "app.one", "shared-table")) == 1
    assert len(hazards(source, "app.two", "shared-table")) == 1


def test_importing_may_do_something() -> None:
    deep = "import requests\ndata = requests.get('u')\ndef act(): ...\n"
    app = "from celery import shared_task\nfrom deep import act\n@shared_task\ndef job(): act()\n@shared_task\ndef other(): ...\n"
    ((line, reason),) = hazards({"app": app, "deep": deep}, "app.job", "import-effect")
    assert line == 2
    assert reason.startswith("importing deep has the effect http-out: ")
    assert hazards({"app": app, "deep": deep}, "app.other", "import-effect") == []


def test_importing_may_fill_memory() -> None:
    assert (
        hazards(
            "from celery import shared_task\nd = {}\nd['a'] = 1\n@shared_task\ndef job(): ...\n",
            "app.job",
            "import-effect",
        )
        == []
    )


def test_applying_a_decorator_is_no_effect_of_the_import() -> None:
    source = f"{DJANGO}@transaction.atomic()\ndef deep(): ...\n@shared_task\ndef job(): deep()\n"
    assert hazards(source, "app.job", "import-effect") == []


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("event['sequence'] > row.last_sequence", ["sequence"]),
        ("event.get('offset') <= seen", ["offset"]),
        ("not (seq < known)", ["seq"]),
        ("ready and seq < known", ["seq"]),
        ("seq < 3", []),
        ("a < b", []),
        ("seq", []),
    ],
)
def test_a_comparison_with_what_was_seen_relies_on_order(test: str, expected: list[str]) -> None:
    source = f"from celery import shared_task\n@shared_task\ndef job(event, row, seen, seq, known, ready, a, b):\n    if {test}:\n        return 1\n"
    found = hazards(source, "app.job", "ordering")
    assert [line for line, _ in found] == [4] * len(expected)
    assert all(f"compares {word} " in reason for word, (_, reason) in zip(expected, found, strict=True))
