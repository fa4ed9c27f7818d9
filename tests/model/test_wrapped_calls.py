"""A project's own wrappers around a registration: each call of the wrapper is a registration of its own."""

from __future__ import annotations

import pytest

from tests.support.programs import model_of

HEAD = "from flask import Blueprint, Flask\napp = Flask('x')\n"


def routes(source: str) -> dict[str, list[str]]:
    """Candidates with the methods and paths of their triggers."""
    return {
        candidate.name.removeprefix("app."): sorted(
            f"{','.join(map(str, trigger.detail['methods']))} {trigger.detail['path']}"  # type: ignore[arg-type]
            for trigger in candidate.triggers
        )
        for candidate in model_of(HEAD + source).candidates
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def add(path, view, **options):\n    app.add_url_rule('/v1' + path, view_func=view, **options)\n"
            "def f(): ...\ndef g(): ...\nadd('/f', f)\nadd('/g', g, methods=['POST'])\n",
            {"f": ["GET /v1/f"], "g": ["POST /v1/g"]},
            id="by call",
        ),
        pytest.param(
            "def route(path, version='v2'):\n    return app.route(f'/{version}{path}')\n"
            "@route('/f')\ndef f(): ...\n@route('/g', version='v3')\ndef g(): ...\n",
            {"f": ["GET /v2/f"], "g": ["GET /v3/g"]},
            id="returned decorator with a default",
        ),
        pytest.param(
            "def route(path):\n    rule = '/v1' + path\n    def keep(view):\n        app.add_url_rule(rule, None, view)\n"
            "        return view\n    return keep\ndef f(): ...\n@route('/g')\ndef g(): ...\nroute('/f')(f)\n",
            {"f": ["GET /v1/f"], "g": ["GET /v1/g"]},
            id="called at once",
        ),
        pytest.param(
            "def inner(path, view):\n    app.add_url_rule(path, view_func=view)\n"
            "def outer(name, view):\n    inner('/' + name, view)\n"
            "def f(): ...\ndef g(): ...\nouter('f', f)\nouter('g', g)\n",
            {"f": ["GET /f"], "g": ["GET /g"]},
            id="wrapper of a wrapper",
        ),
        pytest.param(
            "class Api:\n    def __init__(self, app): self.app = app\n"
            "    def page(self, path):\n        def keep(view):\n            self.app.route(path)(view)\n"
            "            return view\n        return keep\n"
            "api = Api(app)\n@api.page('/f')\ndef f(): ...\n@api.page('/g')\ndef g(): ...\n",
            {"f": ["GET /f"], "g": ["GET /g"]},
            id="method of an object",
        ),
        pytest.param(
            "import os\ndef add(path, view):\n    app.add_url_rule(os.environ['PREFIX'] + path, view_func=view)\n"
            "def f(): ...\nadd('/f', f)\n",
            {"f": ["GET …/f"]},
            id="a part that only the running program knows",
        ),
        pytest.param(
            "def add(path, view, depth=2):\n    app.add_url_rule(path, view_func=view)\n"
            "    if depth: add(path, view, depth - 1)\ndef f(): ...\nadd('/f', f)\n",
            {"f": ["GET /f"]},
            id="recursion",
        ),
        pytest.param(
            "class Own(Blueprint):\n    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):\n"
            "        super().add_url_rule(rule, endpoint, view_func, **options)\n"
            "one = Own('one', __name__, url_prefix='/one')\ntwo = Own('two', __name__, url_prefix='/two')\n"
            "def f(): ...\ndef g(): ...\none.add_url_rule('/f', 'f', f)\ntwo.add_url_rule('/g', 'g', g)\n"
            "app.register_blueprint(one)\napp.register_blueprint(two, url_prefix='/three')\n",
            {"f": ["GET /one/f"], "g": ["GET /three/g"]},
            id="overridden by a subclass",
        ),
    ],
)
def test_each_call_of_a_wrapper_registers(source: str, expected: dict[str, list[str]]) -> None:
    assert routes(source) == expected


def test_views_of_one_wrapper_keep_their_own_effects() -> None:
    model = model_of(
        HEAD + "import requests\ndef add(path, view):\n    app.add_url_rule(path, view_func=view)\n"
        "def quiet(): ...\ndef calls(): requests.get('http://x')\nadd('/quiet', quiet)\nadd('/calls', calls)\n"
    )
    assert not model.effects("app.quiet")
    assert {effect.value for effect in model.effects("app.calls")} == {"http-out"}


CLASSES = """
class Base:
    def process(self):
        self.load()
        return self.answer()
    def load(self): ...
    def answer(self): raise NotImplementedError
def view_of(cls):
    def view(**arguments): return cls().process()
    return view
class One(Base):
    def load(self): open("/etc/one")
    def answer(self): ...
class Two(One):
    def load(self): ...
"""


@pytest.mark.parametrize(
    "registration",
    [
        "app.add_url_rule('/one', view_func=view_of(One))\napp.add_url_rule('/two', view_func=view_of(Two))\n",
        "def add(path, cls):\n    app.add_url_rule(path, view_func=view_of(cls))\nadd('/one', One)\nadd('/two', Two)\n",
    ],
    ids=["directly", "in a wrapper"],
)
def test_class_that_a_factory_makes_a_view_of(registration: str) -> None:
    assert routes(CLASSES + registration) == {"One.answer": ["GET /one"], "Two": ["GET /two"]}
    model = model_of(HEAD + CLASSES + registration)
    assert not model.effects("app.One.answer")  # what its base class runs around it is not its own
    assert not model.effects("app.Two")


def test_view_made_by_a_class_method_of_a_project_s_own_base() -> None:
    source = (
        "class View:\n    @classmethod\n    def as_view(cls):\n        def view(**arguments):\n"
        "            return cls().dispatch(**arguments)\n        return view\n"
        "    def dispatch(self): raise NotImplementedError\n"
        "class Page(View):\n    def dispatch(self): ...\napp.add_url_rule('/page', view_func=Page.as_view())\n"
    )
    assert routes(source) == {"Page.dispatch": ["GET /page"]}


QUEUE = """
from datetime import timedelta
from functools import partial, wraps
import django_rq
def start(job, *args, in_seconds=0, **kwargs):
    queue = django_rq.get_queue("low")
    send = queue.enqueue
    if in_seconds > 0:
        send = partial(queue.enqueue_in, timedelta(seconds=in_seconds))
    job = send(job, *args, **kwargs)
    return job
def deliver(action, rows): ...
def emit(action, rows):
    start(deliver, action, rows)
def announced(action):
    def decorator(func):
        @wraps(func)
        def run(self, request, *args):
            response = func(self, request, *args)
            rows = [request.rows]
            emit(action, rows)
            return response
        return run
    return decorator
class View:
    @announced("saved")
    def post(self, request): ...
class Model:
    def tidy(self):
        start(self.step)
    def step(self): ...
"""


def test_what_is_decorated_is_no_job_because_a_job_is_sent_around_it() -> None:
    model = model_of(QUEUE)
    assert [candidate.name for candidate in model.candidates] == ["app.Model.step", "app.deliver"]
