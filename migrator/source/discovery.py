"""Which files of a folder are Python source, without opening one.

In: a folder and what to leave out. Out: the paths of the files, sorted, and what could not be listed.
Dotted names are given by `naming`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from migrator.domain.assessments import Skipped

EXCLUDED_FOLDERS = frozenset(
    {
        "__pycache__",
        "__pypackages__",
        "build",
        "dist",
        "env",
        "node_modules",
        "site-packages",
        "test",
        "tests",
        "venv",
        "virtualenv",
    }
)
"""Folders that hold no code of the running system: environments, what was built, tests. Those whose name starts
with a dot are left out too, and every folder that holds one of `MARKS`."""

MARKS = frozenset({"migrator-manifest.json", "pyvenv.cfg"})
"""Files that say what a folder is: a service that was cut out, with copies of the monolith's modules; an environment."""

EXCLUDED_FILES = ("conftest.py", "test_*.py", "*_test.py", "tests.py")
BUILD_SCRIPT = "setup.py"
"""Left out where it builds a distribution: in a package it is a module like any other."""


def find_files(root: Path, exclude: Sequence[str] = ()) -> tuple[list[str], list[Skipped]]:
    """Paths of the Python files below a folder, relative to it, with forward slashes, sorted.

    A folder reached through a symbolic link is entered once, after all real folders, so that neither a loop nor
    the order of the disk changes the result; one that the root itself lies in is not entered, and told of.

    Args:
        exclude: shell patterns, each matched against the name and against the whole relative path.
    """
    files: list[str] = []
    skipped: list[Skipped] = []
    seen: set[tuple[int, int]] = set()
    above = set(_above(root))
    waiting = [""]
    linked: list[str] = []
    while waiting or linked:
        if not waiting:
            linked.sort(reverse=True)
            waiting.append(linked.pop())
        folder = waiting.pop()
        try:
            status = (root / folder).stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            if (status.st_dev, status.st_ino) in above:
                skipped.append(Skipped(printable(folder), 1, "leads to a folder that this tree lies in"))
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(root / folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            skipped.append(Skipped(printable(folder) or ".", 1, f"cannot be listed: {error.strerror}"))
            continue
        if folder and any(entry.name in MARKS for entry in entries):
            continue
        if not any(entry.name == "__init__.py" for entry in entries):
            entries = [entry for entry in entries if entry.name != BUILD_SCRIPT]
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            _sort_entry(entry, path, exclude, files, waiting, linked, skipped)
    return sorted(files), skipped


def _above(root: Path) -> Iterator[tuple[int, int]]:
    """The folders that the root lies in, each by its device and number there."""
    for parent in root.resolve().parents:
        with suppress(OSError):  # not there any more, or not ours to look at
            status = parent.stat()
            yield status.st_dev, status.st_ino


def _sort_entry(
    entry: os.DirEntry[str],
    path: str,
    exclude: Sequence[str],
    files: list[str],
    waiting: list[str],
    linked: list[str],
    skipped: list[Skipped],
) -> None:
    name = entry.name
    is_source = name.endswith(".py")
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if entry.is_dir(follow_symlinks=False):
            skipped.append(Skipped(printable(path), 1, f"cannot be listed: {error.strerror}"))
        elif is_source:
            skipped.append(Skipped(printable(path), 1, f"cannot be read: {error.strerror}"))
        return
    if any(fnmatchcase(name, pattern) or fnmatchcase(path, pattern.rstrip("/")) for pattern in exclude):
        return
    if stat.S_ISDIR(mode):
        if name not in EXCLUDED_FOLDERS and not name.startswith(".") and not name.endswith(".egg-info"):
            (linked if entry.is_symlink() else waiting).append(path)
    elif is_source and not any(fnmatchcase(name, pattern) for pattern in EXCLUDED_FILES):
        if stat.S_ISREG(mode):
            files.append(path)
        else:
            skipped.append(Skipped(printable(path), 1, "is not a regular file"))


def printable(path: str) -> str:
    """The path with bytes that are not UTF-8 escaped, so that it can stand in a document."""
    return path.encode("utf-8", "backslashreplace").decode()
