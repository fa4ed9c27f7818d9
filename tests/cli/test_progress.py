"""Progress is for a person at a terminal: it moves, costs nothing, and nothing of it stays."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrator.cli.progress import _Line, progress_shown
from tests.support.analyzing import large_repository
from tests.support.fleet_world import PLAIN, SHARED, repositories

HIDDEN, SHOWN, ERASED = "\x1b[?25l", "\x1b[?25h", "\x1b[2K"


class Screen:
    """Takes what a live display would draw."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def update(self, text: object, *, refresh: bool) -> None:
        assert refresh
        self.drawn.append(str(text))


def line() -> tuple[_Line, Screen]:
    screen = Screen()
    return _Line(screen, "shop"), screen  # type: ignore[arg-type]


def test_a_stage_is_shown_at_once_and_its_count_only_now_and_then() -> None:
    tell, screen = line()
    began = time.monotonic()
    for done in range(20_000):
        tell("reading files", done, 40_000)
    tell("judging", 0)
    assert screen.drawn[0] == "reading files  0 of 40,000  0 %  shop"
    assert screen.drawn[-1] == "judging  shop"
    assert len(screen.drawn) <= 2 + (time.monotonic() - began) / 0.1


def test_what_is_shown_is_inert_and_on_one_line() -> None:
    tell, screen = line()
    tell("\x1b[2J\nreading", 1)
    tell("none", 0, 0)
    assert screen.drawn == ["\\x1b[2J reading  1  shop", "none  0 of 0  shop"]


class Terminal(io.StringIO):
    """Stands where a person looks."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "term", "quiet", "drawn"),
    [
        (Terminal, "xterm", False, True),
        (Terminal, "xterm", True, False),
        (Terminal, "dumb", False, False),
        (io.StringIO, "xterm", False, False),
    ],
)
def test_it_is_drawn_only_where_somebody_wants_it(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], term: str, quiet: bool, drawn: bool
) -> None:
    written = stream()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setenv("TERM", term)
    with progress_shown("shop", quiet=quiet) as progress:
        progress("reading files", 3, 12)
    assert ("reading files  3 of 12  25 %" in written.getvalue()) is drawn
    assert drawn or written.getvalue() == ""


def on_a_terminal(*arguments: str) -> tuple[str, str, int]:
    """What the command wrote to its terminal's stderr and to the pipe of its stdout, and how it ended."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "migrator", *arguments],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        text=True,
    ) as process:
        os.close(theirs)
        written = _all(ours)
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    return written, out, process.returncode


def _all(descriptor: int) -> str:
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # Linux says so where the other end of a terminal has gone
            part = b""
        if not part:
            return b"".join(parts).decode()
        parts.append(part)


@pytest.fixture
def roots(tmp_path: Path) -> list[str]:
    return [str(root) for root in repositories(tmp_path, {"orders": SHARED, "plain": PLAIN})]


def test_on_a_terminal_each_stage_is_seen_and_nothing_of_it_stays(roots: list[str]) -> None:
    written, out, code = on_a_terminal("analyze", *roots, "--json", "--jobs", "1")
    assert code == 0
    assert json.loads(out)["schema"] == "migrator.fleet/1", "the result is apart from it"
    seen = [
        written.find(text)
        for text in (
            "1 of 2, orders: looking for files\x1b[2m  2 repositories",
            "1 of 2, orders: reading files  0 of 1  0 %",
            "2 of 2, plain: judging",
        )
    ]
    assert -1 not in seen and seen == sorted(seen), written
    assert written.rindex(SHOWN) > written.rindex(HIDDEN)
    after = written[written.rindex("2 repositories") + len("2 repositories") :]
    assert ERASED in after and not re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\s", "", after), "the line is taken away again"


def test_interrupted_on_a_terminal_the_line_goes_and_the_cursor_comes_back(tmp_path: Path) -> None:
    root = large_repository(tmp_path / "large")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "migrator", "analyze", str(root), "--jobs", "1"],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        written = ""
        while "reading files" not in written:
            written += os.read(ours, 65536).decode()
        process.send_signal(signal.SIGINT)
        written += _all(ours)
        assert process.wait(30) == 130
    os.close(ours)
    assert written.rindex(SHOWN) > written.rindex(HIDDEN)
    assert written.endswith("interrupted\r\n") and "Traceback" not in written
