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


def test_view_classes_of_which_the_pattern_says_only_the_name() -> None:
    model = model_of(
        {
            "shop.apps": "from django.urls import path\nfrom shop.loading import get_class\n"
            "class Shop:\n    def ready(self):\n        self.basket_view = get_class('basket.views', 'Basket')\n"
            "    def get_urls(self):\n        return [path('basket/', self.basket_view.as_view())]\n",
            "shop.loading": "import importlib\ndef get_class(module, name):\n"
            "    return getattr(importlib.import_module('shop.' + module), name)\n",
            "shop.basket.views": "from django.views.generic import ListView\n"
            "class Basket(ListView):\n    def get(self, request): ...\n",
            "shop.other.views": "from django.views import View\nclass Basket(View):\n    def get(self, request): ...\n",
        }
    )
    assert [candidate.name for candidate in model.candidates] == ["shop.basket.views.Basket.get"]


def test_view_classes_that_make_their_own_patterns() -> None:
    model = model_of(
        "from django.urls import path\nfrom django.views import View\n"
        "class Crud(View):\n    @classmethod\n    def as_view(cls, action):\n"
        "        def view(request):\n            return cls().dispatch(request)\n        return view\n"
        "    @classmethod\n    def get_urls(cls):\n        return [path('x/', cls.as_view(action='list'))]\n"
        "class One(Crud):\n    def get(self, request): ...\nclass Two(Crud):\n    def get(self, request): ...\n"
        "urlpatterns = [*One.get_urls(), *Two.get_urls()]\n"
    )
    assert [candidate.name for candidate in model.candidates] == ["app.One.get", "app.Two.get"]


def test_view_classes_whose_library_base_is_not_described() -> None:
    model = model_of(
        "from django.urls import path\nfrom django.views.generic.edit import UnheardOf\n"
        "class One(UnheardOf):\n    def get(self, request): ...\nurlpatterns = [path('x/', One.as_view())]\n"
    )
    assert [candidate.name for candidate in model.candidates] == ["app.One.get"]


def test_commands_that_a_decorator_wraps() -> None:
    source = (
        "import click, functools\n@click.group()\ndef cli(): ...\n"
        "def command(help):\n    def decorator(func):\n        @functools.wraps(func)\n"
        "        def wrapper(*args):\n            return func(*args)\n"
        "        return cli.command(help=help)(wrapper)\n    return decorator\n"
        "@command(help='x')\ndef one(): ...\n@command(help='y')\ndef two(): ...\n"
    )
    assert names(source) == ["app.one", "app.two"]


def test_patterns_that_a_function_makes_of_whatever_it_is_given() -> None:
    model = model_of(
        "from django.urls import path\nfrom django.views import View\n"
        "def service(*args, **kwargs):\n    rest = list(args)\n    return path(*rest, **kwargs)\n"
        "def one(request): ...\nclass Two(View):\n    def get(self, request): ...\n"
        "urlpatterns = [service('one/', one, name='one'), service('two/', Two.as_view())]\n"
    )
    found = {candidate.name: candidate.triggers[0].detail["path"] for candidate in model.candidates}
    assert found == {"app.Two.get": "/two/", "app.one": "/one/"}


def test_a_view_that_is_an_object_of_a_library_class() -> None:
    model = model_of(
        "from django.contrib.syndication.views import Feed\nfrom django.urls import path\n"
        "class News(Feed):\n    def items(self):\n        return open('/srv/news').read()\n"
        "urlpatterns = [path('news/', News())]\n"
    )
    assert [candidate.name for candidate in model.candidates] == ["app.News"]
    assert {effect.value for effect in model.effects("app.News")} == {"local-disk-read"}
