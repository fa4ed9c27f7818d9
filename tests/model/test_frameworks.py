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
    kinds = {trigger.framework for candidate in model.candidates for trigger in candidate.triggers}
    assert kinds == {framework.name}


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
