"""Which names a piece of code takes from its module, case by case of Python's rules, and against the compiler's own."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.plan.looking.parsed import parsed_text
from migrator.plan.slicing.scopes import names_in
from migrator.resources import sample_root

USES = [
    ("def f(a, *b, c=d, **e): return a, b, c, e, g", {"d", "g"}),
    ("def f():\n  x = 1\n  def g(): return x, y\n  return g", {"y"}),
    ("def f():\n  def g():\n    nonlocal x\n    x = z\n  x = 1", {"z"}),
    ("def f():\n  global x\n  x = y", {"y"}),
    ("lambda a, b=c: a + b + d", {"c", "d"}),
    ("class C(B, metaclass=M):\n  x = x\n  y = x\n  def m(self): return y", {"B", "M", "x", "y"}),
    ("class C:\n  x = 1\n  z = [x for _ in x]", {"x"}),  # a comprehension does not see the class, what it goes over does
    ("[a for a in b for c in a if c and d]", {"b", "d"}),
    ("{k: v for k, v in items for items in k}", {"items"}),
    ("def f():\n  [y := x for x in z]\n  return y", {"z"}),
    ("try: pass\nexcept E as e: e", {"E", "e"}),
    ("def f():\n  try: pass\n  except E as e: e", {"E"}),
    ("def f(s):\n  match s:\n    case {'a': a, **rest}: return a, rest\n    case [P(x), *tail] as all: return x, tail, all", {"P"}),
    ("def f():\n  import a.b, c as d\n  from e import g as h\n  return a, d, h, c, g", {"c", "g"}),
    ("def f() -> 'Shown[Other]': pass", {"Shown", "Other"}),
    ("def f(x: 'A', y: Literal['no'], z: Annotated['B', 'no']): pass", {"A", "B", "Literal", "Annotated"}),
    ("x: 'list[A]' = cast('B', y)", {"list", "A", "B", "cast", "y"}),
    ("sa.cast(row.data['no'], Kind)", {"sa", "row", "Kind"}),
    ("T = TypeVar('T', 'A', bound='B')", {"TypeVar", "A", "B"}),
    ("Alias = Optional['A']", {"Optional", "A"}),
    ("def f[T: A, *R, **P](x: T, *r: *R, **k: P.kwargs) -> T: return x", {"A"}),
    ("class C[T: A](B[T]):\n  def m(self, x: T) -> U: ...", {"A", "B", "U"}),
    ("type Pair[T] = tuple[T, A]", {"tuple", "A"}),
    ("x.y.z += w; del v", {"x", "w", "v"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "uses"), USES, ids=[text for text, _ in USES])
def test_the_names_of_the_module_are_told_from_its_own(text: str, uses: set[str]) -> None:
    assert names_in(parsed_text(text).body).uses == uses


BINDS = [
    ("a = b.c = d[0] = 1", {"a"}),
    ("for a, (b, *c) in x: d = 1", {"a", "b", "c", "d"}),
    ("with open(x) as f: pass", {"f"}),
    ("import a.b, c as d\nfrom e import *", {"a", "d"}),
    ("def f():\n  global g\n  g = h = 1", {"f", "g"}),
    ("class C:\n  x = 1", {"C"}),
    ("[y := x for x in z]", {"y"}),
    ("type A = int", {"A"}),
    ("try: pass\nexcept E as e: pass", {"e"}),
]


@pytest.mark.parametrize(("text", "binds"), BINDS, ids=[text for text, _ in BINDS])
def test_what_code_gives_to_its_module(text: str, binds: set[str]) -> None:
    assert names_in(parsed_text(text).body).binds == binds


def test_dotted_names_are_as_written_and_changes_in_place_are_told() -> None:
    named = names_in(parsed_text("def f(x):\n  a.b.c(x); d[0].e = 1; g().h; t.append(1); x.sort()\n  global k").body)
    assert {"a.b.c", "x", "g", "t.append"} <= named.chains
    assert "g.h" not in named.chains
    assert named.changes == {"d", "t", "x", "k"}


ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in (ROOT / "migrator", sample_root() / "shop") for path in folder.rglob("*.py"))


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from tables(child)


@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(FILES))
def test_the_compiler_finds_no_other_names(path: Path) -> None:
    """Texts that are annotations are ours alone."""
    text = path.read_text("utf-8").replace("from __future__ import annotations\n", "")
    ours = names_in(ast.parse(text).body).uses
    theirs = {
        symbol.get_name()
        for table in tables(symtable.symtable(text, str(path), "exec"))
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())
    }
    assert theirs - {".0", "__class__"} <= ours
    assert all(f'"{name}' in text for name in ours - theirs)
