"""Three texts to one, by `git merge-file`.

In: what was generated last, what lies in the folder, what is generated now. Out: a `Merge`. Whether there is something
to merge at all is `deciding`.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.writing.results import Hunk
from migrator.errors import MigratorError

_LABELS = ("edited by hand", "generated before", "generated now")
_MARKER = 7
# Long enough that no line of a file is taken for a marker; only for reading the result, never written.
_UNMISTAKABLE = 61
# `git merge-file` exits with the number of conflicts, at most 127; above that it failed.
_MOST_CONFLICTS = 127


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of three texts.

    Attributes:
        text: merged; with conflict markers where there are hunks.
        hunks: the places that need a person, in the order of the file.
        broken: merged without a conflict, and yet no longer what its suffix says, though both sides were.
    """

    text: bytes
    hunks: tuple[Hunk, ...] = ()
    broken: bool = False


class NoGit(Exception):
    """There is no git on this machine."""


def merge(path: str, base: bytes, ours: bytes, theirs: bytes) -> Merge:
    """Merge what changed on both sides since `base`.

    Args:
        path: in the folder; its suffix says what the text must still be afterwards.

    Raises:
        NoGit: git is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="migrator-merge-") as name:
        folder = Path(name)
        for file, text in zip(("ours", "base", "theirs"), (ours, base, theirs), strict=True):
            (folder / file).write_bytes(text)
        text, conflicts = _git(folder, _MARKER)
        hunks = _hunks(_git(folder, _UNMISTAKABLE)[0], ours) if conflicts else ()
    broken = not hunks and not _parses(path, text) and _parses(path, ours) and _parses(path, theirs)
    return Merge(text, hunks, broken)


def is_text(content: bytes) -> bool:
    """Whether it has lines that can be merged: UTF-8 without a zero byte, as git tells text from the rest."""
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _git(folder: Path, marker: int) -> tuple[bytes, int]:
    labels = [argument for label in _LABELS for argument in ("-L", label)]
    command = ["git", "merge-file", "--stdout", "--diff3", f"--marker-size={marker}", *labels]
    # Neither the user's configuration nor a repository that calls us from a hook has a say in the result.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    try:
        done = subprocess.run(
            [*command, "ours", "base", "theirs"], cwd=folder, env=environment, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise NoGit from error
    if not 0 <= done.returncode <= _MOST_CONFLICTS:
        raise MigratorError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout, done.returncode


def _hunks(marked: bytes, ours: bytes) -> tuple[Hunk, ...]:
    lines, own = _lines(marked), _lines(ours)
    found: list[Hunk] = []
    cursor = 0
    for mine, before, now in _sections(lines):
        at = _find(own, mine, cursor)
        found.append(Hunk(at + 1, mine, before, now))
        cursor = at + len(mine)
    return tuple(found)


def _sections(lines: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    parts: list[list[str]] = []
    for line in lines:
        match line[:_UNMISTAKABLE], bool(parts):
            case head, False if head == "<" * _UNMISTAKABLE:
                parts = [[]]
            case head, True if head in ("|" * _UNMISTAKABLE, "=" * _UNMISTAKABLE):
                parts.append([])
            case head, True if head == ">" * _UNMISTAKABLE:
                mine, before, now = parts
                yield tuple(mine), tuple(before), tuple(now)
                parts = []
            case _, True:
                parts[-1].append(line)


def _find(lines: Sequence[str], wanted: Sequence[str], start: int) -> int:
    """Where a run of lines begins; `start` for an empty one, whose place no line tells."""
    if wanted:
        for at in range(start, len(lines) - len(wanted) + 1):
            if tuple(lines[at : at + len(wanted)]) == tuple(wanted):
                return at
    return min(start, max(len(lines) - 1, 0))


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def _python(text: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)


_PARSERS: Mapping[str, Callable[[bytes], object]] = {".py": _python, ".json": json.loads}


def _parses(path: str, text: bytes) -> bool:
    parser = _PARSERS.get(Path(path).suffix)
    if parser is not None:
        with contextlib.suppress(RecursionError, MemoryError):
            try:
                parser(text)
            except (SyntaxError, ValueError):
                return False
    return True
