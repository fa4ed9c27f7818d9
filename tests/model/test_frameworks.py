"""Every framework plug-in finds what its own examples say."""

from __future__ import annotations

import pytest

from migrator.domain.triggers import Trigger
from migrator.model.frameworks import FRAMEWORKS
from migrator.model.registrations import Example, Framework
from tests.support.programs import model_of

CASES = [
    pytest.param(framework, example, id=f"{framework.name}-{position}")
    for framework in FRAMEWORKS
    for position, example in enumerate(framework.examples)
]


def said(trigger: Trigger) -> str:
    """A trigger in the short form of the examples."""
    detail = trigger.detail
    words: list[object] = [trigger.kind.value]
    if "methods" in detail:
        words.append(",".join(str(method) for method in detail["methods"]))  # type: ignore[union-attr]
    words.extend(detail[key] for key in ("path", "task", "expression", "command", "event") if key in detail)
    return " ".join(map(str, words))


@pytest.mark.parametrize(("framework", "example"), CASES)
def test_example(framework: Framework, example: Example) -> None:
    model = model_of(example.source)
    found = {
        candidate.name: tuple(sorted(said(trigger) for trigger in candidate.triggers)) for candidate in model.candidates
    }
    assert found == dict(example.expected)
    families = {trigger.framework.partition(" ")[0] for candidate in model.candidates for trigger in candidate.triggers}
    assert families == {framework.name.partition(" ")[0]}  # "celery beat" shows its schedules on tasks of "celery"


def test_every_plug_in_has_examples_and_a_name_of_its_own() -> None:
    assert all(framework.examples for framework in FRAMEWORKS)
    assert len({framework.name for framework in FRAMEWORKS}) == len(FRAMEWORKS)


def test_parameters_of_a_route() -> None:
    model = model_of(
        "from flask import Flask\napp = Flask('x')\n"
        "@app.get('/<a>/<int:b>/<any(x, \\'y z\\'):c>/<path:d>')\ndef f(a, b, c, d): ...\n"
    )
    assert model.candidates[0].triggers[0].detail["parameters"] == [
        {"name": "a", "converter": "default"},
        {"name": "b", "converter": "int"},
        {"name": "c", "converter": "any(x, 'y z')"},
        {"name": "d", "converter": "path"},
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def route(path):\n    return app.get('/v1' + path)\n@route('/x')\ndef f(): ...\n",
        (
            "def route(path):\n    def apply(view):\n        app.add_url_rule(path, view_func=view)\n        return view\n"
            "    return apply\n@route('/x')\ndef f(): ...\n"
        ),
        (
            "views = []\ndef route(view):\n    views.append(view)\n    return view\n@route\ndef f(): ...\n"
            "for view in views:\n    app.route('/x')(view)\n"
        ),
    ],
    ids=["returned decorator", "decorator of its own", "own registry"],
)
def test_wrappers_of_a_registration_are_followed(source: str) -> None:
    model = model_of(f"from flask import Flask\napp = Flask('x')\n{source}")
    assert [candidate.name for candidate in model.candidates] == ["app.f"]


@pytest.mark.parametrize(
    ("arguments", "effects"),
    [
        ("autoretry_for=(OSError,)", {"enqueue"}),
        ("time_limit=3600", {"unbounded"}),
        ("soft_time_limit=15 * 60 + 1", {"unbounded"}),
        ("time_limit=15 * 60", set()),
    ],
)
def test_what_a_task_declares(arguments: str, effects: set[str]) -> None:
    model = model_of(f"from celery import shared_task\n@shared_task({arguments})\ndef f(): ...\n")
    assert {effect.value for effect in model.effects("app.f")} == effects


def test_bound_task_may_retry() -> None:
    model = model_of(
        "from celery import shared_task\n@shared_task(bind=True)\ndef f(self):\n    raise self.retry(countdown=5)\n"
    )
    assert {effect.value for effect in model.effects("app.f")} == {"enqueue"}


def test_task_called_as_a_function_is_no_message() -> None:
    source = "from celery import shared_task\n@shared_task\ndef f(): ...\ndef {name}(): f{how}()\n"
    assert not model_of(source.format(name="start", how="")).effects("app.start")
    assert model_of(source.format(name="start", how=".delay")).effects("app.start")


TASK_BASE = """
import redis
from celery import Celery, Task
app = Celery("x")
class Base(app.Task):
    def __call__(self, *args, **kwargs):
        redis.Redis().get("paused")
        return super().__call__(*args, **kwargs)
    def on_failure(self, *args):
        open("/srv/failures").read()
    def apply_async(self, *args, **kwargs):
        open("/srv/sent", "w").write("x")
        return super().apply_async(*args, **kwargs)
"""


def test_what_a_class_of_tasks_runs_around_each_task_is_not_the_tasks_own() -> None:
    model = model_of(f"{TASK_BASE}@app.task(base=Base)\ndef f(): ...\n")
    assert not model.effects("app.f")
    assert {effect.value for effect in model.effects("app.Base.__call__")} == {"cache"}


def test_the_application_says_the_class_of_its_tasks() -> None:
    source = (
        f"{TASK_BASE}own = Celery('y', task_cls=Base)\n"
        "@own.task(bind=True)\ndef f(self): self.on_failure()\n@app.task(bind=True)\ndef g(self): self.on_failure()\n"
    )
    model = model_of(source)
    assert {effect.value for effect in model.effects("app.f")} == {"local-disk-read"}
    assert not model.effects("app.g")


def test_what_a_class_of_tasks_does_when_it_sends() -> None:
    model = model_of(f"{TASK_BASE}@app.task(base=Base)\ndef f(): ...\ndef start():\n    f.apply_async()\n")
    assert {effect.value for effect in model.effects("app.start")} == {"enqueue", "local-disk-write"}


@pytest.mark.parametrize("how", ["apply", "run", ""])
def test_a_task_run_here_is_its_function(how: str) -> None:
    dot = "." if how else ""
    job = "class Job(Task):\n    def run(self):\n        open('/srv/x').read()\n"
    source = (
        "import os\nfrom celery import Task, shared_task\n@shared_task\ndef f():\n    os.remove('/srv/y')\n"
        f"{job}def start():\n    f{dot}{how}()\ndef other():\n    Job(){dot}{how}()\n"
    )
    model = model_of(source)
    assert {effect.value for effect in model.effects("app.start")} == {"local-disk-write"}
    assert {effect.value for effect in model.effects("app.other")} == {"local-disk-read"}


def test_wrapper_that_stands_for_a_task_runs_with_it() -> None:
    model = model_of(
        "import functools, redis\nfrom celery import Celery\napp = Celery('x')\n"
        "def own(f):\n    @functools.wraps(f)\n    def inner(*args):\n        redis.Redis().lock('x')\n"
        "        return f(*args)\n    return app.task(inner)\n@own\ndef a(): ...\n"
        "def start():\n    a.delay()\n"
    )
    assert [candidate.name for candidate in model.candidates] == ["app.a"]
    assert {effect.value for effect in model.effects("app.a")} == {"cache"}
    assert {effect.value for effect in model.effects("app.start")} >= {"enqueue"}


@pytest.mark.parametrize(
    ("header", "sends", "runs"),
    [
        ("import dramatiq\n@dramatiq.actor", "f.send()", "f()"),
        ("from huey import RedisHuey\nhuey = RedisHuey()\n@huey.task()", "f()", "f.call_local()"),
        ("from rq.decorators import job\n@job('low')", "f.delay()", "f()"),
        ("from taskiq import InMemoryBroker\nbroker = InMemoryBroker()\n@broker.task", "f.kiq()", "f()"),
        ("import procrastinate\napp = procrastinate.App()\n@app.task", "f.defer()", "f()"),
        ("from django.tasks import task\n@task", "f.enqueue()", "f.call()"),
        ("from celery import shared_task\n@shared_task", "f.delay()", "f()"),
        ("from celery import shared_task\n@shared_task", "(f.s() | f.si()).apply_async()", "f.run()"),
        ("from celery import shared_task\n@shared_task", "f.delay_on_commit()", "f.apply()"),
    ],
)
def test_sending_a_job_is_not_running_it(header: str, sends: str, runs: str) -> None:
    model = model_of(
        f"{header}\ndef f():\n    open('/srv/x').read()\ndef send():\n    {sends}\ndef run():\n    {runs}\n"
    )
    assert {effect.value for effect in model.effects("app.send")} == {"enqueue"}
    assert {effect.value for effect in model.effects("app.run")} == {"local-disk-read"}
