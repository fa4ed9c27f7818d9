"""Which files a router configuration includes.

In: the folder of the main file, and patterns that its model has let pass. Out: the files by name, sorted, or why one
cannot be included. Nothing outside the folder is ever read. What the files say is left to others.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

MAX_FILES = 2_000
"""A file a service; 2,000 routes are the most that is planned for."""

_SPECIAL = ("*", "?", "[")


@dataclass(frozen=True, slots=True)
class Included:
    """What patterns lead to.

    Attributes:
        names: paths from the main file's folder on, with forward slashes; sorted, each once.
        refused: number of a pattern, and why what it leads to is not included.
    """

    names: tuple[str, ...] = ()
    refused: tuple[tuple[int, str], ...] = field(default=())


def included(main: Path, patterns: Sequence[str]) -> Included:
    """The files that patterns lead to; an empty pattern leads to none."""
    names: set[str] = set()
    refused: list[tuple[int, str]] = []
    for number, pattern in enumerate(patterns):
        if not pattern:
            continue
        if why := _unlisted(main.parent, pattern):
            refused.append((number, why))
            continue
        # `Path.glob` would take hidden files as well, such as those of an editor.
        for name in glob.iglob(pattern, root_dir=main.parent):  # noqa: PTH207
            if len(names) > MAX_FILES:
                return Included((), ((number, f"more than {MAX_FILES:,} files are included"),))
            refusal = _refused(main, name)
            if refusal is None:
                names.add(os.path.normpath(name))
            elif refusal != _FOLDER:
                refused.append((number, f"{_shown(name)} {refusal}"))
    return Included(tuple(sorted(names)), tuple(refused))


def includes(patterns: Sequence[str], name: str) -> bool:
    """Whether one of the patterns leads to a file of this name, which need not be there yet."""
    parts = os.path.normpath(name).split("/")
    return any(
        len(wanted) == len(parts) and all(map(_matches, parts, wanted))
        for wanted in (os.path.normpath(pattern).split("/") for pattern in patterns)
    )


def _matches(part: str, wanted: str) -> bool:
    return fnmatchcase(part, wanted) and (not part.startswith(".") or wanted.startswith("."))


_FOLDER = "is a folder"


def _refused(main: Path, name: str) -> str | None:
    """Why a file is not included; `_FOLDER` for what is none and is passed over."""
    path = main.parent / name
    if not name.isprintable():
        return "has a control character in its name"
    try:
        kind = path.stat().st_mode
        inside = path.resolve().is_relative_to(main.parent.resolve())
        itself = main.exists() and path.samefile(main)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if stat.S_ISDIR(kind):
        return _FOLDER
    if not inside:
        return "leads out of the folder of this file by a link"
    if itself:
        return "is this file itself; keep routes in a folder of their own: routes/*.yaml"
    return None if stat.S_ISREG(kind) else "is no regular file"


def _unlisted(folder: Path, pattern: str) -> str:
    """Why the files of a pattern cannot be told: a folder that cannot be listed is not one without files."""
    parts = pattern.split("/")
    plain = list(_plain(parts))
    try:
        if len(plain) == len(parts):
            return (
                ""
                if (folder / pattern).exists()
                else "there is no such file; a pattern may lead to none: routes/*.yaml"
            )
        with os.scandir(folder.joinpath(*plain)):
            return ""
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"{'/'.join(plain) or '.'} cannot be listed: {error.strerror}"


def _plain(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if any(sign in part for sign in _SPECIAL):
            return
        yield part


def _shown(name: str) -> str:
    return name if name.isprintable() else ascii(name)
