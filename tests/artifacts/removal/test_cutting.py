"""Cuts in odd places, and the proof that nothing else was lost."""

from __future__ import annotations

import hashlib

import pytest

from migrator.artifacts.removal.cutting import Uncut, cuts_of, prove
from migrator.artifacts.removal.spans import without
from migrator.artifacts.seam.reading import Parsed
from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.syntax import ModuleSyntax, Unit
from migrator.source import SourceFile


def read(text: str) -> ModuleSyntax:
    return read_syntax(SourceFile("m", "m.py", text, False, hashlib.sha256(text.encode()).hexdigest()))


def going(syntax: ModuleSyntax, *names: str) -> frozenset[Unit]:
    return frozenset(unit for unit in syntax.units if unit.binds & set(names))


def cut(text: str, *names: str) -> str:
    """The text without the units that bind some names."""
    syntax = read(text)
    gone = going(syntax, *names)
    parsed = Parsed(text.encode())
    left = without(parsed.text, cuts_of(parsed, syntax, gone, ()))
    prove(left, syntax, gone, frozenset())
    return left


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("from a import b, c, d\n", "b", "from a import c, d\n"),
        ("from a import b, c, d\n", "c", "from a import b, d\n"),
        ("from a import b, c, d\n", "d", "from a import b, c\n"),
        ("from a import b, c, d\n", "c d", "from a import b\n"),
        ("from a import b, c, d\n", "b d", "from a import c\n"),
        ("from a import (b, c,)\n", "c", "from a import (b,)\n"),
        ("from a import (\n    b,  # one\n    c,  # two\n)\n", "c", "from a import (\n    b,  # one\n)\n"),
        ("from a import (\n    b,  # one\n    c  # two\n)\n", "b", "from a import (\n    c  # two\n)\n"),
        ("import a, b as c\n", "c", "import a\n"),
        ("import a  # first\nimport b\n", "a", "import b\n"),
        ("if T:\n    import a\nelse:\n    import b\n", "a", "if T:\n    pass\nelse:\n    import b\n"),
        ("if T:\n    import a\nelse:\n    import b\n\nX = 1\n", "a b", "X = 1\n"),
        ("if f():\n    import a\n", "a", "if f():\n    pass\n"),
        ("A = 1\nB = 2\n", "B", "A = 1\n"),
        ("# Both.\nA = 1\nB = 2\n", "A", "# Both.\nB = 2\n"),
        ("X = 0\n\n# Of A.\nA = 1\n\nB = 2\n", "A", "X = 0\n\nB = 2\n"),
        ('"""Doc."""\n\n\ndef f():\n    pass\n', "f", '"""Doc."""\n'),
        ("#!/bin/sh\n# About the file.\ndef f():\n    pass\n", "f", "#!/bin/sh\n# About the file.\n"),
        ("X = 1\n# fmt: off\ndef f(): pass\n# fmt: on\n", "f", "X = 1\n# fmt: off\n# fmt: on\n"),
        ("def f(): pass", "f", ""),
        ("def f():\n    pass\n\n\ndef g():\n    pass\n", "f", "def g():\n    pass\n"),
    ],
)
def test_cuts(text: str, names: str, left: str) -> None:
    assert cut(text, *names.split()) == left


def test_what_loses_something_else_is_refused() -> None:
    syntax = read("def f():\n    return 1\n\n\ndef g():\n    return 2\n")
    gone = going(syntax, "f")
    prove("def g():\n    return 2\n", syntax, gone, frozenset())
    for left in ("", "def g():\n    return 3\n", "def g(\n"):
        with pytest.raises(Uncut):
            prove(left, syntax, gone, frozenset())
