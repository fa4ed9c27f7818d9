"""What holds for every program that is mended: it parses and answers as before, nothing else changes, signatures only
grow, and a second mend changes nothing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.domain.assessments import Verdict
from migrator.domain.effects import Effect
from tests.support.mended import assessments, mended

READS = (
    "request.args.get('a', '')",
    "request.headers['Host']",
    "request.headers.get(\n            'User-Agent', 'none'  # who asks\n        )",
    "request.method",
    "str(request.args.get('n', 1, type=int))",
    "session.get('cart', '')",
    "g.tenant",
    "repr(request)",
    "(lambda: request.path)()",
)
HELPERS = ("first", "second", "third")
PARAMETERS = ("", "a=1", "a=(1), *rest", "a=1, *, key='k'", "a=1, **more", "\n    a=1,  # one\n    b=2,\n")
SHAPES = (
    "    return {value} + {rest}",
    "    text = {value}\n\n    return text + {rest}",
    "    if {value}:\n        return {rest}\n    return ''",
    "    # first\n    text = {value}  # then\n    {rest}\n    return text",
    '    """What it does."""\n    try:\n        text = {value}\n    except KeyError:\n        text = {rest}\n    return text',
    "    session['seen'] = {value}\n    return {rest}",
    "    return ''.join(str(each) for each in ({value}, {rest}))",
)
QUIET = "from __future__ import annotations\n\nLIMIT = 3  # of what\n\n\ndef twice ( x ) :\n\treturn x*2\n"


@st.composite
def programs(draw: st.DrawFn) -> Mapping[str, str]:
    """Views and helpers of two modules that read the context and call each other, and one that reads none."""
    parts: dict[str, list[str]] = {"web": [], "deep": []}
    known: list[str] = []
    homes: dict[str, str] = {}
    for name in HELPERS:
        home = draw(st.sampled_from(("web", "deep")))
        reach = [each for each in known if homes[each] == home or home == "web"]
        body = _body(draw, reach)
        parts[home].append(f"def {name}({draw(st.sampled_from(PARAMETERS))}) -> str:\n{body}\n")
        known.append(name)
        homes[name] = home
    parts["web"].append(f"@app.get('/<a>')\ndef view(a: str, *rest, **more):\n{_body(draw, known)}\n")
    parts["web"].append(f"@app.get('/other')\ndef other():\n    return {draw(st.sampled_from(known))}()\n")
    imported = ", ".join(name for name in HELPERS if homes[name] == "deep")
    head = "from flask import Flask, g, request, session\n"
    web = [head, f"from deep import {imported}\n" if imported else "", "app = Flask(__name__)\n", *parts["web"]]
    return {
        "web.py": "\n\n".join(web),
        "deep.py": "\n\n".join(["from flask import g, request, session\n", *parts["deep"]]),
        "quiet.py": QUIET,
    }


def _body(draw: st.DrawFn, calls: list[str]) -> str:
    value = draw(st.sampled_from(READS))
    rest = draw(st.sampled_from(READS + tuple(f"{name}()" for name in calls)))
    return draw(st.sampled_from(SHAPES)).format(value=value, rest=rest)


def answers(files: Mapping[str, str]) -> list[tuple[int, str]]:
    """What the application answers to requests with and without what it reads."""
    try:
        for name in ("deep", "web"):
            sys.modules[name] = module = ModuleType(name)
            exec(compile(files[f"{name}.py"], f"{name}.py", "exec"), module.__dict__)
        application = module.app
    finally:
        for name in ("deep", "web"):
            sys.modules.pop(name, None)
    application.secret_key = "s"
    application.logger.disabled = True
    found = []
    for path, headers in (("/x?a=1&n=2", {"User-Agent": "me"}), ("/x", {}), ("/other?a=3", {}), ("/other?n=x", {})):
        for cart in ("", "full"):
            client = application.test_client()
            if cart:
                with client.session_transaction() as session:
                    session["cart"] = cart
            answer = client.get(path, headers=headers)
            found.append((answer.status_code, answer.text))
    return found


def signatures(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each function with its parameters."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = node.args
            every = [*found.posonlyargs, *found.args, found.vararg, *found.kwonlyargs, found.kwarg]
            yield node.name, [each.arg for each in every if each is not None]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_mended_code_answers_as_before_and_only_grows_once(files: Mapping[str, str]) -> None:
    made = mended(files, "web.view")
    for path, text in made.texts.items():
        ast.parse(text)
        assert (path in made.mend.texts) == (text != files[path])
        old, new = dict(signatures(files[path])), dict(signatures(text))
        for name, parameters in old.items():
            kept = iter(new[name])
            assert all(each in kept for each in parameters), f"{name} lost a parameter, or their order"
        assert new.get("view") == old.get("view"), "the framework calls it"
        assert new.get("other") == old.get("other")
        comments = [line.partition("#")[2] for line in files[path].splitlines() if "#" in line]
        assert all(text.count(comment) >= 1 or "who asks" in comment for comment in comments)
    assert made.texts["quiet.py"] == QUIET
    assert answers(made.texts) == answers(files)
    assert not mended(made.texts, "web.view").mend.texts


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_no_verdict_is_claimed_that_the_analysis_does_not_give(files: Mapping[str, str]) -> None:
    made = mended(files, "web.view")
    after = {each.name: each for each in assessments(made.texts)}
    assert made.outcome.after.verdict is after["web.view"].verdict
    if made.outcome.behind is not None and made.outcome.behind.verdict is not Verdict.REFACTOR:
        assert Effect.REQUEST_CONTEXT not in made.outcome.behind.effect_names
    # Who else is there must not get worse by it.
    before = {each.name: each for each in assessments(files)}
    assert after["web.other"].effect_names <= before["web.other"].effect_names
