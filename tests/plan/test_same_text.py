"""A module of which everything is needed comes out as it went in, whatever stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.rewrite import keep_all, rewrite
from migrator.source import SourceFile, read_tree

SAMPLE = read_tree(Path(__file__).resolve().parents[2] / "sample_monolith")

# Statements that are units of every kind, with the spacing and the comments that people write.
_PIECES = st.sampled_from(
    [
        "import os, re  # both",
        "import a.b.c as d",
        "from . import (\n    x,  # why\n    y as z,\n)",
        "from m import *",
        "@deco( 1 )\n# between\n@other\ndef f( a ,b = 1 ) -> 'int' :\n    # inside\n    return a*b   # trailing",
        "async def g(): ...",
        "class C(B, metaclass=M):  # tail\n    '''doc'''\n    x: int = 1\n\n    def m(self): return 1",
        "X   =  {\n  'a':1 ,\n}",
        "y: int",
        "X['k'] = 2; call()",
        "if True:\n    import json\n    Z = 1\nelif x:\n    pass\nelse:\n    from q import r, s",
        "try:\n    import fast\nexcept ImportError:  # none\n    fast = None",
        "for i in range(3):\n\tX[i] = i",
        "with open('x') as f: pass",
        "# only a comment",
        "",
        "'''a text'''",
    ]
)


def file_of(text: str) -> SourceFile:
    return SourceFile("pkg.mod", "pkg/mod.py", text, is_package=False, sha256="")


@pytest.mark.parametrize("name", sorted(SAMPLE.modules))
def test_the_files_of_the_sample(name: str) -> None:
    file = SAMPLE.modules[name]
    syntax = read_syntax(file)
    assert keep_all(syntax) == file.text
    assert rewrite(syntax, frozenset(syntax.units), stars={}) == file.text


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_statements_in_any_order(pieces: list[str], end: str, closed: bool) -> None:
    text = "\n".join(pieces).replace("\n", end) + (end if closed else "")
    assert keep_all(read_syntax(file_of(text))) == text


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=8), st.data())
def test_what_is_kept_is_kept_as_it_was_written(pieces: list[str], data: st.DataObject) -> None:
    text = "\n".join(pieces) + "\n"
    syntax = read_syntax(file_of(text))
    kept = frozenset(data.draw(st.lists(st.sampled_from(syntax.units), unique=True)) if syntax.units else [])
    out = rewrite(syntax, kept, stars={})
    compile(out, "x.py", "exec")
    again = read_syntax(file_of(out))
    assert sorted(name for unit in again.units for name in unit.binds) == sorted(
        name for unit in syntax.units if unit in kept for name in unit.binds
    )
