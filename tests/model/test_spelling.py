"""Texts that are put together where a route is registered: rules and prefixes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.programs import model_of

HEAD = "import os\nfrom flask import Flask\napp = Flask('x')\n"


def paths(source: str | dict[str, str]) -> list[str]:
    """The paths of every route."""
    model = model_of({"app": HEAD + source} if isinstance(source, str) else source)
    return sorted({str(trigger.detail["path"]) for each in model.candidates for trigger in each.triggers})


@pytest.mark.parametrize(
    ("before", "rule", "expected"),
    [
        ("A = '/a'\n", "A + '/b'", ["/a/b"]),
        ("A = '/a'\n", "f'{A}/b'", ["/a/b"]),
        ("A = '/a'\n", "'{}/{kind}'.format(A, kind='b')", ["/a/b"]),
        ("A = '/a'\n", "'{1}{0}'.format('/b', A)", ["/a/b"]),
        ("A = '/a'\n", "'/'.join([A, 'b'])", ["/a/b"]),
        ("A = '/a/'\n", "A.rstrip('/') + '/b'", ["/a/b"]),
        ("A = '/A'\n", "A.lower()", ["/a"]),
        ("N = 2\n", "f'/v{N}'", ["/v2"]),
        ("A = '/a'\nA += '/b'\n", "A", ["/a/b"]),
        ("A = '/a'\nB = A\nA = '/c'\n", "B + A", ["/a/c"]),
        ("A = '' or '/b'\n", "A", ["/b"]),
        ("A = '/a' if os.name else '/b'\n", "A", ["/a", "/b"]),
        ("if os.name:\n    A = '/a'\nelse:\n    A = '/b'\n", "A", ["/a", "/b"]),
        ("A = '/old'\nif os.name:\n    A = '/a'\nelse:\n    A = '/b'\n", "A", ["/a", "/b"]),
        ("A = '/x'\nif os.name:\n    A = '/a' + A\nelse:\n    A = '/b' + A\n", "A", ["/a/x", "/b/x"]),
        ("A = '/x'\nif os.name:\n    A = '/a'\n", "A", ["/a", "/x"]),
        ("class C:\n    A = '/a'\n", "C.A + '/b'", ["/a/b"]),
        ("class C:\n    def __init__(self):\n        self.a = '/a'\nc = C()\n", "c.a + '/b'", ["/a/b"]),
        ("A = os.environ['A']\n", "A + '/b'", ["…/b"]),
        ("A = os.environ['A']\n", "A", ["…"]),
        ("A = os.environ['A']\n", "f'{A}{A}/b'", ["…/b"]),
        ("A = os.getenv('A') or '/b'\n", "A", ["/b", "…"]),
        ("A = os.environ['A']\nif A:\n    A = f'{A}/'\n", "A", ["…"]),
    ],
)
def test_a_rule_is_what_the_expression_spells(before: str, rule: str, expected: list[str]) -> None:
    assert paths(f"{before}@app.route({rule})\ndef view(): ...\n") == expected


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        (
            "for a in '/a', '/b':\n if a == '/a':\n  a = '/x' + a\n else:\n  a = '/y' + a\n app.route(a)(view)\n",
            ["/x/a", "/x/b", "/y/a", "/y/b"],
        ),
        (
            "import itertools\nU = itertools.chain({1: '/a'}.items(), [(2, '/b')])\nfor _, a in U:\n app.route(a)(view)\n",
            ["/a", "/b"],
        ),
        ("for a in ('/a', '/b'):\n    app.add_url_rule(a + '/x', a, view)\n", ["/a/x", "/b/x"]),
        ("for a, b in (('/a', 1), ('/b', 2)):\n    app.add_url_rule(f'{a}/{b}', a, view)\n", ["/a/1", "/b/2"]),
        (
            "for n, p in {1: ['/a', '/b'], 2: ['/c']}.items():\n for a in p:\n  app.add_url_rule(a + '/x', n, view)\n",
            ["/a/x", "/b/x", "/c/x"],
        ),
        (
            "for a in '/a', '/b':\n a = '/x' + a\n app.route(a)(view)\nfor a in ('/c',):\n app.route(a)(view)\n",
            ["/c", "/x/a", "/x/b"],
        ),
    ],
)
def test_rules_of_a_loop(loop: str, expected: list[str]) -> None:
    assert paths(f"def view(): ...\n{loop}") == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("'/p'", "/p/a"), ("None", "/a"), ("''", "/a"), ("os.environ['P']", "…/a"), ("os.environ['P'] + '/q'", "…/q/a")],
)
def test_a_prefix_that_only_runs_is_not_taken_for_none(prefix: str, expected: str) -> None:
    source = (
        f"from flask import Blueprint\nmade = Blueprint('x', __name__, url_prefix={prefix})\n"
        f"given = Blueprint('y', __name__)\napp.register_blueprint(given, url_prefix={prefix})\n"
        "@made.route('/a')\ndef one(): ...\n@given.route('/a')\ndef two(): ...\n"
    )
    assert paths(source) == [expected]


def test_rows_of_a_table_stay_together() -> None:
    model = model_of(
        f"{HEAD}def f(): ...\ndef g(): ...\n"
        "for path, view in [('/f', f), ('/g', g)]:\n    app.add_url_rule('/v1' + path, path, view)\n"
    )
    found = {each.name: [trigger.detail["path"] for trigger in each.triggers] for each in model.candidates}
    assert found == {"app.f": ["/v1/f"], "app.g": ["/v1/g"]}


def test_names_of_other_modules() -> None:
    source = {
        "shop.app": f"{HEAD}from shop.conf import API, PARTS\nfrom shop import conf\n"
        "def make():\n    @app.route(API + '/one')\n    def one(): ...\n    @app.route(conf.API + '/two')\n"
        "    def two(): ...\nfor part in PARTS:\n    app.add_url_rule(API + part, part, make)\n",
        "shop.conf": "BASE = '/api'\nAPI = BASE + '/v1'\nPARTS = ('/p', '/q')\n",
    }
    assert paths(source) == ["/api/v1/one", "/api/v1/p", "/api/v1/q", "…/two"]


def test_what_is_set_by_a_context_manager_holds_inside_of_its_with() -> None:
    source = (
        "from contextlib import contextmanager\n"
        "class Own:\n    def __init__(self):\n        self.before = ''\n"
        "    def add(self, rule, view):\n        app.add_url_rule(self.before + rule, None, view)\n"
        "    @contextmanager\n    def below(self, prefix='/default'):\n        self.before = prefix\n        yield\n"
        "        self.before = ''\n"
        "def view(): ...\nown, other = Own(), Own()\nown.add('/a', view)\nwith own.below('/x'):\n"
        "    own.add('/b', view)\n    other.add('/c', view)\nwith own.below():\n    own.add('/d', view)\n"
    )
    assert paths(source) == ["/a", "/c", "/default/d", "/x/b"]


TEXT = st.text("ab/-", min_size=1, max_size=4)


@st.composite
def spelled(draw: st.DrawFn, depth: int = 3) -> str:
    """An expression of a text, by constants, names, sums, f-strings, joins, formats and choices between equals."""
    kind = draw(st.sampled_from(["constant", "name"] if not depth else ["sum", "f", "join", "format", "or", "upper"]))
    if kind == "constant":
        return repr(draw(TEXT))
    if kind == "name":
        return draw(st.sampled_from(["ONE", "TWO", "Three.FOUR"]))
    left, right = draw(spelled(depth - 1)), draw(spelled(depth - 1))
    if kind == "f" and not set("'\"\\") & set(left + right):
        return f"f'{{{left}}}-{{{right}}}'"
    forms = {
        "join": f"'/'.join([{left}, {right}])",
        "format": f"'{{}}:{{last}}'.format({left}, last={right})",
        "or": f"('' or {left})",
        "upper": f"({left}).upper()",
    }
    return forms.get(kind, f"({left} + {right})")


@settings(max_examples=25, deadline=None)
@given(spelled())
def test_what_is_spelled_is_what_python_makes_of_it(expression: str) -> None:
    names = "ONE = '/one'\nTWO = ONE + '/two'\nclass Three:\n    FOUR = '/four'\n"
    scope: dict[str, object] = {}
    exec(names, scope)
    wanted = "/x" + eval(expression, scope)
    assert paths(f"{names}@app.route('/x' + {expression})\ndef view(): ...\n") == [wanted]
    assert re.search("…", wanted) is None
