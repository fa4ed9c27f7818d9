"""What the start of the process fills is a constant afterwards."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

READ = "process-state-read"
SOURCE = """
import flask
class Flags:
    def __init__(self): self.known = {{}}
    def {0}(self, app): self.known['a'] = app.config
flags = Flags()
def {0}(app): flags.{0}(app)
def start(): return flags.known['a']
HOOKS = [{0}]
"""


@pytest.mark.parametrize("name", ["init_app", "includeme"])
def test_an_extension_is_set_up_once(name: str) -> None:
    assert READ not in effects_of(SOURCE.format(name))


def test_another_method_may_run_at_any_time() -> None:
    assert READ in effects_of(SOURCE.format("change"))


def test_what_a_request_sets_up_again_is_state() -> None:
    request = "app = flask.Flask(__name__)\n@app.route('/')\ndef page(): flags.init_app(app)\n"

    assert READ in effects_of(SOURCE.format("init_app") + request)


def test_an_application_of_ones_own_class_is_a_start() -> None:
    source = (
        "import flask\nknown = {}\nclass App(flask.Flask): ...\ndef make():\n    known['a'] = 1\n    return App(__name__)\n"
        "def start(): return known['a']\nHOOKS = [make]\n"
    )

    assert READ not in effects_of(source)
    assert READ in effects_of(source.replace("App(__name__)", "object()"))
