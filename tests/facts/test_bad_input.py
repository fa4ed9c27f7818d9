"""Text that nobody means to be read: what is refused has a place and a reason, what is deep or new is read."""

from __future__ import annotations

import ast
import multiprocessing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.assessments import Skipped
from migrator.facts import ModuleFacts, facts_of
from migrator.facts.depth import is_shallow
from migrator.facts.expressions import Call
from migrator.facts.older_syntax import CannotLower, lowered_text
from migrator.facts.records import Evaluate, Return
from tests.support.programs import facts_in, file_of

NEWER = """\
type X = int
type Y[T,
  U] = list
def one[T](x: T) -> T: return call(x)
def two[
  T: (int, str),
](x,
  y): return call(x)
class C[T]: a = call()
class D[T](C): a = call()
class E[
  T
]: a = call()
class F[
  T = int, *Ts = *tuple[int, ...], **P = [int]
](C, metaclass=M): a = call()
try:
    pass
except A, B.c: x = f'é{a('é'):{b!r}} {g(f'{y['z']}')}' 'x' + q(1)
except (A, B):
    pass
x = f"{a['é']}"; y = call()
y = f'{a['é']}' if z else f'{x}'
t = t'{a.b} é {c()}'; w = call()
u = f\"\"\"{
   a # c
} é
{b(\"\"\"x\"\"\")}\"\"\"
v = f'{x!r}' f'{a}' 'b'
w = rf'{a['b']=}'; call()
"""


def test_newer_syntax_keeps_its_places() -> None:
    lowered = lowered_text(NEWER)
    ast.parse(lowered)
    for given_line, line in zip(NEWER.splitlines(), lowered.splitlines(), strict=True):
        for word in ("call(", "return", "x,", "metaclass"):
            if "except" not in given_line and not line.strip().startswith(("(", ")")):
                assert given_line.find(word) == line.find(word), (given_line, line)
    assert "f'{x!r}' f'{a}' 'b'" in lowered  # what the running Python reads stays


@given(st.text(alphabet="abf'\"{}[]():,=! \\né#t\n", max_size=60))
@settings(max_examples=200, deadline=None)
def test_lowering_never_fails_but_by_its_own_error(text: str) -> None:
    try:
        lowered = lowered_text(text)
    except CannotLower:
        return
    assert lowered.count("\n") == text.count("\n")


DEEP = {
    "parentheses": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "generics and brackets": "type X = int\nx = " + "[" * 100_000 + "]" * 100_000,
    "generics and signs": "type X = int\nx = " + "-" * 100_000 + "1",
    "generics and branches": "type X = int\nif x: pass\n" + "elif x: pass\n" * 20_000,
    "generics and lambdas": "type X = int\nx = " + "lambda: " * 50_000 + "1",
    "attributes": "x = a" + ".b" * 20_000,
    "calls": "x = a" + ".b()" * 20_000,
    "items": "x = a" + "[0]" * 20_000,
    "signs": "x = " + "-" * 50_000 + "y",
    "a sum": "x = " + "+".join(["y"] * 50_000),
    "powers": "x = " + "**".join(["y"] * 30_000),
    "branches": "if x: pass\n" + "elif x: pass\n" * 5000,
    "choices": "x = " + "1 if a else " * 5000 + "2",
    "lambdas": "x = " + "lambda: " * 20_000 + "2",
    "strings": "x = " + "'a' " * 20_000,
    "an annotation": "x: '" + "a." * 20_000 + "b' = 1",
}


def _read_and_explain(case: str) -> None:
    from migrator.model import build_model
    from tests.support.programs import knowledge

    found = facts_of(file_of("app", DEEP[case] + "\n"))
    assert isinstance(found, ModuleFacts | Skipped)
    if isinstance(found, ModuleFacts):
        hash(found.scopes)
        model = build_model({"app": found}, knowledge())
        for name in model.functions:
            model.summary(name)


@pytest.mark.parametrize("case", DEEP)
def test_depth_never_ends_the_process(case: str) -> None:
    process = multiprocessing.get_context("fork").Process(target=_read_and_explain, args=(case,))
    process.start()
    process.join(60)
    try:
        assert process.exitcode == 0
    finally:
        process.kill()


def test_a_long_sum_keeps_every_term() -> None:
    found = facts_in("def f():\n    return " + " + ".join(f"g{number}()" for number in range(3000)) + "\n")
    assert repr(found.scopes).count("Call(") == 3000


def test_depth_below_the_caller_does_not_change_the_facts() -> None:
    file = file_of(
        "app", "x = " + "f(" * 95 + "".join(f"a{number} if b else " for number in range(400)) + "1" + ")" * 95
    )

    def lower(levels: int) -> object:
        return lower(levels - 1) if levels else facts_of(file)

    assert lower(0) == lower(400)


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("x = 1\ny = (\n", 2, 5, "'(' was never closed"),
        ("é = 'éé'; y = )\n", 1, 15, "unmatched ')'"),
        ("x = 1\né = '\0'\n", 2, 6, "null byte"),
        ("print 'x'\n", 1, 1, "Missing parentheses"),
        ("if x:\n\ty = 1\n        z = 1\n", 3, 1, "inconsistent use of tabs"),
        ("def f(:\n", 1, 7, "invalid syntax"),
    ],
)
def test_what_is_refused_has_its_place(text: str, line: int, column: int, reason: str) -> None:
    found = facts_of(file_of("app", text))
    assert isinstance(found, Skipped)
    assert (found.line, found.column) == (line, column)
    assert reason in found.reason


def test_columns_count_characters() -> None:
    facts = facts_in("def f():\n    'ééé'; return ('é', go())\n@é\ndef g(): ('é'); go()\nif é: ('ü'); go()\n")
    calls: dict[str, int] = {}
    for scope in facts.scopes:
        for step in scope.steps:
            value = step.value if isinstance(step, Evaluate | Return) else None
            items = getattr(value, "items", (value,))
            for item in items:
                if isinstance(item, Call):
                    calls[scope.name] = item.column
    assert calls == {"f": 25, "g": 17, "": 14}


def test_flat_tables_are_shallow() -> None:
    assert is_shallow("DATA = {\n" + "  'a': [1, 2, -3],\n" * 100_000 + "}\n")
    assert not is_shallow("[" * 300)
    assert not is_shallow("-" * 1 + "not " * 3000)
