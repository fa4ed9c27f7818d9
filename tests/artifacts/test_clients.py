"""Clients made within functions: which are moved to the top of their module, and which stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.artifacts import make_artifacts
from migrator.artifacts.rewriting.clients import hoist_clients
from migrator.domain.services import ServiceChoices
from tests.artifacts.events import request
from tests.artifacts.test_generated_code import run
from tests.support.slices import planned

SETTINGS = "REGION = 'eu-central-1'\nTWICE = 1\nTWICE = 2\nCHANGED = 1\n\n\ndef change():\n    global CHANGED\n    CHANGED = 2\n"


def moved(function: str, top: str = "") -> str:
    """A module after the change, beside a module of settings."""
    text = f"import boto3\nimport redis\nimport requests\nfrom sqlalchemy import create_engine\n\nfrom shop import settings\n{top}\n\n{function}"
    return hoist_clients({"shop/app.py": text, "shop/settings.py": SETTINGS})[0]["shop/app.py"]


@pytest.mark.parametrize(
    ("function", "made"),
    [
        ("def f():\n    s3 = boto3.client('s3')\n    return s3.list_buckets()\n", "_s3 = boto3.client('s3')"),
        ("def f():\n    return boto3.resource('s3').Bucket('x')\n", "_client = boto3.resource('s3')"),
        ("def f(a):\n    r = redis.Redis(host='x', port=6379)\n    return [r.get(k) for k in a]\n", "_r = redis.Redis(host='x', port=6379)"),
        ("def f():\n    s = boto3.client('s3', settings.REGION)\n    return s.a()\n", "_s = boto3.client('s3', settings.REGION)"),
        ("def f():\n    e = create_engine(URL)\n    with e.begin() as c:\n        return Session(e, c)\n", "_e = create_engine(URL)"),
        ("class A:\n    def m(self):\n        http = requests.Session()\n        return http.get('x')\n", "_http = requests.Session()"),
        # A name that is taken is left alone.
        ("_s3 = 1\n\n\ndef f():\n    s3 = boto3.client('s3')\n    return s3.a()\n", "_s3_2 = boto3.client('s3')"),
    ],
)  # fmt: skip
def test_a_client_with_constant_arguments_is_made_once(function: str, made: str) -> None:
    text = moved(function, "URL = 'postgresql://x'\n")
    lines = text.splitlines()
    at = lines.index(made)
    assert at < next(number for number, line in enumerate(lines) if line.startswith(("def ", "class ")))
    assert text.count(made.partition(" = ")[2]) == 1
    compile(text, "app.py", "exec")


@pytest.mark.parametrize(
    "function",
    [
        "def f(region):\n    s3 = boto3.client('s3', region)\n    return s3.a()\n",
        "def f():\n    s3 = boto3.client('s3', settings.TWICE)\n    return s3.a()\n",
        "def f():\n    s3 = boto3.client('s3', settings.CHANGED)\n    return s3.a()\n",
        "def f():\n    s3 = boto3.client('s3', endpoint())\n    return s3.a()\n",
        "def f(more):\n    s3 = boto3.client('s3', **more)\n    return s3.a()\n",
        "def f():\n    with requests.Session() as s:\n        return s.get('x')\n",
        "def f():\n    s = requests.Session()\n    with s:\n        return s.get('x')\n",
        "def f():\n    s = requests.Session()\n    r = s.get('x')\n    s.close()\n    return r\n",
        "def f():\n    s = requests.Session()\n    s.headers['x'] = 'y'\n    return s.get('x')\n",
        "def f():\n    s = requests.Session()\n    s.auth = 'y'\n    return s.get('x')\n",
        "def f():\n    s = requests.Session()\n    return s\n",
        "def f():\n    s = requests.Session()\n    return fetch(s)\n",
        "def f(x):\n    s = requests.Session()\n    if x:\n        s = requests.Session()\n    return s.get('x')\n",
        "def f():\n    e = create_engine('sqlite://')\n    return Session(e)\n",
        "def f():\n    import contextlib\n    e = create_engine('postgresql://x')\n    return contextlib.closing(e)\n",
        "def f():\n    return boto3.client('s3', LATER).a()\n\n\nLATER = 'x'\n",
        "class A:\n    s3 = boto3.client('s3')\n",
        "s3 = boto3.client('s3')\n",
        "def f(boto3):\n    return boto3.client('s3').a()\n",
    ],
)
def test_any_other_client_stays_where_it_is(function: str) -> None:
    assert moved(function).endswith(function)


def test_two_functions_share_what_they_make_alike() -> None:
    text = moved(
        "def f():\n    return boto3.client('s3').a()\n\n\ndef g():\n    c = boto3.client('s3')\n    return c.b()\n"
    )
    assert text.count("boto3.client('s3')") == 1
    assert "return _client.b()" in text


def test_the_comment_goes_with_the_client() -> None:
    text = moved("def f():\n    # kept for a year\n    s3 = boto3.client('s3')\n    return s3.a()\n")
    assert "# kept for a year\n_s3 = boto3.client('s3')\n" in text


SOURCE = """
import redis


@route
def view():
    store = redis.Redis("example.invalid")
    return {"id": id(store.get_connection_kwargs())}
"""


def test_a_service_makes_it_once_for_all_runs_and_shows_the_change(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    made = make_artifacts(planned(tmp_path / "m", {"shop.py": SOURCE}, "shop.view"))
    first, second = run(made, tmp_path / "service", *[request("GET", "/x")] * 2)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["body"] == second["body"]
    assert '+_store = redis.Redis("example.invalid")\n' in made.diff
    assert "made once at import" in made.files["README.md"]


def test_it_can_be_chosen_against(tmp_path: Path) -> None:
    made = make_artifacts(planned(tmp_path, {"shop.py": SOURCE}, "shop.view"), ServiceChoices(hoist=False))
    assert (made.diff, made.edits) == ("", ())
