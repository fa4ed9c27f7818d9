"""Rules that hold for every program of several modules: no crash, one answer, whatever the order, the number of
workers or the depth of the caller; and a call that is added takes no effect away."""

from __future__ import annotations

import random
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.documents.analysis import CODEC
from migrator.domain.assessments import Analysis
from migrator.domain.effects import Effect
from migrator.domain.progress import silent
from migrator.facts import Packed, extract_facts
from migrator.facts.run import _read_in_processes
from migrator.model import ProgramModel, build_model
from migrator.verdicts import assess
from tests.support.programs import knowledge, tree_of

MODULES = ("core", "jobs", "pkg.web", "pkg")
FUNCTIONS = ("load", "save", "send", "run")
CLASSES = ("Base", "Store", "Late")
GLOBALS = ("cache", "registry", "flag")

PRELUDE = """\
import os, smtplib, subprocess, functools, requests
from flask import Flask
from celery import Celery, shared_task
app = Flask(__name__)
queue = Celery('x')
cache = {}
registry = []
flag = False
def deco(f):
    def inner(*a, **k):
        return f(*a, **k)
    return inner
class Base:
    items = []
    def __init__(self, f=None): self.f = f
    def load(self): return self.save()
    def save(self): ...
class Store(Base):
    def save(self): registry.append(self.f())
def load(x=None): return cache.get(x)
def save(x=None): cache[x] = load(x)
def send(x=None): smtplib.SMTP('h').sendmail('a', 'b', x)
def run(x=None): return Store(x).load()
"""
"""So that most names mean something; what is drawn may bind them anew."""

HEADS = st.sampled_from(
    [
        "import os, smtplib, subprocess, functools, requests",
        "from core import *",
        "from core import load as fetch, Base, cache",
        "import jobs",
        "from pkg import web",
        "from pkg.web import save, Store",
        "from . import web",
        "from .web import run",
        "try:\n    import jobs as work\nexcept ImportError:\n    work = None",
        "from flask import Flask\napp = Flask(__name__)",
        "from celery import Celery, shared_task\nqueue = Celery('x')",
    ]
)
TOPS = st.sampled_from(
    [
        "cache = {}",
        "registry = []",
        "flag = False",
        "flag = load",
        "registry = [load, Base]",
        "registry.append(save)",
        "cache['k'] = Store()",
        "def deco(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        registry.append(f)\n        return f(*a, **k)\n    return inner",
        "class Base:\n    items = []\n    def __init__(self, f=None): self.f = f\n    def load(self): return self.save()\n    def save(self): ...",
        "class Store(Base):\n    def save(self): subprocess.run(['a'])\n    @property\n    def hook(self): return self.f\n    def __enter__(self): return self\n    def __exit__(self, *a): open('/var/x', 'w')",
        "class Late(web.Store):\n    def save(self): return super().save()\n    def __call__(self, x): return x()",
        "class Late(Base, Store): pass",
        "save = functools.partial(load, 1)",
        "table = {'a': load, 'b': [save, send]}",
        "run = deco(run)",
    ]
)
STATEMENTS = st.sampled_from(
    [
        "global flag\nflag = x",
        "cache[x] = x",
        "cache.setdefault('a', []).append(x)",
        "registry.append(x)",
        "return cache.get(x)",
        "return [f(x) for f in registry]",
        "for f in registry: f(x)",
        "with Store(x) as s: s.load()",
        "y = Base(load)\ny.f(x)",
        "y = Store(send)\ny.hook(x)",
        "table['a'](x)",
        "x()",
        "x.load(save)",
        "return x",
        "yield x",
        "if x: send(x)",
        "if not x: return\nsave(x)",
        "if x is None:\n    run(load)\nelse:\n    cache[x] = x",
        "return [load(f, None) for f in x]",
        "open(x).read()",
        "open('/tmp/a').read()",
        "requests.get(x)",
        "smtplib.SMTP('h').sendmail('a', 'b', x)",
        "os.environ['A']",
        "return os.getenv('B') or send(x)",
        "getattr(web, 'run')(x)",
        "try:\n    work.send(x)\nexcept ValueError as e:\n    raise e",
        "while True:\n    x()",
        "return lambda: load(x)",
        "def inner(z=x): return z()\nreturn inner",
        "match x:\n    case Base(): x.save()\n    case [a, *b]: a(b)",
        "if (y := fetch(x)): return y",
        "isinstance(x, Store) and x.load()",
        "Late()(save)",
        "return Late(x)",
        "super().load()",
    ]
)
DECORATORS = st.sampled_from(
    ["", "@deco\n", "@app.route('/x')\n", "@shared_task\n", "@queue.task(bind=True)\n", "@functools.lru_cache\n"]
)
CALLS = st.sampled_from(
    [
        f"{name}({argument})"
        for name in (*FUNCTIONS, "fetch", "jobs.send", "web.run", "x")
        for argument in ("", "load", "x")
    ]
    + ["Store(save).load()", "Late()(send)", "smtplib.SMTP('h').sendmail(x, x, x)", "cache.update(a=x)", "x.save()"]
)


@st.composite
def functions(draw: st.DrawFn) -> str:
    """One function with a body."""
    name, decorator = draw(st.sampled_from(FUNCTIONS)), draw(DECORATORS)
    body = draw(st.lists(STATEMENTS, max_size=4))
    lines = [line for statement in body for line in statement.splitlines()] or ["pass"]
    return f"{decorator}def {name}(x=None, *a, **k):\n" + "\n".join(f"    {line}" for line in lines)


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """Modules by name, each of heads, functions, classes and globals."""
    chosen = draw(st.lists(st.sampled_from(MODULES), min_size=1, max_size=4, unique=True))
    return {
        name: PRELUDE
        + "\n".join([*draw(st.lists(HEADS, max_size=4)), *draw(st.lists(st.one_of(TOPS, functions()), max_size=7))])
        + "\n"
        for name in chosen
    }


def model_of(sources: Mapping[str, str]) -> ProgramModel:
    tree = tree_of(sources)
    facts, _ = extract_facts(tree)
    return build_model(facts, knowledge())


def said(model: ProgramModel) -> str:
    """Everything that a report would show, and what it would show of each function."""
    document = CODEC.dump_text(Analysis("r", 0, 0, 0.0, (), assess(model)))
    return document + repr([(name, model.summary(name)) for name in sorted(model.functions)])


quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(programs(), st.randoms(use_true_random=False))
@settings(quick, max_examples=60)
def test_one_answer_whatever_the_order(sources: dict[str, str], chance: random.Random) -> None:
    items = list(sources.items())
    first = said(model_of(sources))
    chance.shuffle(items)
    assert said(model_of(dict(items))) == first


@given(programs(), st.sampled_from(FUNCTIONS), CALLS, st.integers(0, 3))
@settings(quick, max_examples=60)
def test_a_call_that_is_added_takes_no_effect_away(sources: dict[str, str], name: str, call: str, at: int) -> None:
    start = f"def start(x=None):\n    {name}(x)\n"
    module = sorted(sources)[at % len(sources)]
    before = model_of({**sources, module: sources[module] + start})
    after = model_of({**sources, module: sources[module] + start + f"    {call}\n"})
    for function in sorted(before.functions):
        taken = before.effects(function) - after.effects(function)
        if Effect.PROCESS_STATE_WRITE in after.effects(function):
            taken -= {Effect.MEMOIZE}  # a global is a memo only as long as all that change it only keep a value in it
        assert not taken, function


@given(st.lists(programs(), min_size=3, max_size=3))
@settings(quick, max_examples=6)
def test_facts_are_the_same_from_any_number_of_workers(found: list[dict[str, str]]) -> None:
    deep = "x = " + "f(" * 90 + "1" + ")" * 90 + "\ny = " + " + ".join(["g()"] * 700) + "\n"
    sources = {f"m{number}.{name}": text + deep for number, part in enumerate(found) for name, text in part.items()}
    tree = tree_of(sources)
    files = list(tree.modules.values())
    alone, _ = extract_facts(tree, 1)
    for processes in (1, 3):
        packed = [item for item in _read_in_processes(files, processes, silent).values() if isinstance(item, Packed)]
        facts = {item.outline.name: item.facts() for item in packed}
        assert {name: repr(item) for name, item in facts.items()} == {name: repr(item) for name, item in alone.items()}
