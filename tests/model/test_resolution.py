"""Which code a call runs: each case reaches an e-mail, and nothing else, through one feature of the language."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.programs import effects_of, model_of

SEND = "import smtplib\ndef send(*a, **k):\n    smtplib.SMTP('h').sendmail('a', 'b', 'c')\ndef other(): print('x')\n"

IN_ONE_MODULE = {
    "plain": "def start(): send()",
    "alias": "again = send\ndef start(): again()",
    "local alias": "def start():\n    f = send\n    f()",
    "choice": "def start(x):\n    f = send if x else other\n    f()",
    "nested": "def start():\n    def inner(): send()\n    inner()",
    "closure": "def start():\n    f = send\n    def inner(): f()\n    return inner()",
    "lambda": "def start(): (lambda: send())()",
    "returned": "def make():\n    return send\ndef start(): make()()",
    "argument": "def run(f): f()\ndef start(): run(send)",
    "argument by name": "def run(*, f): f()\ndef start(): run(f=send)",
    "argument twice": "def run(f): f()\ndef run2(g): run(g)\ndef start(): run2(send)",
    "rest passed on": "def run(*a): call(*a)\ndef call(x, f): f()\ndef start(): run(1, send)",
    "rest after an argument": "def run(x, *a): call(*a)\ndef call(f): f()\ndef start(): run(1, send)",
    "keywords passed on": "def run(**k): call(**k)\ndef call(*, f): f()\ndef start(): run(f=send)",
    "keywords of keywords": "def run(**k): more(**k)\ndef more(**k): call(**k)\ndef call(f): f()\ndef start(): run(f=send)",
    "annotated base": "class B:\n    def m(self): ...\nclass A(B):\n    def m(self): send()\ndef start(b: B): b.m()",
    "annotation above a definition": "class A:\n    def m(self): send()\nclass Base:\n    a = A()\n"
    "class B(Base):\n    a: object\ndef start(): B.a.m()",
    "annotation alone": "class A:\n    def m(self): send()\nclass B:\n    a: A\ndef start(): B.a.m()",
    "attribute that a decorator gives a class": "def deco(c):\n    c.f = staticmethod(send)\n    return c\n"
    "@deco\nclass A: ...\ndef start(): A.f()",
    "default argument": "def run(f=send): f()\ndef start(): run()",
    "identity": "def same(f): return f\ndef start(): same(send)()",
    "partial": "import functools\ndef start(): functools.partial(send, 1)()",
    "list": "def start():\n    for f in [other, send]: f()",
    "dict": "table = {'a': send}\ndef start(x): table[x]()",
    "dict get": "table = {'a': send}\ndef start(x): table.get(x)()",
    "tuple": "def start():\n    f, g = send, other\n    f()",
    "appended": "hooks = []\nhooks.append(send)\ndef start():\n    for f in hooks: f()",
    "registry": "hooks = {}\ndef register(f):\n    hooks['a'] = f\n    return f\n@register\ndef one(): send()\n"
    "def start():\n    for f in hooks.values(): f()",
    "method": "class A:\n    def m(self): send()\ndef start(): A().m()",
    "self": "class A:\n    def m(self): self.n()\n    def n(self): send()\ndef start(): A().m()",
    "inherited": "class B:\n    def m(self): send()\nclass A(B): ...\ndef start(): A().m()",
    "overridden": "class B:\n    def m(self): self.n()\n    def n(self): ...\nclass A(B):\n    def n(self): send()\n"
    "def start(): A().m()",
    "super": "class B:\n    def m(self): send()\nclass A(B):\n    def m(self): super().m()\ndef start(): A().m()",
    "diamond": "class R:\n    def m(self): ...\nclass B(R):\n    def m(self): super().m()\nclass C(R):\n"
    "    def m(self): send()\nclass A(B, C): ...\ndef start(): A().m()",
    "constructor": "class A:\n    def __init__(self): send()\ndef start(): A()",
    "after init": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n    def __post_init__(self): send()\n"
    "def start(): A(1)",
    "attribute": "class A:\n    def __init__(self, f): self.f = f\n    def m(self): self.f()\ndef start(): A(send).m()",
    "dataclass field": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    f: object\ndef start(): A(send).f()",
    "property": "class A:\n    @property\n    def p(self): send()\ndef start(): A().p",
    "setter": "class A:\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): send()\n"
    "def start():\n    a = A()\n    a.p = 1",
    "class method": "class A:\n    @classmethod\n    def m(cls): cls().n()\n    def n(self): send()\ndef start(): A.m()",
    "static method": "class A:\n    @staticmethod\n    def m(): send()\ndef start(): A().m()",
    "unbound": "class A:\n    def m(self): send()\ndef start(): A.m(A())",
    "callable object": "class A:\n    def __call__(self): send()\ndef start(): A()()",
    "module instance": "class A:\n    def m(self): send()\na = A()\ndef start(): a.m()",
    "annotation": "class A:\n    def m(self): send()\ndef start(a: A): a.m()",
    "quoted annotation": "class A:\n    def m(self): send()\ndef start(a: 'A | None'): a.m()",
    "list annotation": "class A:\n    def m(self): send()\ndef start(a: list[A]):\n    for x in a: x.m()",
    "isinstance": "class A:\n    def m(self): send()\ndef start(a):\n    if isinstance(a, A): a.m()",
    "argument type": "class A:\n    def m(self): send()\ndef run(a): a.m()\ndef start(): run(A())",
    "context manager": "class A:\n    def __enter__(self): return self\n    def __exit__(self, *a): send()\n"
    "def start():\n    with A(): ...",
    "context function": "import contextlib\n@contextlib.contextmanager\ndef m():\n    send()\n    yield\n"
    "def start():\n    with m(): ...",
    "entered": "import contextlib\nclass A:\n    def m(self): send()\n@contextlib.contextmanager\ndef c(): yield A()\n"
    "def start():\n    with c() as a: a.m()",
    "generator": "def g():\n    yield 1\n    send()\ndef start():\n    for x in g(): ...",
    "yielded": "def g(): yield send\ndef start():\n    for f in g(): f()",
    "iterator": "class A:\n    def __iter__(self): send()\ndef start():\n    for x in A(): ...",
    "item": "class A:\n    def __getitem__(self, k): send()\ndef start(): A()[1]",
    "operator": "class A:\n    def __add__(self, o): send()\ndef start(): A() + 1",
    "async": "async def f(): send()\nasync def start(): await f()",
    "decorator": "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a):\n        send()\n"
    "        return f(*a)\n    return w\n@deco\ndef start(): ...",
    "decorated callee": "def deco(f):\n    def w(*a): return f(*a)\n    return w\n@deco\ndef g(): send()\n"
    "def start(): g()",
    "decorator with arguments": "def deco(n):\n    def apply(f):\n        def w():\n            send()\n"
    "            return f()\n        return w\n    return apply\n@deco(3)\ndef start(): ...",
    "decorator class": "class Deco:\n    def __init__(self, f): self.f = f\n    def __call__(self):\n        send()\n"
    "        return self.f()\n@Deco\ndef start(): ...",
    "getattr": "class A:\n    def m(self): send()\ndef start(): getattr(A(), 'm')()",
    "key function": "def start(x): return sorted(x, key=lambda y: send())",
    "recursion": "def start(x):\n    if x: return start(x - 1)\n    send()",
    "mutual recursion": "def a(): b()\ndef b():\n    a()\n    send()\ndef start(): a()",
    "walrus": "def start():\n    if f := send: f()",
    "enumeration": "import enum\nclass A(enum.Enum):\n    X = 1\n    def m(self): send()\ndef start(): A.X.m()",
    "type of self": "class A:\n    def m(self): type(self)().n()\n    def n(self): send()\ndef start(): A().m()",
}

IN_SEVERAL: dict[str, Mapping[str, str]] = {
    "from": {"mail": SEND, "app": "from mail import send\ndef start(): send()"},
    "module": {"mail": SEND, "app": "import mail\ndef start(): mail.send()"},
    "inside": {"mail": SEND, "app": "def start():\n    from mail import send as s\n    s()"},
    "relative": {"p.mail": SEND, "p.q.app": "from ..mail import send\ndef start(): send()"},
    "submodule": {"p.mail": SEND, "p": "from . import mail", "app": "import p\ndef start(): p.mail.send()"},
    "dotted": {"p.mail": SEND, "app": "import p.mail\ndef start(): p.mail.send()"},
    "star": {"mail": SEND, "app": "from mail import *\ndef start(): send()"},
    "star of a star": {"mail": SEND, "b": "from mail import *", "app": "from b import *\ndef start(): send()"},
    "re-exported": {"mail": SEND, "b": "from mail import send as out", "app": "from b import out\ndef start(): out()"},
    "conditional": {
        "mail": SEND,
        "app": "try:\n    import nothing\nexcept ImportError:\n    from mail import send\ndef start(): send()",
    },
    "cycle": {
        "app": "from b import step\ndef start(): step()\ndef end():\n    from mail import send\n    send()",
        "b": "import app\ndef step(): app.end()",
        "mail": SEND,
    },
    "import_module": {"mail": SEND, "app": "import importlib\ndef start(): importlib.import_module('mail').send()"},
    "base elsewhere": {
        "mail": SEND + "class B:\n    def m(self): send()\n",
        "app": "import mail\nclass A(mail.B): ...\ndef start(): A().m()",
    },
}


@pytest.mark.parametrize("name", IN_ONE_MODULE)
def test_within_a_module(name: str) -> None:
    assert effects_of(f"{SEND}{IN_ONE_MODULE[name]}\n") == {"email"}


@pytest.mark.parametrize("name", IN_SEVERAL)
def test_across_modules(name: str) -> None:
    sources = IN_SEVERAL[name]
    start = "p.q.app.start" if "p.q.app" in sources else "app.start"
    assert effects_of(sources, start) == {"email"}


@pytest.mark.parametrize(
    "source",
    [
        "def run(f): f()\ndef quiet(): run(other)\ndef start(): quiet()\ndef loud(): run(send)\n",
        (
            "class B:\n    def m(self): self.n()\n    def n(self): ...\nclass A(B):\n    def n(self): send()\n"
            "class C(B): ...\ndef start(): C().m()\n"
        ),
        "def deco(f):\n    def w(): return f()\n    return w\n@deco\ndef loud(): send()\n@deco\ndef start(): ...\n",
        "def start():\n    f = send\n    return f\n",
        "if False: send()\ndef start(): ...\n",
    ],
    ids=["callers do not mix", "receivers do not mix", "decorated functions do not mix", "named only", "at import"],
)
def test_what_is_not_reached(source: str) -> None:
    assert effects_of(SEND + source) == set()


def test_evidence_is_the_shortest_chain() -> None:
    model = model_of(SEND + "def far(): near()\ndef near(): send()\ndef start():\n    far()\n    near()\n")
    (finding,) = model.summary("app.start").effects
    (evidence, *_) = finding.evidence
    assert evidence.chain == ("app.start", "app.near", "app.send")
    assert (evidence.location.path, evidence.location.line) == ("app.py", 3)
    assert evidence.reason


def test_callees() -> None:
    model = model_of(SEND + "def start():\n    other()\n    send()\n")
    assert model.callees("app.start") == ("app.other", "app.send")


@pytest.mark.parametrize(
    ("source", "call", "harmless"),
    [
        ("def start(x): x.save()", "x.save", False),
        ("def start(x): x.strip()", "x.strip", True),
        ("import nobody_knows\ndef start(): nobody_knows.act()", "nobody_knows.act", False),
        ("import nobody_knows\n@nobody_knows.wrap\ndef start(): ...", "@nobody_knows.wrap", False),
        ("def start(x): eval(x)", "eval", False),
        ("def start(x, y): getattr(x, y)()", "getattr(…)", False),
        ("import nobody_knows\nclass A(nobody_knows.B): ...\ndef start(): A().m()", "A(…).m", False),
    ],
)
def test_what_is_not_followed_is_said(source: str, call: str, harmless: bool) -> None:
    found = {item.call: item for item in model_of(source).summary("app.start").unresolved}
    call = call.replace("A(…)", "A()").replace("getattr(…)", "getattr(…)")
    assert call in found
    assert found[call].reason
    assert bool(found[call].harmless_because) is harmless


@pytest.mark.parametrize(
    "source",
    [
        "def run(f): f()\ndef start(): run(other)",
        "def start():\n    x = 'a'\n    return x.upper()",
        "def start(): [].append(1)",
    ],
)
def test_what_is_followed_is_not_listed(source: str) -> None:
    assert model_of(f"{SEND}{source}\n").summary("app.start").unresolved == ()


def test_values_that_are_passed_on_keep_their_places() -> None:
    body = "def run(*a): call(*a)\ndef call(f, x): f()\ndef start(): run(other, send)"
    assert effects_of(SEND + body) == set()


def test_names_that_are_passed_on_keep_their_names() -> None:
    body = "def run(**k): call(**k)\ndef call(f, g): f()\ndef start(): run(f=other, g=send)"
    assert effects_of(SEND + body) == set()


def test_a_base_that_may_be_any_of_many_classes_is_not_followed_and_that_is_said() -> None:
    """Each of thirty classes would have all thirty for its bases, and those theirs: an order that nobody can make."""
    classes = "".join(f"@keep\nclass C{number}(pick({number})): ...\n" for number in range(30))
    source = (
        "ALL = []\ndef keep(cls):\n    ALL.append(cls)\n    return cls\n"
        f"def pick(n): return ALL[n]\n{classes}def start(): C1().go()\n"
    )

    assert model_of(source).summary("app.start").unresolved
