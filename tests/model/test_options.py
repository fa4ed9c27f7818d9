"""What a function does not run, because of the constants that a call gives or leaves it."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

PREFIX = "import smtplib\ndef mail(): smtplib.SMTP('h').send_message('m')\n"

SILENT = {
    "left at none": ("def f(a=None):\n    if a:\n        mail()", "f()"),
    "given none": ("def f(a=False):\n    if a:\n        mail()", "f(None)"),
    "given by name": ("def f(a=True):\n    if a:\n        mail()", "f(a=False)"),
    "is not none": ("def f(a=None):\n    if a is not None:\n        mail()", "f()"),
    "left early": ("def f(a=None):\n    if not a:\n        return\n    mail()", "f()"),
    "left early by raising": ("def f(a=None):\n    if a is None:\n        raise ValueError\n    mail()", "f()"),
    "else": ("def f(a=False):\n    if not a:\n        x = 1\n    else:\n        mail()", "f()"),
    "elif": ("def f(a=False, b=1):\n    if not a:\n        x = 1\n    elif b:\n        mail()", "f()"),
    "all of": ("def f(a=None, b=1):\n    if a and b:\n        mail()", "f(b=2)"),
    "handed on": ("def g(a=None):\n    if a:\n        mail()\ndef f(a=None): g(a)", "f()"),
    "handed on by name": ("def g(a=None):\n    if a:\n        mail()\ndef f(b=None): g(a=b)", "f()"),
    "handed on to one without default": (
        "def g(a):\n    if not a:\n        return\n    mail()\ndef f(a=None): g(a)",
        "f()",
    ),
    "and": ("def f(a=None): return a and mail()", "f()"),
    "or": ("def f(a=True): return a or mail()", "f()"),
    "in a test": ("def f(a=None):\n    if a and mail():\n        x = 1", "f()"),
    "the one of two": ("def f(a=None): return mail() if a else 1", "f()"),
    "the other of two": ("def f(a=True): return 1 if a else mail()", "f()"),
    "said to be something": (
        "class M:\n    def go(self): mail()\ndef f(a: M | None = None):\n    x(a)\n    a.go()",
        "f()",
    ),
    "a method": ("class C:\n    def m(self, a=None):\n        if a:\n            mail()\ndef f(): C().m()", "f()"),
    "a constructor": (
        "class C:\n    def __init__(self, a=None):\n        if a:\n            mail()\ndef f(): C()",
        "f()",
    ),
    "a class method": (
        """class C:
    @classmethod
    def m(cls, b, a=None): return cls().n(b, a)
    def n(self, b, a=None):
        if a:
            mail()
def f(): C.m(1)""",
        "f()",
    ),
    "with a function inside": (
        "def f(items, a=None):\n    def key(x): return x\n    if a:\n        mail()\n    return sorted(items, key=key)",
        "f([1])",
    ),
    "with a lambda inside": ("def f(a=None):\n    if a:\n        mail()\n    return lambda: 1", "f()"),
}
LOUD = {
    "given something": ("def f(a=None):\n    if a:\n        mail()", "f(x())"),
    "given by mapping": ("def f(a=None):\n    if a:\n        mail()", "f(**x())"),
    "given by sequence": ("def f(a=None):\n    if a:\n        mail()", "f(*x())"),
    "bound again": ("def f(a=None):\n    a = a or x()\n    if a:\n        mail()", "f()"),
    "bound in a loop": ("def f(a=None):\n    for a in x():\n        if a:\n            mail()", "f()"),
    "one of several": ("def f(a=None, b=None):\n    if a or b:\n        mail()", "f(b=x())"),
    "the other branch": ("def f(a=None):\n    if a:\n        return\n    mail()", "f()"),
    "else": ("def f(a=None):\n    if a:\n        x = 1\n    else:\n        mail()", "f()"),
    "an except after it": (
        "def f(a=None):\n    try:\n        if not a:\n            x = 1\n        y()\n    except E:\n        mail()",
        "f()",
    ),
    "a later try": (
        "def f(a=None):\n    if not a:\n        x = 1\n    try:\n        y()\n    except E:\n        mail()",
        "f()",
    ),
    "a later case": (
        "def f(a=None):\n    if not a:\n        x = 1\n    match a:\n        case 1:\n            mail()",
        "f()",
    ),
    "after the block": (
        "def f(a=None):\n    for i in x():\n        if not a:\n            return\n    mail()",
        "f()",
    ),
    "asked on the same line": ("def f(a=None):\n    if mail() and a: x = 1", "f()"),
    "on one line": ("def f(a=None):\n    if not a: mail()", "f()"),
    "asked of another": ("def f(a=None, b=1):\n    if b:\n        mail()", "f()"),
    "one more than there are places": ("def f(*a, b=True):\n    if b:\n        mail()", "f(1, False)"),
    "one of any number": ("def f(*a):\n    if a:\n        mail()", "f(None)"),
    "one by any name": ("def f(**a):\n    if a:\n        mail()", "f(a=None)"),
    "a name that only has a place": ("def f(a=True, /, **k):\n    if a:\n        mail()", "f(a=False)"),
    "bound inside": (
        "def f(x, a=None):\n    def g():\n        nonlocal a\n        a = x\n    g()\n    if a:\n        mail()",
        "f(1)",
    ),
    "bound by an import": ("def f(a=None):\n    import a\n    if a:\n        mail()", "f()"),
    "in a function inside": ("def f(x, a=None):\n    def g(): x()\n    if not a:\n        g()", "f(mail)"),
    "and, later": ("def f(a=None): return mail() and a", "f()"),
    "and, held": ("def f(a=True): return a and mail()", "f()"),
    "or, not held": ("def f(a=None): return a or mail()", "f()"),
    "the one of two": ("def f(a=None): return 1 if a else mail()", "f()"),
    "the last of three": ("def f(a=None, b=1): return 1 if a else 2 if b else mail()", "f()"),
    "a test of two": ("def f(a=None): return 1 if mail() else 2", "f()"),
    "a number": ("def f(a=1):\n    if a > 0:\n        mail()", "f(0)"),
}


@pytest.mark.parametrize("name", SILENT)
def test_lines_that_the_constants_of_a_call_switch_off_do_not_run(name: str) -> None:
    definition, call = SILENT[name]

    assert effects_of(f"{PREFIX}{definition}\ndef start(): {call}\n") == set()


@pytest.mark.parametrize("name", LOUD)
def test_lines_that_may_run_are_counted(name: str) -> None:
    definition, call = LOUD[name]

    assert "email" in effects_of(f"{PREFIX}{definition}\ndef start(): {call}\n")


@pytest.mark.parametrize("name", SILENT)
def test_another_call_does_not_switch_them_on_or_off(name: str) -> None:
    definition, call = SILENT[name]
    source = f"{PREFIX}{definition}\ndef start(): {call}\ndef other(x): f(x)\n"

    assert effects_of(source) == set()


def test_a_function_that_is_handed_over_is_not_known_by_its_options() -> None:
    source = f"{PREFIX}def f(a=None):\n    if a:\n        mail()\ndef use(g): g(1)\ndef start(): use(f)\n"

    assert "email" in effects_of(source)


def test_what_runs_a_function_by_another_call_says_nothing_of_its_options() -> None:
    source = (
        f"{PREFIX}from celery import Celery\napp = Celery('x')\ndef f(a=None):\n    if a:\n        mail()\n"
        "task = app.task(f)\ndef start(x): task.apply((x,), None)\ndef other(x): task.apply(None, {'a': x})\n"
    )

    assert "email" in effects_of(source)
    assert "email" in effects_of(source, "app.other")
