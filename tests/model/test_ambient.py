"""What a function finds around it: the thread's own data, and the request, where there is one."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of, model_of

CONTEXT = "request-context"
LOCK = (
    "import threading\nclass Lock:\n    def __init__(self): self.mine = threading.local()\n"
    "    def enter(self):\n        self.mine.depth = 1\n        return self.mine.depth\n"
)


def test_thread_local_data_that_the_call_has_made_is_not_around_it() -> None:
    assert CONTEXT not in effects_of(f"{LOCK}def start(): return Lock().enter()\n")


@pytest.mark.parametrize(
    "source",
    [
        f"{LOCK}lock = Lock()\ndef start(): return lock.enter()\n",
        "import threading\nmine = threading.local()\ndef start(): return mine.depth\n",
        (
            "import threading\nmine = None\ndef start():\n    global mine\n    mine = threading.local()\n    mine.x = 1\n"
            "    other()\ndef other(): mine.x = 2\n"
        ),
    ],
)
def test_thread_local_data_of_the_process_is(source: str) -> None:
    assert CONTEXT in effects_of(source)


GUARDED = """
import celery, flask
from flask import g, has_request_context
app = flask.Flask(__name__)
def told():
    if has_request_context():
        return g.user
def asked():
    if not has_request_context() or not g.user:
        return
    return g.user
def both():
    if has_request_context():
        return 1
    return g.user
"""


@pytest.mark.parametrize("helper", ["told", "asked"])
def test_what_asks_first_for_a_request_finds_none_in_a_job(helper: str) -> None:
    source = (
        f"{GUARDED}@celery.shared_task\ndef job(): {helper}()\n@app.route('/')\ndef page(): return {helper}()\n"
        f"@celery.shared_task\n@app.route('/both')\ndef either(): return {helper}()\n"
    )

    assert CONTEXT not in effects_of(source, "app.job")
    assert CONTEXT in effects_of(source, "app.page")
    assert CONTEXT in effects_of(source, "app.either")
    assert CONTEXT in effects_of(source, f"app.{helper}")


def test_what_does_not_ask_finds_none_and_fails() -> None:
    assert CONTEXT in effects_of(f"{GUARDED}@celery.shared_task\ndef job(): both()\n", "app.job")


def test_names_and_evidence_agree_on_what_a_job_finds() -> None:
    model = model_of(f"{GUARDED}@celery.shared_task\ndef job(): told()\n@app.route('/')\ndef page(): return told()\n")

    for name in ("app.job", "app.page"):
        assert model.effects(name) == {finding.effect for finding in model.summary(name).effects}


def test_a_long_limit_is_no_bound() -> None:
    source = "import subprocess\ndef start(): subprocess.run(['x'], timeout={})\n"

    assert effects_of(source.replace("{}", "901")) == {"subprocess", "unbounded"}
    assert effects_of(source.replace("{}", "900")) == {"subprocess"}


def test_asking_in_a_branch_says_nothing_of_what_follows_it() -> None:
    nested = "def nested(c):\n    if c:\n        if not has_request_context(): return\n    return g.user\n"

    assert CONTEXT in effects_of(f"{GUARDED}{nested}@celery.shared_task\ndef job(): nested(1)\n", "app.job")
