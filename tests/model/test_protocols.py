"""Special methods against Python itself: what a statement calls when it runs, and what the model says that it calls.

Each statement is run on an object that has every special method, then without those that were called, and so on: what
stands in for a missing one is found as well.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests.support.programs import effects_of, model_of

_ARITHMETIC = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "or",
    "and",
    "xor",
    "lshift",
    "rshift",
    "matmul",
    "pow",
)
_RESULTS = {
    "str": "'a'",
    "repr": "'a'",
    "format": "'a'",
    "bool": "True",
    "len": "1",
    "int": "1",
    "index": "1",
    "float": "1.0",
    "complex": "1j",
    "bytes": "b'a'",
    "abs": "1",
    "round": "1",
    "hash": "1",
    "neg": "1",
    "pos": "1",
    "invert": "1",
    "contains": "True",
    "iter": "iter([1])",
    "reversed": "iter([1])",
    "copy": "1",
    "deepcopy": "1",
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), "True"),
    **{f"{prefix}{name}": "1" for prefix in ("", "r", "i") for name in _ARITHMETIC},
}
"""What each method gives, so that Python goes on."""

_SIGNS = ("+", "-", "*", "/", "//", "%", "|", "&", "^", "<<", ">>", "@", "**")

STATEMENTS = (
    *("f'{a}'", "f'{a!r}'", "f'{a!s}'", "f'{a!a}'", "f'{a:>3}'", "f'{1:{a}}'", "f'{[a]}'"),
    *("'%s' % a", "'%s %s' % (a, 1)", "'%(k)s' % {'k': a}", "s = '%s'\ns %= a"),
    *("'{}'.format(a)", "'{k}'.format(k=a)", "'{k}'.format(**{'k': a})", "'{k}'.format_map({'k': a})"),
    *("str(a)", "repr(a)", "format(a)", "ascii(a)", "print(a)", "str([a])", "repr((a, 1))", "str({'k': a})"),
    *("import logging\nlogging.warning('%s', a)", "import logging\nlogging.getLogger('x').error('%s', a)"),
    *(
        "bool(a)",
        "not a",
        "a and 1",
        "1 and a and 1",
        "a or 1",
        "1 if a else 2",
        "a if a else 1",
        "any([a])",
        "all([a])",
    ),
    *("if a: ...", "if 0: ...\nelif a: ...", "while a: break", "assert a", "[x for x in [1] if a]", "if not a: ..."),
    *("if a and 1: ...", "match 1:\n    case 1 if a: ..."),
    *("len(a)", "int(a)", "float(a)", "complex(a)", "bytes(a)", "abs(a)", "round(a)", "hash(a)", "reversed(a)"),
    *("-a", "+a", "~a"),
    *(f"a {sign} 1" for sign in _SIGNS),
    *(f"1 {sign} a" for sign in _SIGNS if sign != "%"),
    *("1 % a", "None % a", "a + b"),
    *(f"a {sign}= 1" for sign in _SIGNS),
    *("x = 1\nx += a", "x = [a]\nx[0] += 1", "x = lambda: 1\nx.y = a\nx.y -= 1"),
    *(f"a {sign} 1" for sign in ("<", "<=", ">", ">=", "==", "!=")),
    *(f"1 {sign} a" for sign in ("<", "<=", ">", ">=", "==", "!=")),
    *("0 < a < 2", "a is 1", "a is not None", "match a:\n    case 1: ..."),
    *("1 in a", "1 not in a", "a in [1]", "1 in [a]", "1 in (2, a)"),
    *("sum([a])", "sum([1, a])", "sorted([a, b])", "min([a, b])", "max(a, b)", "[a, b].sort()"),
    *("import copy\ncopy.copy(a)", "import copy\ncopy.deepcopy(a)"),
)

NOT_FOLLOWED = {
    "'{k}'.format_map({'k': a})": {"format", "str"},
    "bytes(a)": {"len"},
    **{key: {"repr"} for key in ("f'{[a]}'", "str([a])", "repr((a, 1))", "str({'k': a})")},
}
"""What is known to be missed: values of a mapping that is handed over whole, hints of how long something is, and items of a
container that is written into a text, which mixes up most."""

MORE = {"a + b": {"radd"}, "sum([a])": {"add"}, "sum([1, a])": {"add"}}
"""What Python would call for other objects in these places: of another class, or as the sum so far."""


def _program(statement: str, names: set[str]) -> str:
    methods = "".join(
        f"    def __{name}__(self, *given):\n        called('__{name}__')\n        return {_RESULTS[name]}\n"
        for name in sorted(names)
    )
    # Objects without equality would have none of a hash either, and Python adds both by itself.
    body = "".join(f"    {line}\n" for line in statement.splitlines())
    return f"def called(name): ...\nclass A:\n    ...\n{methods}def start():\n    a, b = A(), A()\n{body}"


def _run(statement: str, names: set[str]) -> set[str]:
    """What Python calls."""
    found: list[str] = []
    program: dict[str, object] = {}
    exec(compile(_program(statement, names), "app.py", "exec"), program)  # our own text, from above
    program["called"] = found.append
    with suppress(TypeError, ValueError, AssertionError):  # where none of the methods is left that could answer
        program["start"]()  # type: ignore[operator]
    return {name.strip("_") for name in found}


def _found(statement: str, names: set[str]) -> set[str]:
    """What the model says."""
    callees = model_of(_program(statement, names)).callees("app.start")
    return {name.removeprefix("app.A.__").strip("_") for name in callees if name.startswith("app.A.__")}


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_python_calls_is_followed_and_nothing_else(statement: str) -> None:
    names = set(_RESULTS)
    rounds: list[tuple[set[str], set[str]]] = []
    while True:
        called = _run(statement, names)
        rounds.append((called, _found(statement, names)))
        if not called:
            break
        names -= called
    ever = set().union(*(called for called, _ in rounds))
    for called, found in rounds:
        assert called - NOT_FOLLOWED.get(statement, set()) <= found, "Python calls more"
        assert found <= ever | MORE.get(statement, set()), "Python never calls it"


_MAIL = "import smtplib\ndef send(*a):\n    smtplib.SMTP('h').sendmail('a', 'b', 'c')\nclass A:\n    def __str__(self): send()\n"
_HELPERS = {
    "a function": "def show(x): print(x)\n",
    "with a default": "def show(x=None): print(x)\n",
    "of any type": "import typing\ndef show(x: typing.Any): print(x)\n",
    "in an f-string": "def show(x): return f'{x}'\n",
}


@pytest.mark.parametrize("helper", _HELPERS)
def test_each_caller_answers_for_what_it_passes(helper: str) -> None:
    text = f"{_MAIL}{_HELPERS[helper]}def loud(): show(A())\n"
    assert effects_of(f"{text}def start(): show(A())\n") == {"email"}
    assert effects_of(f"{text}def start(): show(1)\n") == set()


@pytest.mark.parametrize(
    "start",
    [
        "import functools\ndef start(): functools.partial(show, A())()",
        "def apply(f, x): f(x)\ndef start(): apply(show, A())",
        "def start(): list(map(show, [A()]))",
        "import threading\ndef start(): threading.Thread(target=show, args=(A(),)).start()",
        "def deco(f):\n    def w(*a): return f(*a)\n    return w\nshown = deco(show)\ndef start(): shown(A())",
    ],
)
def test_what_reaches_a_function_by_others_is_asked_too(start: str) -> None:
    assert "email" in effects_of(f"{_MAIL}def show(x): print(x)\n{start}\n")


def test_what_is_passed_on_is_asked_too() -> None:
    text = f"{_MAIL}def write(x): print(x)\ndef show(x): write(x)\ndef start(): show(A())\n"
    assert effects_of(text) == {"email"}


@pytest.mark.parametrize(
    "helper",
    [
        "def show(x):\n    x = x or A()\n    print(x)\n",
        "def show(x: A): print(x)\n",
        "def show(x: 'A'): print(x)\n",
        "def show(x=A()): print(x)\n",
    ],
)
def test_what_no_caller_passes_is_the_functions_own(helper: str) -> None:
    text = f"{_MAIL}{helper}def loud(): show(A())\n"
    assert "email" in effects_of(text, "app.show")
