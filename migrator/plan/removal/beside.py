"""Files beside the source tree that may speak of its definitions: tests, scripts, settings, templates.

In: a `SourceTree`. Out: Python files that the analysis leaves out, and texts of data files. Folders of generated
services, environments and what version control keeps are not looked into, nor is documentation: it runs nothing.
"""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from migrator.source import SourceFile, SourceTree

SUFFIXES = frozenset(
    {
        *(".cfg", ".conf", ".env", ".html", ".ini", ".j2", ".jinja", ".jinja2", ".json", ".mako", ".service"),
        *(".sh", ".toml", ".txt", ".xml", ".yaml", ".yml"),
    }
)
"""Of files that a program, or what starts it, reads names from."""
NAMES = frozenset({"Dockerfile", "Makefile", "Procfile"})
_MOST_BYTES = 1_000_000
_SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv", "virtualenv"})
# A folder with one of these holds generated copies, or an environment.
_MARKS = frozenset({"migrator-manifest.json", "pyvenv.cfg"})
# Dotted folders that say how a monolith is built and run.
_LOOKED_INTO = frozenset({".circleci", ".github"})
# Written by this program, and taken care of by it.
_OWN = ("migrator_seam.", "migrator.toml")
_OWN_WORDS = ("canary:", "match:", "weight:")


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the modules of a tree.

    Attributes:
        python: path to file, each by the dotted name of its path; `is_test` tells tests from the rest.
        texts: path to text.
        unread: Python files that cannot be decoded.
    """

    python: dict[str, SourceFile]
    texts: dict[str, str]
    unread: tuple[str, ...]


def read_beside(tree: SourceTree) -> Beside:
    """Read them."""
    python: dict[str, SourceFile] = {}
    texts: dict[str, str] = {}
    unread: list[str] = []
    for path in _files(tree.root):
        if path in tree.by_path:
            continue
        full = tree.root / path
        if path.endswith(".py"):
            try:
                data = full.read_bytes()
                encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
                text = data.decode(encoding)
            except (OSError, SyntaxError, UnicodeError, LookupError):
                unread.append(path)
                continue
            # A name that no module of the tree can have: what is below `tests` is imported in more than one way.
            name = ".".join(PurePosixPath(path).with_suffix("").parts)
            name = name.removesuffix(".__init__")
            if name in tree.modules:
                name = f"<{path}>"
            python[path] = SourceFile(name, path, text, path.endswith("__init__.py"), sha256(data).hexdigest())
        elif not PurePosixPath(path).name.startswith(_OWN):
            try:
                text = full.read_text("utf-8") if full.stat().st_size <= _MOST_BYTES else ""
            except (OSError, UnicodeError):
                continue
            # Routes of this program name every candidate.
            if not (path.endswith((".yaml", ".yml")) and all(word in text for word in _OWN_WORDS)):
                texts[path] = text
    return Beside(python, texts, tuple(unread))


def is_test(path: str) -> bool:
    """Whether a Python file is a test, or help for tests, by the names that test runners look for."""
    parts = PurePosixPath(path).parts
    name = parts[-1]
    return (
        name in ("conftest.py", "tests.py")
        or name.startswith("test_")
        or name.endswith("_test.py")
        or any(part in ("test", "tests") for part in parts[:-1])
    )


def _files(root: Path) -> Iterator[str]:
    for top, folders, files in os.walk(root):
        if Path(top) != root and _MARKS.intersection(files):
            folders.clear()
            continue
        folders[:] = sorted(
            each for each in folders if each not in _SKIPPED and (not each.startswith(".") or each in _LOOKED_INTO)
        )
        here = os.path.relpath(top, root).replace(os.sep, "/")
        for name in sorted(files):
            if name.endswith(".py") or name in NAMES or PurePosixPath(name).suffix in SUFFIXES or name == ".env":
                yield name if here == "." else f"{here}/{name}"
