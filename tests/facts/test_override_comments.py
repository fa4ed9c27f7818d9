"""Comments that override the analysis: which function and line each speaks of, and what is wrong with the others."""

from __future__ import annotations

import pytest

from migrator.facts import read_overrides
from tests.support.programs import tree_of


def stated(text: str) -> list[tuple[str, str, int, int, str]]:
    found, findings = read_overrides(tree_of(text))
    assert not findings, findings
    return [
        (item.override.kind, item.override.effect, item.definition[1] if item.definition else 0, item.line, item.override.reason)
        for item in found
    ]  # fmt: skip


ALLOW = "# migrator: allow memoize -- small"


@pytest.mark.parametrize(
    ("text", "definition", "line"),
    [
        (f"def f():  {ALLOW}\n    return 1\n", 1, 0),
        (f"{ALLOW}\ndef f():\n    return 1\n", 2, 0),
        (f"x = 1\n{ALLOW}\n# more\n@a\n@b(1)\ndef f():\n    return 1\n", 6, 0),
        (f"@a  {ALLOW}\n@b\ndef f():\n    return 1\n", 3, 0),
        (f"@a\n{ALLOW}\ndef f():\n    return 1\n", 3, 0),
        (f"def f(\n    a,\n) -> int:  {ALLOW}\n    return 1\n", 1, 0),
        (f"def f(\n    a,  {ALLOW}\n):\n    return 1\n", 1, 0),
        (f"def f(): return 1  {ALLOW}\n", 1, 0),
        (f"def f():\n    x = 1\n    return x  {ALLOW}\n", 1, 3),
        (f"def f():\n    x = 1\n    {ALLOW}\n\n    return x\n", 1, 5),
        (f"def f():\n    {ALLOW}\n    return 1\n", 1, 3),
        (f"def f():\n    x = 1\n    {ALLOW}\n    @a\n    def g():\n        return x\n", 5, 0),
        (f"class C:\n    def f(self):\n        return 1  {ALLOW}\n    def g(self): ...\n", 2, 3),
        (f"class C:\n    {ALLOW}\n    async def f(self):\n        return 1\n", 3, 0),
        (f"type X = int\ndef f[T](x: T):  {ALLOW}\n    return x\n", 2, 0),
        (f"def f():\r\n    return 1  {ALLOW}\r\n", 1, 2),
        (f"def é():  {ALLOW}\n    return 'ü'\n", 1, 0),
    ],
)
def test_what_a_comment_speaks_of(text: str, definition: int, line: int) -> None:
    assert stated(text) == [("allow", "memoize", definition, line, "small")]


def test_several_comments_on_one_function() -> None:
    text = "# migrator: allow memoize -- one\n# migrator: effect database -- two\ndef f(): ...\n"
    assert [item[:3] for item in stated(text)] == [("allow", "memoize", 3), ("effect", "database", 3)]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("def f(): ...  # migrator: allow memoize\n", "app.py:1:15", "gives no reason"),
        ("def f(): ...  # migrator: allow memoize --  \n", "app.py:1:15", "gives no reason"),
        ("def f(): ...  # migrator: allow memoise -- x\n", "app.py:1:15", "there is no effect 'memoise'"),
        ("def f(): ...  # migrator: forbid memoize -- x\n", "app.py:1:15", "is not understood"),
        ("def f(): ...  # migrator: allow\n", "app.py:1:15", "is not understood"),
        ("x = 1  # migrator: allow memoize -- x\n", "app.py:1:8", "stands at no function"),
        ("# migrator: allow memoize -- x\n\ndef f(): ...\n", "app.py:1:1", "stands at no function"),
        ("# migrator: allow memoize -- x\nclass C: ...\n", "app.py:1:1", "stands at no function"),
        ("é = 'é'; x = 1  # migrator: allow memoize -- x\n", "app.py:1:17", "stands at no function"),
        ("def f(:  # migrator: allow memoize -- x\n", "app.py:1:1", "libcst cannot read"),
    ],
)
def test_a_comment_that_states_nothing_is_a_finding(text: str, place: str, says: str) -> None:
    found, findings = read_overrides(tree_of(text))
    assert not found
    assert [str(item.location) for item in findings] == [place]
    assert says in findings[0].reason


def test_words_in_strings_and_other_comments_are_nothing() -> None:
    text = "x = '# migrator: allow memoize'\n# see migrator: the tool\ny = 'migrator:'\n"
    assert read_overrides(tree_of(text)) == ((), ())
