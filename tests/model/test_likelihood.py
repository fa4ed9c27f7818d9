"""When a method call on an unknown value is improbable to matter, and when nobody can say."""

from __future__ import annotations

import pytest

from tests.support.programs import knowledge, model_of

TASK = "from celery import shared_task\nimport requests, threading\n@shared_task\ndef start(x):\n    {body}\n"

COVERED = {
    "nothing goes by the name": "x.pluck().ripen()\n",
    "first-party code that does nothing": "x.item().ripen()\nclass A:\n    def ripen(self): return 1\n",
    "it does what is listed already": "requests.get('u')\n    x.item().ripen()\nclass A:\n    def ripen(self): requests.get('v')\n",
    "its own unknown calls are covered too": "x.item().ripen()\nclass A:\n    def ripen(self, y): y.item().peel()\n",
}
DOUBTFUL = {
    "a first-party method does more": "x.item().ripen()\nclass A:\n    def ripen(self): requests.get('v')\n",
    "a first-party function does more": "x.item().ripen()\ndef ripen(): requests.get('v')\n",
    "a constructor does more": "x.item().Ripe()\nclass Ripe:\n    def __init__(self): requests.get('v')\n",
    "what it calls does more": "x.item().ripen()\nclass A:\n    def ripen(self): deep()\ndef deep(): threading.Thread(target=print).start()\n",
    "what goes by a name in it does more": (
        "x.item().ripen()\nclass A:\n    def ripen(self, y): y.item().peel()\nclass B:\n    def peel(self): requests.get('v')\n"
    ),
    "it reaches an unknown library": "x.item().ripen()\nimport nowhere\nclass A:\n    def ripen(self): nowhere.go()\n",
    "a library's method does more": "x.item().write_text('a')\n",
    "a library's method starts something": "x.item().start()\n",
    "the object may be one that is kept": "x.item().discard(1)\n",
    "an unknown library is called itself": "import nowhere\n    nowhere.ripen()\n",
    "not even a name is known": "x.item()()\n",
}


def harmless(body: str) -> set[bool]:
    summary = model_of(TASK.format(body=body)).summary("app.start")
    return {bool(call.harmless_because) for call in summary.unresolved}


@pytest.mark.parametrize("name", COVERED)
def test_what_the_rule_covers(name: str) -> None:
    assert harmless(COVERED[name]) == {True}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_the_rule_does_not_cover(name: str) -> None:
    assert False in harmless(DOUBTFUL[name])


def test_what_is_harmless_for_one_candidate_may_matter_for_another() -> None:
    model = model_of(
        "from celery import shared_task\nimport requests\n"
        "def shared(x): x.item().ripen()\n"
        "class A:\n    def ripen(self): requests.get('v')\n"
        "@shared_task\ndef sends(x):\n    requests.get('u')\n    shared(x)\n"
        "@shared_task\ndef pure(x): shared(x)\n"
    )
    (said,) = {bool(call.harmless_because) for call in model.summary("app.sends").unresolved}
    assert said
    assert any(not call.harmless_because for call in model.summary("app.pure").unresolved)


def test_methods_that_only_an_event_runs_are_left_out() -> None:
    command = (
        "import requests\nfrom django.core.management.base import BaseCommand\n"
        "class Command(BaseCommand):\n    def handle(self, *a, **k): requests.get('v')\n"
    )
    for module, expected in (("shop.management.commands.go", True), ("shop.handlers", False)):
        summary = model_of({"app": TASK.format(body="x.handle()"), module: command}).summary("app.start")
        assert [bool(call.harmless_because) for call in summary.unresolved] == [expected]


def test_the_rule_is_said_beside_the_call() -> None:
    (call,) = model_of(TASK.format(body="x.item.ripen()")).summary("app.start").unresolved or [None]
    assert call is not None
    assert call.harmless_because == "nothing that goes by the name ripen does more than what is listed here"


def test_methods_are_known_by_their_simple_name() -> None:
    effects = knowledge().method_effects()
    assert "database" in effects["save"]
    assert "background" in effects["start"]
    assert "process-state-write" in effects["discard"]
    assert not effects["upper"]
    assert "exists" in effects


ROWS = "def start(rows: list):\n    found = {made}\n    for place, other in rows:\n        {body}\n"


@pytest.mark.parametrize(
    ("made", "body"),
    [
        ("{}", "found.setdefault(place, set()).add(other)"),
        ("[]", "found.insert(place, set())\n        found.pop().add(other)"),
    ],
)
def test_where_something_is_put_is_not_what_is_put_there(made: str, body: str) -> None:
    assert model_of(ROWS.format(made=made, body=body)).summary("app.start").unresolved == ()


def test_what_is_put_under_a_key_is_what_the_entry_holds() -> None:
    body = "found.setdefault('a', other).add(1)"
    [call] = model_of(ROWS.format(made="{}", body=body)).summary("app.start").unresolved
    assert call.call == "found.setdefault(…).add"
