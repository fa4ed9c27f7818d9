"""The two parsers find the same units in a text: `ast` for looking, libcst for writing."""

from __future__ import annotations

import libcst as cst
import pytest

from migrator.errors import InputError
from migrator.plan.slicing.nodes import function_node, nodes_of
from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.rewrite import keep_all, rewrite
from migrator.plan.slicing.syntax import UnitKind
from migrator.source import SourceFile

TEXTS = {
    "two on a line": "a = 1; b = 2\nc = 3;\n",
    "a text over two lines, and more behind it": "a = '''x\ny'''; b = 2\nc = 3\n",
    "a line that goes on": "if x: \\\n    a = 1\nb = 2\n",
    "a comment that ends with a backslash": "# a \\\nb = 1  # c \\\nif x:\n    # d \\\n    e = 1\n",
    "a line that goes on behind a semicolon": "a = 1; \\\nb = 2\nc = '#'; \\\nd = 3\n",
    "branches on one line": "if x: a = 1\nelif y: b = 2\nelse: c = 3\n",
    "branches in blocks": "if x:\n    a = 1; d = 4\nelif y:\n    import b, c\nelse:\n    if z:\n        e = 1\n",
    "one branch on its line": "if x:\n    a = 1\nelse: c = 3\n",
    "decorated": "@one\n@two(\n    1\n)\ndef f(): ...\n@three\nclass C: ...\n",
    "form feeds and other spaces": "a = 1\n\x0c\nb = '\x1c\u2028'\nc = 3\n",
    "carriage returns": "a = 1\r\nif x:\r\n    b = 2\r\n",
    "other letters": "ä = 'ü'; ö = 1\nclass Ü: ...\n",
    "newer syntax": "type A[T] = list[T]\ndef f[T](x: T) -> T: ...\nb = f'{'x'}'\n",
    "nothing": "",
    "only a comment": "# nothing\n",
}


def file_of(text: str) -> SourceFile:
    return SourceFile("pkg.mod", "pkg/mod.py", text, is_package=False, sha256="")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_each_unit_is_written_by_its_own_node(text: str) -> None:
    syntax = read_syntax(file_of(text))
    assert len(nodes_of(syntax).units) == len(syntax.units)
    assert keep_all(syntax) == text
    for unit in syntax.units:
        written = read_syntax(file_of(rewrite(syntax, frozenset({unit}), stars={})))
        assert {name for each in written.units for name in each.binds} == unit.binds


def test_a_type_alias_is_an_assignment_whatever_python_runs() -> None:
    [alias, function] = read_syntax(file_of("type A[T] = list[T]\ndef f[T](x: T) -> A: ...\n")).units
    assert alias.kind is UnitKind.ASSIGNMENT
    assert (alias.binds, alias.uses) == ({"A"}, frozenset())
    assert function.uses == {"A"}


def test_a_function_inside_others_is_found_by_its_place() -> None:
    text = "def f():\n    x = lambda: 1\n    async def g(): return 1\n    if x:\n        def g(): return 2\ndef g(): return 3\n"
    syntax = read_syntax(file_of(text))
    [outer, _] = [unit.node for unit in syntax.units]
    inner = outer.body[2].body[0]  # type: ignore[attr-defined]
    found = function_node(nodes_of(syntax), syntax, inner)
    assert cst.Module([found.with_changes(leading_lines=[])]).code.strip() == "def g(): return 2"


def test_what_libcst_cannot_read_is_said_with_its_place() -> None:
    syntax = read_syntax(file_of("a = 1\nb = 2\n"))
    newer = SourceFile("pkg.mod", "pkg/mod.py", "a = 1\nb = = 2\n", is_package=False, sha256="")
    broken = type(syntax)(newer, syntax.module, syntax.units, syntax.binders, syntax.left_behind)
    with pytest.raises(InputError) as raised:
        nodes_of(broken)
    assert str(raised.value.location).startswith("pkg/mod.py:2:")
    assert "--strategy module" in raised.value.hint
