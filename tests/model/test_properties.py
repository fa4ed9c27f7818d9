"""Rules that hold for every program: order does not matter, calls only add, nothing fails."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.facts import extract_facts
from migrator.model import ProgramModel, build_model
from tests.support.programs import knowledge, model_of, tree_of

LINES = [
    "import os, smtplib, subprocess, functools",
    "state = {}",
    "class A:\n    x = []\n    def __init__(self, f=None): self.f = f\n    def m(self): self.n()\n    def n(self): ...",
    "class B(A):\n    def n(self): subprocess.run(['a'])\n    @property\n    def p(self): return self.f",
    "def f0(x=None): return x",
    "def f1(x=None):\n    state['a'] = x\n    return f0",
    "def f2(x=None): return smtplib.SMTP('h').sendmail(x, x, x)",
    "def f3(g=f2): return g(g)",
    "def f4(x=None):\n    for y in [f1, f2, x]: y(f3)",
    "def f5(x=None): return B(f2).p(x)",
    "def f6(x=None): return os.environ, functools.partial(f4, x)",
    "def deco(f):\n    def w(*a): return f(*a), f1()\n    return w",
    "@deco\ndef f7(x=None): return f6()[1]()",
]
NAMES = [f"f{number}" for number in range(8)]
CALLS = [f"{name}({argument})" for name in NAMES for argument in ("", "f1", "f4", "A", "B(f3)")] + [
    "A().m()",
    "B().m()",
]


def said(model: ProgramModel) -> str:
    return repr([(name, model.summary(name)) for name in sorted(model.functions)])


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CALLS)), max_size=6), st.sampled_from(CALLS))
@settings(max_examples=40, deadline=None)
def test_adding_a_call_never_removes_an_effect(body: list[tuple[str, str]], added: str) -> None:
    source = "\n".join(LINES) + "\ndef start(x=None):\n    pass\n" + "".join(f"    {call}\n" for _, call in body)
    before = model_of(source)
    after = model_of(f"{source}    {added}\n")
    for name in sorted(before.functions):
        assert before.effects(name) <= after.effects(name), name


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_order_of_files_does_not_matter(seed: int) -> None:
    sources = {
        "a": "from b import *\nimport c\nstate = {}\ndef go(f=c.send): f(); state[f] = made()\n",
        "b": "from a import state\nimport a\nclass Base:\n    def m(self): return a.go(self.n)\n    def n(self): ...\n"
        "def made(): return [Base(), Sub()]\n",
        "c": "import smtplib\nfrom b import Base\ndef send(*a): smtplib.SMTP('h').sendmail('a', 'b', 'c')\n",
        "d": "import b, a\nclass Sub(b.Base):\n    def n(self): return a.state\nb.Sub = Sub\n",
    }
    items = list(sources.items())
    random.Random(seed).shuffle(items)
    assert said(model_of(dict(items))) == said(model_of(sources))


SNIPPETS = st.sampled_from(
    [
        "x = y",
        "x.y = z",
        "x[y] = x",
        "del x.y",
        "x()",
        "y(x)",
        "x.y(z)",
        "return x",
        "yield x",
        "import x",
        "from x import *",
        "global x\nfor x in y: x()",
        "with x as y: y()",
        "class x(y): z = x",
        "class y(x): y = z",
        "def x(y=z): return y(x)",
        "def z(*y, **x): y[0](x['a'])\nx = [y for y in z]",
        "x = {y: z}",
        "x = lambda y: x(y)",
        "@x\n@y(z)\ndef z(): ...",
        "@x\nclass y(z): ...",
        "x = x",
        "x += y",
        "super().x()\nfrom . import y",
        "from .. import z",
        "getattr(x, y)()",
        "x = x.x.x",
        "x = x[0][0]",
        "x = functools.partial(x, y)",
        "x = (x, y)",
        "x = [x]",
        "a = await x\ntry:\n    x\nexcept y as z:\n    z()",
        "while True:\n    x()",
        "isinstance(x, y)",
        "x: y = z",
        "def y(x: y) -> z: x.y()",
        "x = y or z or x()\nif x := y: x()",
        "x @ y",
        "x = x + [y]",
        "x.append(y)",
        "x = type(x)",
        "x = x()",
        "match x:\n    case y(): ...",
    ]
)


@given(st.dictionaries(st.sampled_from(["x", "y", "z", "p.x"]), st.lists(SNIPPETS, max_size=12), max_size=4))
@settings(max_examples=120, deadline=None)
def test_no_program_makes_the_model_fail_or_run_for_ever(modules: dict[str, list[str]]) -> None:
    sources = {name: "import functools\n" + "\n".join(lines) + "\n" for name, lines in modules.items()}
    wrapped = {
        name: text
        + "def inside():\n"
        + "".join(f"    {line}\n" for line in text.splitlines() if "import *" not in line)
        for name, text in sources.items()
    }
    tree = tree_of(wrapped or {"app": ""})
    facts, _ = extract_facts(tree)
    model = build_model(facts, knowledge())
    for name in model.functions:
        model.summary(name)
