"""What a test of a type says of the values that a name may have."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

PREFIX = (
    "import smtplib\nclass A:\n    def go(self): smtplib.SMTP('h').send_message('m')\nclass B:\n    def go(self): ...\n"
    "class C(A): ...\ndef use(x):\n{}\n"
    "def start(): use(A())\ndef other(): use(B())\ndef third(): use({{}})\n"
)

MEANS_A = {
    "itself": "    if isinstance(x, A): x.go()",
    "one of several": "    if isinstance(x, (int, A)): x.go()",
    "together with more": "    if x and isinstance(x, A): x.go()",
    "a subclass": "    if isinstance(x, C): x.go()",
    "the rest after leaving": "    if not isinstance(x, A): return\n    x.go()",
    "not known": "    if isinstance(x, unknown()): x.go()",
    "only later": "    x.go()\n    if isinstance(x, B): return",
    "one of two": "    if isinstance(x, B) or x: x.go()",
    "the first choice": "    x.go() if isinstance(x, A) else None",
    "the other choice": "    None if isinstance(x, B) else x.go()",
    "not asked before": "    x.go() and isinstance(x, B)",
    "either": "    isinstance(x, B) or x.go()",
    "bound anew in between": "    isinstance(x, B) and (x := A()) and x.go()",
    "another one of a comprehension": "    isinstance(x, B) and [x.go() for x in (A(),)]",
    "another name": "    y = x\n    isinstance(x, B) and y.go()",
}
MEANS_NO_A = {
    "another": "    if isinstance(x, B): x.go()",
    "plain data": "    if isinstance(x, (dict, str)): x.go()",
    "the rest after leaving": "    if not isinstance(x, B): return\n    x.go()",
    "the first choice": "    x.go() if isinstance(x, B) else None",
    "the other choice": "    None if not isinstance(x, B) else x.go()",
    "what is bound by the choice": "    x = x.go() if isinstance(x, B) else None",
    "a part of what is asked for": "    isinstance(x, B) and c and x.go()",
    "either": "    not isinstance(x, B) or x.go()",
    "within an argument": "    print(c and isinstance(x, B) and x.go())",
}


@pytest.mark.parametrize("name", MEANS_A)
def test_values_that_fit_are_followed(name: str) -> None:
    assert "email" in effects_of(PREFIX.format(MEANS_A[name]))


@pytest.mark.parametrize("name", MEANS_NO_A)
def test_values_that_do_not_fit_are_left_out(name: str) -> None:
    assert "email" not in effects_of(PREFIX.format(MEANS_NO_A[name]))


def test_an_assertion_speaks_of_what_follows() -> None:
    said = "    assert isinstance(x, B)\n    x.go()"

    assert "email" not in effects_of(PREFIX.format(said))
    assert "email" in effects_of(PREFIX.format("    x.go()\n    assert isinstance(x, B)"))


def test_where_a_returned_path_points_says_more_than_its_annotation() -> None:
    source = "import tempfile, pathlib\ndef place() -> {}: return {}\ndef start(): open(place()).read()\n"

    assert effects_of(source.format("str", "tempfile.gettempdir()")) == {"temp-disk"}
    assert effects_of(source.format("str", "unknown()")) == {"local-disk-read"}


ENDS = {
    "another value in the branch": "    if isinstance(x, str):\n        x = A()\n        x.go()",
    "another value afterwards": "    if not isinstance(x, dict): return\n    x = A()\n    x.go()",
    "another value in a loop": "    if isinstance(x, B):\n        while c:\n            x.go()\n            x = A()",
    "assertion in a branch": "    if c:\n        assert isinstance(x, B)\n    x.go()",
    "assertion on one line": "    if c: assert isinstance(x, B)\n    x.go()",
    "assertion in the other branch": "    if c: pass\n    else:\n        assert isinstance(x, B)\n    x.go()",
    "assertion in a handler": "    try: c()\n    except ValueError:\n        assert isinstance(x, B)\n    x.go()",
    "assertion that is caught": "    try:\n        assert isinstance(x, B)\n    except AssertionError: pass\n    x.go()",
    "leaving in a branch": "    if c:\n        if not isinstance(x, B): return\n    x.go()",
    "leaving in an elif": "    if c: pass\n    elif not isinstance(x, B): return\n    x.go()",
    "leaving in a case": "    match c:\n        case 1:\n            if not isinstance(x, B): return\n    x.go()",
}


@pytest.mark.parametrize("name", ENDS)
def test_a_test_speaks_no_further_than_its_block_and_its_value(name: str) -> None:
    source = PREFIX.replace("use(x):", "use(x, c=None):").format(ENDS[name])

    assert "email" in effects_of(source)


@pytest.mark.parametrize("value", ["[1]", "{'a': 1}"])
def test_what_the_language_makes_is_an_instance_of_no_other_librarys_class(value: str) -> None:
    source = (
        "from openpyxl.cell import Cell\nclass Box:\n    def __init__(self): self.part = VALUE\nBOX = Box()\n"
        "def start():\n    x = BOX.part\n    if isinstance(x, TYPE): x.clear()\n"
    )

    source = source.replace("VALUE", value)
    assert "process-state-write" not in effects_of(source.replace("TYPE", "Cell"))
    assert "process-state-write" in effects_of(source.replace("TYPE", "object"))
