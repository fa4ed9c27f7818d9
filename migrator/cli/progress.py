"""How far a long piece of work is, on the terminal of whoever waits for it, and nothing of it afterwards.

In: what the work tells of itself (`migrator.domain.progress`). Out: one line on stderr, drawn anew some times a second,
from within the work: there is no thread that would take its time from it. On a pipe, with --quiet and on a terminal that
cannot go back in a line, nothing is written.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migrator.cli.terminal import inert, note
from migrator.collector import made_to_stay
from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from rich.live import Live

_BETWEEN_S = 0.1
"""Seconds between two drawings of one stage. Drawing takes a thousandth of a second; who reads sees ten a second move."""


@contextmanager
def progress_shown(label: str, *, quiet: bool = False) -> Iterator[Progress]:
    """What the work inside is to call; the line goes when the work ends, however it ends, and Ctrl-C is said in a word.

    What is made inside stays until the process ends: Python's collector does not look through it.

    Args:
        label: what is worked on, named behind each stage.
    """
    try:
        with made_to_stay():
            if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
                yield silent
            else:
                with _drawn(label) as progress:
                    yield progress
    except KeyboardInterrupt:
        note("interrupted")
        raise


@contextmanager
def _drawn(label: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    with Live(
        console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as live:
        yield _Line(live, label)


class _Line:
    """Draws what it is told, where the last drawing is long enough ago."""

    def __init__(self, live: Live, label: str) -> None:
        self._live = live
        self._label = label
        self._stage = ""
        self._drawn = 0.0

    def __call__(self, stage: str, done: int, total: int | None = None, /) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._drawn < _BETWEEN_S:
            return
        self._stage, self._drawn = stage, now
        from rich.text import Text

        # What moves stands first: what is worked on may be a path that is longer than the line.
        text = Text(f"{_flat(stage)}{_figures(done, total)}", no_wrap=True, overflow="ellipsis")
        text.append(f"  {_flat(self._label)}", style="dim")
        self._live.update(text, refresh=True)


def _flat(text: str) -> str:
    return inert(text).replace("\n", " ")


def _figures(done: int, total: int | None) -> str:
    if total is None:
        return f"  {done:,}" if done else ""
    return f"  {done:,} of {total:,}" + (f"  {done * 100 // total} %" if total else "")
