"""What the language runs by itself, against Python: each program sends mail when it runs, and the model has to say so.

`send` is a function that notes its call when Python runs the program, and one that sends mail when the model reads it.
"""

from __future__ import annotations

import asyncio
import inspect

import pytest

from tests.support.programs import effects_of

IMPORTS = "import abc, asyncio, collections, contextlib, copy, dataclasses, enum, functools, itertools, types, typing\n"
MAIL = "import smtplib\ndef send(*a, **k):\n    smtplib.SMTP('h').sendmail('a', 'b', 'c')\n    return 1\n"

PROGRAMS: dict[str, str] = {
    # Functions by type, and with arguments given in advance.
    "single dispatch": "@functools.singledispatch\ndef f(x): ...\n@f.register\ndef _(x: int): send()\ndef start(): f(1)",
    "single dispatch by a type that is named": "@functools.singledispatch\ndef f(x): ...\n"
    "@f.register(int)\ndef g(x): send()\ndef start(): f(1)",
    "single dispatch by a call": "@functools.singledispatch\ndef f(x): ...\nf.register(int, lambda x: send())\n"
    "def start(): f(1)",
    "single dispatch of methods": "class A:\n    @functools.singledispatchmethod\n    def f(self, x): ...\n"
    "    @f.register\n    def _(self, x: int): send()\ndef start(): A().f(1)",
    "result of single dispatch": "@functools.singledispatch\ndef f(x): ...\n@f.register\ndef _(x: int): return send\n"
    "def start(): f(1)()",
    "partial method": "class A:\n    def m(self, x): send()\n    n = functools.partialmethod(m, 1)\ndef start(): A().n()",
    "argument of a partial method": "class A:\n    def m(self, x, f): f()\n    n = functools.partialmethod(m, 1)\n"
    "def start(): A().n(send)",
    "argument given to a partial method": "class A:\n    def m(self, f): f()\n    n = functools.partialmethod(m, send)\n"
    "def start(): A().n()",
    # Attributes.
    "property by a call": "class A:\n    def g(self): send()\n    p = property(g)\ndef start(): A().p",
    "property of a lambda": "class A:\n    def m(self): send()\n    p = property(lambda self: self.m())\ndef start(): A().p",
    "setter of a property by a call": "class A:\n    def g(self): ...\n    def s(self, value): send()\n"
    "    p = property(g, s)\ndef start():\n    a = A()\n    a.p = 1",
    "setter beside a deleter": "class A:\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): send()\n"
    "    @p.deleter\n    def p(self): ...\ndef start():\n    a = A()\n    a.p = 1",
    "deleter": "class A:\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): ...\n"
    "    @p.deleter\n    def p(self): send()\ndef start():\n    a = A()\n    del a.p",
    "every attribute": "class A:\n    x = 1\n    def __getattribute__(self, name): send()\ndef start(): A().x",
    "every attribute that is set": "class A:\n    def __setattr__(self, name, value): send()\n"
    "def start():\n    a = A()\n    a.x = 1",
    "every attribute that is deleted": "class A:\n    def __delattr__(self, name): send()\n"
    "def start():\n    a = A()\n    del a.x",
    "lambda in a class": "class A:\n    def m(self): send()\n    go = lambda self: self.m()\ndef start(): A().go()",
    "lambda of a class": "class A:\n    go = lambda f: f()\ndef start(): A.go(send)",
    "descriptor that gives itself to the class": "class D:\n    def __get__(self, o, t=None):\n        return self if o is None "
    "else send\nclass A:\n    d = D()\ndef start(): A().d()",
    "descriptor that deletes": "class D:\n    def __get__(self, o, t): ...\n    def __set__(self, o, v): ...\n"
    "    def __delete__(self, o): send()\nclass A:\n    d = D()\ndef start():\n    a = A()\n    del a.d",
    # Classes as they are made, and their metaclasses.
    "metaclass that is called": "class M(type):\n    def __call__(cls, *a):\n        send()\n        return 1\n"
    "class A(metaclass=M): ...\ndef start(): A()",
    "method of a metaclass": "class M(type):\n    def m(cls): send()\nclass A(metaclass=M): ...\ndef start(): A.m()",
    "metaclass of a base": "class M(type):\n    def m(cls): send()\nclass A(metaclass=M): ...\nclass B(A): ...\n"
    "def start(): B.m()",
    "attribute that a metaclass answers": "class M(type):\n    def __getattr__(cls, name): send()\n"
    "class A(metaclass=M): ...\ndef start(): A.x",
    "item of a class": "class M(type):\n    def __getitem__(cls, key): send()\nclass A(metaclass=M): ...\n"
    "def start(): A['x']",
    "class that is gone through": "class M(type):\n    def __iter__(cls):\n        send()\n        return iter([])\n"
    "class A(metaclass=M): ...\ndef start():\n    for x in A: ...",
    "metaclass that makes a class": "class M(type):\n    def __init__(cls, name, bases, names): send()\n"
    "def start():\n    class A(metaclass=M): ...",
    "parameters of a class": "class A:\n    def __class_getitem__(cls, key): send()\ndef start(): A['x']",
    "item of a queue by a dict": "import queue\ndef start():\n    q = queue.Queue()\n    q.put(**{'item': send})\n    q.get()()",
    "class that is inherited": "class A:\n    def __init_subclass__(cls, **k): send()\ndef start():\n    class B(A): ...",
    "what a class is inherited with": "class A:\n    def __init_subclass__(cls, f): f()\n"
    "def start():\n    class B(A, f=send): ...",
    "name of a descriptor": "class D:\n    def __set_name__(self, owner, name): send()\n"
    "def start():\n    class B:\n        d = D()",
    "function of a class that is inherited": "class A:\n    def __init_subclass__(cls):\n        def go(): cls().m()\n"
    "        cls.go = staticmethod(go)\nclass B(A):\n    def m(self): send()\ndef start(): B.go()",
    # Enumerations.
    "value that no member has": "class A(enum.Enum):\n    X = 1\n    @classmethod\n    def _missing_(cls, value):\n"
    "        send()\n        return cls.X\ndef start(): A(3)",
    "function in a member": "class A(enum.Enum):\n    X = (send,)\ndef start(): A.X.value[0]()",
    "members that are made of a tuple": "class A(enum.Enum):\n    X = 1, send\n    def __init__(self, number, f): self.f = f\n"
    "def start(): A.X.f()",
    # Defaults.
    "default of a field": "@dataclasses.dataclass\nclass A:\n    x: object = dataclasses.field(default_factory=send)\n"
    "def start(): A()",
    "object of a default": "class B:\n    def m(self): send()\n@dataclasses.dataclass\nclass A:\n"
    "    x: object = dataclasses.field(default_factory=B)\ndef start(): A().x.m()",
    # Dataclasses ask their fields.
    "equality of fields": "class B:\n    def __eq__(self, o): return send()\n@dataclasses.dataclass\nclass A:\n    x: B\n"
    "def start(): A(B()) == A(B())",
    "representation of fields": "class B:\n    def __repr__(self): return str(send())\n@dataclasses.dataclass\nclass A:\n"
    "    x: B\ndef start(): repr(A(B()))",
    # Containers by inheritance, and named tuples.
    "key that is missing": "class A(dict):\n    def __missing__(self, key): send()\ndef start(): A()['x']",
    "item of a dict": "class A(dict): ...\ndef start():\n    a = A()\n    a['x'] = send\n    a['x']()",
    "argument of a dict": "class A(dict): ...\ndef start(): A(x=send)['x']()",
    "dict that is updated": "class A(dict): ...\ndef start():\n    a = A()\n    a.update(x=send)\n    a.get('x')()",
    "dict with a constructor": "class A(dict):\n    def __init__(self, **k): super().__init__(**k)\n"
    "def start(): A(x=send)['x']()",
    "dict that stores itself": "class A(dict):\n    def __setitem__(self, key, value): super().__setitem__(key, value)\n"
    "def start():\n    a = A()\n    a['x'] = send\n    a['x']()",
    "values of a dict": "class A(dict): ...\ndef start():\n    a = A(x=send)\n    for f in a.values(): f()",
    "wrapped dict": "class A(collections.UserDict): ...\ndef start():\n    a = A()\n    a['x'] = send\n    a['x']()",
    "item of a list": "class A(list): ...\ndef start():\n    a = A()\n    a.append(send)\n    a[0]()",
    "items of a list": "class A(list): ...\ndef start():\n    for f in A([send]): f()",
    "field of a named tuple": "A = collections.namedtuple('A', 'x f')\ndef start(): A(1, send).f()",
    "field by its name": "A = collections.namedtuple('A', ['x', 'f'])\ndef start(): A(f=send, x=1).f()",
    "position of a named tuple": "A = collections.namedtuple('A', 'x, f')\ndef start(): A(1, send)[1]()",
    "unpacked named tuple": "A = collections.namedtuple('A', 'x f')\ndef start():\n    x, f = A(1, send)\n    f()",
    "typed named tuple": "A = typing.NamedTuple('A', [('x', int), ('f', object)])\ndef start(): A(1, send).f()",
    "inherited named tuple": "class A(collections.namedtuple('A', 'f')):\n    def m(self): self.f()\n"
    "def start(): A(send).m()",
    "named tuple made anew": "class A(collections.namedtuple('A', 'f')):\n    def __new__(cls, f): return super().__new__(cls, f)\n"
    "def start(): A(send).f()",
    # Tuples of known positions.
    "zip": "def start():\n    for x, f in zip([1], [send]): f()",
    "zip longest": "def start():\n    for x, f in itertools.zip_longest([1], [send]): f()",
    "enumerate": "def start():\n    for at, f in enumerate([send]): f()",
    "items": "def start():\n    for key, f in {'a': send}.items(): f()",
    "object in the place of a key": "class A:\n    def m(self): send()\ndef start():\n    for key, x in {A(): 1}.items(): key.m()",
    # Iteration, awaiting, errors.
    "iterator without its own iterator": "class A:\n    def __next__(self): send()\ndef start(): next(A())",
    "spread": "class A:\n    def __iter__(self):\n        send()\n        return iter([])\ndef start(): print(*A())",
    "spread by name": "class A:\n    def keys(self): return ['end']\n    def __getitem__(self, key): return str(send())\n"
    "def start(): print(**A())",
    "asynchronous iterator": "class A:\n    def __aiter__(self): return self\n    async def __anext__(self):\n        send()\n"
    "        raise StopAsyncIteration\nasync def start():\n    async for x in A(): ...",
    "object that is awaited": "class A:\n    def __await__(self):\n        send()\n        return iter([])\n"
    "async def start(): await A()",
    "class that is raised": "class E(Exception):\n    def __init__(self): send()\ndef start():\n    try: raise E\n"
    "    except E: ...",
    "cause of an error": "class E(Exception):\n    def __init__(self): send()\ndef start():\n"
    "    try: raise ValueError from E\n    except ValueError: ...",
}

PROTOCOLS = (
    "class P(typing.Protocol):\n    def m(self): ...\nclass A:\n    def m(self): send()\ndef start(given: P): given.m()"
)

QUIET: dict[str, str] = {
    "dispatched function of another one": "@functools.singledispatch\ndef f(x): ...\n"
    "@functools.singledispatch\ndef g(x): ...\n@g.register\ndef _(x: int): send()\ndef start(): f(1)",
    "partial method that is not called": "class A:\n    def m(self): send()\n    n = functools.partialmethod(m)\n"
    "def start(): A().n",
    "getter where a property is set": "class A:\n    def g(self): send()\n    def s(self, value): ...\n"
    "    p = property(g, s)\ndef start():\n    a = A()\n    a.p = 1",
    "deleter where a property is set": "class A:\n    @property\n    def p(self): ...\n    @p.setter\n    def p(self, v): ...\n"
    "    @p.deleter\n    def p(self): send()\ndef start():\n    a = A()\n    a.p = 1",
    "metaclass of another class": "class M(type):\n    def __call__(cls): send()\nclass A(metaclass=M): ...\nclass B: ...\n"
    "def start(): B()",
    "hook of the class itself": "def start():\n    class A:\n        def __init_subclass__(cls): send()",
    "default of another class": "@dataclasses.dataclass\nclass A:\n    x: object = dataclasses.field(default_factory=send)\n"
    "class B: ...\ndef start(): B()",
    "default that is passed on": "def field(default): return 1\nclass A:\n    x = field(default=1)\ndef start(): A()",
    "dict of another class": "class A(dict): ...\nclass B(dict): ...\ndef start():\n    A(x=send)\n    B()['x']()",
    "another field": "A = collections.namedtuple('A', 'x f')\ndef start(): A(send, other).f()",
    "another position": "A = collections.namedtuple('A', 'x f')\ndef start():\n    x, f = A(send, other)\n    f()",
    "zip of another position": "def start():\n    for f, x in zip([other], [send]): f()",
    "items that are not called": "def start():\n    for key, f in {'a': send}.items(): key",
    "object that is raised": "class E(Exception):\n    def __init__(self): ...\n    def __call__(self): send()\n"
    "def start():\n    e = E()\n    try: raise e\n    except E: ...",
    "class of an error that is caught": "class E(Exception):\n    def __init__(self): send()\ndef start():\n"
    "    try: ...\n    except E: ...",
}


def _run(text: str) -> int:
    """How often the program sends."""
    program: dict[str, object] = {}
    sent: list[object] = []
    exec(
        compile(
            f"{IMPORTS}sent = []\ndef send(*a, **k):\n    sent.append(a)\n    return 1\n{text}\n", "app.py", "exec"
        ),
        program,
    )
    sent = program["sent"]  # type: ignore[assignment]
    sent.clear()  # what it does when it is imported is not meant
    start = program["start"]
    assert callable(start)
    if inspect.iscoroutinefunction(start):
        asyncio.run(start())
    else:
        start()
    return len(sent)


def _effects(text: str) -> set[str]:
    return effects_of(f"{IMPORTS}{MAIL}def other(*a): ...\n{text}\n")


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_python_runs_is_followed(name: str) -> None:
    assert _run(PROGRAMS[name]) > 0
    assert _effects(PROGRAMS[name]) == {"email"}


@pytest.mark.parametrize("name", QUIET)
def test_what_python_does_not_run_is_not_reached(name: str) -> None:
    assert "email" not in _effects(QUIET[name])


def test_a_protocol_is_met_by_classes_that_have_its_methods() -> None:
    assert _effects(PROTOCOLS) == {"email"}
    assert _effects(PROTOCOLS.replace("class A:\n    def m", "class A:\n    def n")) == set()
