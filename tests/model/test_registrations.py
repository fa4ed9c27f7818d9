"""Registrations that a project makes in ways of its own."""

from __future__ import annotations

import pytest

from tests.support.programs import model_of


def names(source: str) -> list[str]:
    return [candidate.name for candidate in model_of(source).candidates]


CLOSURE = """
def hook(name):
    def keep(func):
        connect(name, func)
        return func
    return keep
def connect(name, receiver):
    def send(_, **more):
        return receiver(**more)
    happened.connect(send, sender=name)
@hook("head")
def one(**more): ...
def two(**more): ...
connect("foot", two)
"""


@pytest.mark.parametrize(
    "header",
    [
        "from blinker import signal\nhappened = signal('x')\n",
        "from django.dispatch import Signal\nhappened = Signal()\n",
    ],
)
def test_a_connected_closure_stands_for_the_function_that_it_calls(header: str) -> None:
    assert names(header + CLOSURE) == ["app.one", "app.two"]


def test_a_decorated_closure_stands_for_itself() -> None:
    source = (
        "from celery import Celery\napp = Celery('x')\ndef make(call):\n    @app.task\n    def run(): call()\n"
        "    return run\ndef f(): ...\nmake(f)\n"
    )
    assert names(source) == ["app.make.<locals>.run"]


@pytest.mark.parametrize(
    "loop",
    [
        "for rule in RULES:\n    app.add_url_rule(*rule)\n",
        "for path, name, view in RULES:\n    app.add_url_rule(path, name, view)\n",
        "def make(rules):\n    for rule in rules:\n        app.add_url_rule(*rule)\nmake(RULES)\n",
    ],
)
def test_routes_of_a_table_that_a_loop_registers(loop: str) -> None:
    model = model_of(
        "from flask import Flask\napp = Flask('x')\ndef f(): ...\ndef g(): ...\n"
        f"RULES = [('/f', 'f', f), ('/g', 'g', g)]\n{loop}"
    )
    assert [candidate.name for candidate in model.candidates] == ["app.f", "app.g"]


def test_view_sets_that_are_registered_by_a_loop_over_what_was_found() -> None:
    model = model_of(
        {
            "shop.urls": "import importlib\nfrom rest_framework import routers\nfrom shop import views\n"
            "router = routers.DefaultRouter()\nrouter.register('known', views.Known)\n"
            "for name in dir(importlib.import_module('shop.views')):\n"
            "    found = importlib.import_module('shop.views').__dict__[name]\n"
            "    router.register(found.path(), found)\n",
            "shop.views": "from rest_framework.decorators import action\nfrom rest_framework.viewsets import ViewSet\n"
            "class Base(ViewSet):\n    def list(self, request): ...\n"
            "class Known(Base):\n    def create(self, request): ...\n"
            "class Found(Base):\n    @action(detail=True)\n    def pay(self, request, pk): ...\n",
        }
    )
    assert [candidate.name for candidate in model.candidates] == [
        "shop.views.Base.list",
        "shop.views.Found.pay",
        "shop.views.Known.create",
    ]
