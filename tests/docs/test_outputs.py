"""The reader of pages itself: what it takes for a command, and what for the same output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Step, steps_of
from tests.docs.outputs import missing

PAGE = """\
Text with `$ no command`.

```console
$ one
shown
$ cat > a <<'END'
$ not typed
END
$ two \\
  more
…
```

```text
$ not this
```

```console terminal=2 exit=1
$ three
```
"""


def test_commands_are_read_with_what_belongs_to_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    assert list(steps_of(page)) == [
        Step("one", ("shown",), 0, 1, 4),
        Step("cat > a <<'END'\n$ not typed\nEND", (), 0, 1, 6),
        Step("two \\\n  more", ("…",), 0, 1, 9),
        Step("three", (), 1, 2, 19),
    ]


@pytest.mark.parametrize(
    ("shown", "output"),
    [
        ("a: 95 files, 0.8 s", "a: 95 files, 12.31 s"),
        ("a\n…\nc", "a\nb\nb\nc"),
        ("a\n…", "a\nb"),
        ("…\nc", "a\nc"),
        ("x … y", "x 1 2 3 y"),
        ("a   b", "a b"),
        ("at 2026-11-26T09:15:02Z", "at 2027-01-01T00:00:00Z"),
        ("commit 0a1b2c3 is", "commit fffff9f is"),
    ],
)
def test_what_no_two_runs_have_alike_is_read_by_rule(shown: str, output: str) -> None:
    assert missing(shown.splitlines(), output) is None


@pytest.mark.parametrize(
    ("shown", "output", "first"),
    [
        ("95 files", "96 files", "95 files"),
        ("a\nb", "a", "b"),
        ("a", "a\nb", "(nothing more, but there is: b)"),
        ("…\nc", "a\nb", "c"),
        ("a\nc", "a\nb\nc", "c"),
        ("", "a", "(nothing more, but there is: a)"),
    ],
)
def test_everything_else_is_as_it_is_shown(shown: str, output: str, first: str) -> None:
    assert missing(shown.splitlines(), output) == first
