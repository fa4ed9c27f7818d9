"""Writing modules down again: byte for byte what is kept, on this program's own files."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.rewrite import keep_all, rewrite
from migrator.plan.slicing.syntax import UnitKind
from migrator.resources import sample_root
from migrator.source import SourceFile

ROOTS = (Path(__file__).resolve().parents[2] / "migrator" / "domain", sample_root() / "shop")
FILES = sorted(path for root in ROOTS for path in root.rglob("*.py"))


def source(path: Path) -> SourceFile:
    return SourceFile(f"some.{path.stem}", path.name, path.read_text("utf-8"), path.name == "__init__.py", "")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_kept_statements_are_written_byte_for_byte(data: st.DataObject) -> None:
    syntax = read_syntax(source(data.draw(st.sampled_from(FILES))))
    chosen = data.draw(st.sets(st.sampled_from(syntax.units))) if syntax.units else set()
    written = rewrite(syntax, frozenset(chosen), stars={})
    ast.parse(written)
    for unit in chosen:
        if unit.kind is not UnitKind.IMPORT:
            lines = syntax.file.text.splitlines()[unit.location.line - 1 : unit.location.end_line]
            assert "\n".join(lines).strip() in written
    names = {name for unit in chosen for name in unit.binds}
    kept = {name for unit in read_syntax(SourceFile("some.x", "x.py", written, False, "")).units for name in unit.binds}
    assert kept == names


@settings(max_examples=20, deadline=None)
@given(path=st.sampled_from(FILES))
def test_a_module_with_everything_is_the_same_text(path: Path) -> None:
    syntax = read_syntax(source(path))
    assert rewrite(syntax, frozenset(syntax.units), stars={}) == syntax.file.text
    assert keep_all(syntax) == syntax.file.text
