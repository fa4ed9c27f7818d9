"""State that outlives a call, paths, and the effects that the code itself has."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

WRITE, READ, MEMO = {"process-state-write"}, {"process-state-read"}, {"memoize"}

STATE = {
    "global": ("n = 0\ndef start():\n    global n\n    n = 1", WRITE),
    "counter": ("n = 0\ndef start():\n    global n\n    n += 1", WRITE | READ),
    "item": ("d = {}\ndef start(k): d[k] = 1", WRITE),
    "item deleted": ("d = {}\ndef start(k): del d[k]", WRITE),
    "appended": ("d = []\ndef start(k): d.append(k)", WRITE),
    "popped": ("d = []\ndef start(): return d.pop()", WRITE | READ),
    "read": ("d = {}\ndef start(k): return d[k]\ndef other(k): d[k] = 1", READ),
    "read by membership": ("d = {}\ndef start(k): return k in d\ndef other(k): d[k] = 1", READ),
    "read by iteration": ("d = []\ndef start():\n    for x in d: ...\ndef other(k): d.append(k)", READ),
    "constant": ("d = {'a': 1}\ndef start(k): return d[k]", set()),
    "filled at import": ("d = {}\ndef add(k): d[k] = 1\nadd('a')\ndef start(k): return d[k]", set()),
    "filled by decorators": (
        "d = {}\ndef add(f):\n    d[f.__name__] = f\n    return f\n@add\ndef one(): ...\ndef start(k): return d[k]",
        set(),
    ),
    "local": ("def start():\n    d = {}\n    d['a'] = 1\n    d.update(b=2)\n    return d", set()),
    "own object": (
        "class A:\n    def __init__(self): self.x = []\n    def m(self): self.x.append(1)\ndef start(): A().m()",
        set(),
    ),
    "module's object": (
        "class A:\n    def __init__(self): self.x = []\n    def m(self): self.x.append(1)\na = A()\ndef start(): a.m()",
        WRITE,
    ),
    "attribute of module's object": ("class A: ...\na = A()\ndef start(): a.x = 1", WRITE),
    "object kept in a module's dict": (
        "class A:\n    def m(self): self.x = 1\nd = {'a': A()}\ndef start(): d['a'].m()",
        WRITE | READ,
    ),
    "class attribute": ("class A:\n    x = 0\ndef start(): A.x = 1", WRITE),
    "class attribute by cls": (
        "class A:\n    x = 0\n    @classmethod\n    def m(cls): cls.x = 1\ndef start(): A.m()",
        WRITE,
    ),
    "class attribute by type": ("class A:\n    x = 0\n    def m(self): type(self).x = 1\ndef start(): A().m()", WRITE),
    "shared class list": ("class A:\n    x = []\n    def m(self): self.x.append(1)\ndef start(): A().m()", WRITE),
    "default argument": ("def start(k, seen=[]): seen.append(k)", WRITE),
    "function attribute": ("def f(): ...\ndef start(): f.n = 1", WRITE),
    "through an alias": ("d = {}\ndef start():\n    e = d\n    e['a'] = 1", WRITE | READ),
    "through an argument": ("d = {}\ndef put(x): x['a'] = 1\ndef start(): put(d)", WRITE | READ),
    "through an argument of a tested type": (
        "d = {}\ndef put(x):\n    if isinstance(x, dict): x['a'] = 1\ndef start(): put(d)",
        WRITE | READ,
    ),
    "through a function": ("d = {}\ndef it(): return d\ndef start(): it()['a'] = 1", WRITE | READ),
    "setattr": ("class A: ...\na = A()\ndef start(k): setattr(a, k, 1)", WRITE | READ),
    "setattr on objects": (
        (
            "class A: ...\nclass B: ...\ndef put(x, k): setattr(x, k, 1)\ndef other(): put(B, 'a')\n"
            "def start(k): put(A(), k)"
        ),
        set(),
    ),
    "attribute of a class that is passed": (
        "class A: x = 1\ndef put(c): c.x = 2\ndef more(c): put(c)\ndef other(): more(A)\ndef start(): return A.x",
        READ,
    ),
    "setattr on classes": ("class A: ...\ndef put(x, k): setattr(x, k, 1)\ndef start(k): put(A, k)", WRITE),
    "memo dict": (
        "d = {}\ndef work(k): return k\ndef start(k):\n    if k not in d:\n        d[k] = work(k)\n    return d[k]",
        MEMO,
    ),
    "memo, early return": (
        (
            "d = {}\ndef work(k): return k\ndef start(k):\n    if k in d:\n        return d[k]\n    v = work(k)\n"
            "    d[k] = v\n    return v"
        ),
        MEMO,
    ),
    "memo, singleton": (
        (
            "c = None\ndef make(): return object()\ndef start():\n    global c\n    if c is None:\n"
            "        c = make()\n    return c"
        ),
        MEMO,
    ),
    "memo, flag": (
        "done = False\ndef start():\n    global done\n    if done: return\n    print('x')\n    done = True",
        MEMO,
    ),
    "memo, flag of a class": (
        (
            "class A:\n    @classmethod\n    def m(cls):\n        if hasattr(cls, 'done'): return\n"
            "        cls.done = True\ndef start(): A.m()"
        ),
        MEMO,
    ),
    "column of a framework's class": (
        (
            "import sqlalchemy as s\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n"
            "class A(Base):\n    x = s.Column(s.String)\ndef start():\n    a = A()\n    a.x.y = 1\n    return a.x"
        ),
        set(),
    ),
    "reader of a memo": (
        (
            "c = None\ndef fill():\n    global c\n    if c is None:\n        c = object()\n    return c\n"
            "def start(): return c"
        ),
        set(),
    ),
    "seen set is no memo": (
        "d = set()\ndef start(k):\n    if k in d: return False\n    d.add(k)\n    return True",
        WRITE | READ,
    ),
    "carts are no memo": (
        (
            "d = {}\ndef start(k):\n    c = d.get(k)\n    if c is None:\n        c = d[k] = list()\n"
            "    c.append(1)\n    return c"
        ),
        WRITE | READ,
    ),
    "memo, filled by a function of its own": (
        (
            "d = {}\ndef fill():\n    for k in range(9): d[k] = str(k)\ndef start(k):\n    if not d: fill()\n"
            "    return d[k]"
        ),
        MEMO,
    ),
    "filled without a look": (
        "d = {}\ndef fill():\n    for k in range(9): d[k] = str(k)\ndef start(k):\n    fill()\n    return d[k]",
        WRITE | READ,
    ),
    "memo, filled while it is empty": (
        "def start(k, d={}):\n    if not d:\n        d.update(a=1)\n    return d[k]",
        MEMO,
    ),
    "filled while it is there": (
        "d = None\ndef other():\n    global d\n    d = {}\ndef start(k):\n    if d is not None:\n        d.update(a=1)\nother()",
        WRITE | READ,
    ),
    "memo, field of a module's object": (
        (
            "class A:\n    def m(self):\n        if not hasattr(self, 'x'):\n            self.x = str(1)\n"
            "        return self.x\na = A()\ndef start(): return a.m()"
        ),
        MEMO,
    ),
    "memo, what filling it writes": (
        (
            "import functools\nlog = []\ndef fill(k): log.append(k)\n@functools.cache\ndef get(k):\n    fill(k)\n"
            "def also(): fill(1)\ndef start(k): get(k)"
        ),
        MEMO,
    ),
    "memo, forgotten": (
        (
            "from functools import cached_property\nclass A:\n    @cached_property\n    def x(self): return str(1)\n"
            "    def forget(self):\n        if 'x' in self.__dict__:\n            del self.__dict__['x']\n"
            "        self.__dict__.pop('x', None)\n        del self.x\na = A()\ndef start(): a.forget()"
        ),
        set(),
    ),
    "copy changed": (
        "d = {}\ndef start():\n    e = d.copy()\n    e['a'] = 1\n    f = [*e] + [1]\n    f.append(2)",
        set(),
    ),
    "item of a copy changed": (
        "d = {'a': []}\ndef start():\n    e = d.copy()\n    e['a'].append(1)",
        WRITE | READ,
    ),
    "deep copy changed": (
        "import copy\nd = {'a': []}\ndef start():\n    e = copy.deepcopy(d)\n    e['a'].append(1)",
        set(),
    ),
    "switch that nobody uses": (
        "import celery\nclass A: x = None\na = A()\ndef switch(x): a.x = x\n@celery.shared_task\ndef start(): return a.x",
        set(),
    ),
    "switch that somebody uses": (
        (
            "import celery\nclass A: x = None\na = A()\ndef switch(x): a.x = x\n@celery.shared_task\ndef start(): return a.x\n"
            "@celery.shared_task\ndef on(): switch(1)"
        ),
        READ,
    ),
    "default that is made there": ("def start(k, d={}):\n    d[k] = 1", WRITE),
    "default that somebody made": (
        "class A: ...\ndef start(k):\n    a = A()\n    def inner(b=a): b.x = 1\n    inner()",
        set(),
    ),
    "lru_cache": ("import functools\n@functools.lru_cache\ndef start(): ...", MEMO),
    "callee cached": ("import functools\n@functools.cache\ndef f(): ...\ndef start(): f()", MEMO),
}

PATHS = {
    "open": ("def start(p): open(p)", {"local-disk-read"}),
    "open to write": ("def start(p): open(p, 'w')", {"local-disk-write"}),
    "open for both": ("def start(p): open(p, mode='r+')", {"local-disk-read", "local-disk-write"}),
    "unknown mode": ("def start(p, m): open(p, m)", {"local-disk-read", "local-disk-write"}),
    "path": ("import pathlib\ndef start(p): (pathlib.Path(p) / 'x').write_text('')", {"local-disk-write"}),
    "constant temp path": ("def start(): open('/tmp/x', 'w')", {"temp-disk"}),
    "temp folder": (
        "import tempfile, os\ndef start(): open(os.path.join(tempfile.gettempdir(), 'x'), 'w')",
        {"temp-disk"},
    ),
    "kept in a folder of one's own": (
        "import tempfile\ndef start(folder): tempfile.mkstemp(dir=folder)",
        {"temp-disk", "local-disk-write"},
    ),
    "kept in no folder of one's own": ("import tempfile\ndef start(): tempfile.mkstemp(dir=None)", {"temp-disk"}),
    "temp file": (
        "import tempfile\ndef start():\n    with tempfile.NamedTemporaryFile() as f: f.write(b'')",
        {"temp-disk"},
    ),
    "name of a temp folder": ("import tempfile\ndef start(): open(tempfile.TemporaryDirectory().name)", {"temp-disk"}),
    "within a temp folder": (
        "import tempfile, os\ndef start():\n    with tempfile.TemporaryDirectory() as t: open(os.path.join(t, 'x'), 'w')",
        {"temp-disk"},
    ),
    "descriptor and path": (
        "import tempfile\ndef start():\n    d, path = tempfile.mkstemp()\n    open(path)",
        {"temp-disk"},
    ),
    "open descriptor": ("def start(n): open(int(n))", set()),
    "taken from a list": (
        "import tempfile\ndef start():\n    found = [tempfile.mktemp()]\n    open(found.pop(0))\n    for p in found: open(p)",
        {"temp-disk"},
    ),
    "after another was taken out": (
        "import tempfile\ndef start(p):\n    found = [tempfile.mktemp()]\n    found.remove(p)\n    for one in found: open(one)",
        {"temp-disk"},
    ),
    "given to a helper, or not": (
        (
            "import tempfile\ndef read(p):\n    with open(p) as f: return f.read()\n"
            "def start(p): read(p or tempfile.mktemp())"
        ),
        {"temp-disk", "local-disk-read"},
    ),
    "given to a helper": (
        (
            "import tempfile\ndef read(p):\n    with open(p) as f: return f.read()\n"
            "def start(): read(tempfile.mktemp())\ndef other(p): read(p)"
        ),
        {"temp-disk"},
    ),
    "given to a helper by another": (
        (
            "import tempfile\ndef read(p):\n    with open(p) as f: return f.read()\n"
            "def start(p): read(p)\ndef other(): read(tempfile.mktemp())"
        ),
        {"local-disk-read"},
    ),
    "own folder": ("import pathlib\ndef start(): return (pathlib.Path(__file__).parent / 'x.txt').read_text()", set()),
    "own folder, old style": (
        (
            "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
            "def start(): return open(os.path.join(HERE, 'x.txt'))"
        ),
        set(),
    ),
    "own folder, written": (
        "import pathlib\ndef start(): (pathlib.Path(__file__).parent / 'x').write_text('')",
        {"local-disk-write"},
    ),
    "outside of the package": (
        "import pathlib\ndef start(): return (pathlib.Path(__file__).parents[3] / 'x').read_text()",
        {"local-disk-read"},
    ),
    "two folders up": (
        (
            "import pathlib\nBASE = pathlib.Path(__file__).resolve().parent.parent\n"
            "def start(): return (BASE / 'media' / 'x').read_text()"
        ),
        {"local-disk-read"},
    ),
    "resource": (
        "from importlib import resources\ndef start(): return resources.files('p').joinpath('x').read_text()",
        set(),
    ),
}

OWN = {
    "loops for ever": ("def start():\n    while True: print('x')", {"unbounded"}),
    "serves a stream": (
        "import time\ndef start():\n    while True:\n        yield 1\n        time.sleep(1)",
        {"unbounded"},
    ),
    "counts": ("def start():\n    n = 0\n    while True:\n        yield n\n        n += 1", set()),
    "leaves": ("def start(x):\n    while True:\n        if x: break", set()),
    "long sleep": ("import time\ndef start(): time.sleep(60)", {"unbounded"}),
    "short sleep": ("import time\ndef start(): time.sleep(59)", set()),
    "long sleep, product": ("import time\ndef start(): time.sleep(5 * 60)", {"unbounded"}),
    "environment": ("import os\ndef start(): return os.environ['A']", {"environment"}),
    "environment at import": ("import os\nA = os.environ['A']\ndef start(): return A", set()),
    "thread": ("import threading\ndef f(): ...\ndef start(): threading.Thread(target=f).start()", {"background"}),
    "request": ("from flask import request\ndef start(): return request.args", {"request-context"}),
    "request, not read": ("from flask import request\ndef start(): return 1", set()),
    "session": ("import flask\ndef start(): flask.session['a'] = 1", {"request-context"}),
}


@pytest.mark.parametrize("name", STATE)
def test_state(name: str) -> None:
    source, expected = STATE[name]
    # What nobody looks up does not run, and changes nothing for others.
    used = [function for function in ("start", "other") if f"def {function}(" in source]
    assert effects_of(f"{source}\nused = [{', '.join(used)}]\n") == expected


@pytest.mark.parametrize("name", PATHS)
def test_paths(name: str) -> None:
    source, expected = PATHS[name]
    assert effects_of({"p.app": source + "\n"}, "p.app.start") == expected


@pytest.mark.parametrize("name", OWN)
def test_effects_of_the_code_itself(name: str) -> None:
    source, expected = OWN[name]
    assert effects_of(source + "\n") == expected


@pytest.mark.parametrize(
    ("value", "is_state"),
    [("decimal.Decimal('0')", False), ("uuid.uuid4()", False), ("Thing()", True)],
)
def test_what_never_changes_is_no_state_wherever_it_is_kept(value: str, is_state: bool) -> None:
    source = (
        "import decimal, uuid\nclass Thing: ...\n"
        f"class Holder:\n    def __init__(self): self.part = {value}\nHOLDER = Holder()\n"
        "def change(x): x.parent = 1\n"
        "def start():\n    change(HOLDER.part)\n    return HOLDER.part\n"
    )

    assert ("process-state-write" in effects_of(source)) is is_state


def test_a_field_that_a_class_of_a_framework_declares_by_a_class_of_its_own_is_no_state() -> None:
    source = (
        "from django.db import models\n"
        "class Rate(models.Field): ...\n"
        "class Registry: ...\n"
        "class Order(models.Model):\n    rate = Rate()\n    registry = Registry()\n"
        "def change(order: Order):\n    order.{}.color = 1\n"
        "def rate(order: Order):\n    change(order)\n    return order.rate\n"
        "def registry(order: Order):\n    change(order)\n    return order.registry\n"
    )

    assert "process-state-write" not in effects_of(source.format("rate"), "app.rate")
    assert "process-state-write" in effects_of(source.format("registry"), "app.registry")
