"""Values that several targets get parts of: each gets its own, and the whole is evaluated once."""

from __future__ import annotations

import pytest

from migrator.model.index import FunctionInfo, Index
from migrator.model.unpacking import wholes_of
from tests.support.programs import effects_of, facts_in

PREFIX = (
    "import smtplib\nclass A:\n    def go(self): smtplib.SMTP('h').send_message('m')\nclass B:\n    def go(self): ...\n"
    "class Held: ...\ndef pair(): return A(), B()\ndef nested(): return (A(), B()), B()\n"
    "def start():\n"
)
REACHES_A = {
    "the first of two": "    a, b = pair()\n    a.go()",
    "within one": "    (a, b), c = nested()\n    a.go()",
    "a field": "    held = Held()\n    b, held.b = pair()[::-1]\n    held.b.go()",
    "an item": "    d = {}\n    d['a'], b = pair()\n    d['a'].go()",
    "a loop": "    for key, value in {'k': A()}.items(): value.go()",
    "what is left": "    b, *rest = B(), A()\n    for each in rest: each.go()",
    "two names of one value": "    a = b = A()\n    b.go()",
    "a comprehension": "    [a.go() for a, b in [pair()]]",
    "what grows later": "    while c:\n        a, b = last()\n        a.go()\n        kept.append(pair())",
}
REACHES_NONE = {
    "the second of two": "    a, b = pair()\n    b.go()",
    "within one": "    (a, b), c = nested()\n    b.go()\n    c.go()",
    "an item": "    d = {}\n    d['a'], d['b'] = pair()\n    d['b'].go()",
}
LATER = "kept = []\ndef last(): return kept[0]\n"


@pytest.mark.parametrize("name", REACHES_A)
def test_a_target_gets_its_part(name: str) -> None:
    assert "email" in effects_of(LATER + PREFIX + REACHES_A[name] + "\n")


@pytest.mark.parametrize("name", REACHES_NONE)
def test_a_target_gets_no_more_than_its_part(name: str) -> None:
    assert "email" not in effects_of(LATER + PREFIX + REACHES_NONE[name] + "\n")


SHARED = {
    "a, b = f()": {1: 1, 2: 1},
    "for k, v in f(): pass": {1: 1, 2: 1},
    "(a, b), c = f()": {1: 1, 2: 1, 3: 1},
    "a = b = f()": {1: 1, 2: 1},
    "with f() as (a, b): pass": {1: 1, 2: 1},
    "a, b = await f()": {1: 1, 2: 1},
    "self.a, b = f()": {1: 1, 2: 1},
    "a, b = f()\n    c, d = f()": {1: 1, 2: 1, 3: 3, 4: 3},
    "a = f()\n    b = f()": {},
    "a = f()[0]\n    b = f()[1]": {},
    "a, b = x": {},
    "a = f()": {},
}


@pytest.mark.parametrize("statement", SHARED)
def test_the_first_step_of_a_statement_evaluates_for_the_others(statement: str) -> None:
    wholes = wholes_of(_function(f"async def start(self, x):\n    {statement}\n"))

    assert {number: whole.first for number, whole in wholes.items()} == SHARED[statement]


def _function(text: str) -> FunctionInfo:
    return Index({"app": facts_in(text)}, lambda name: False).functions["app.start"]
