"""Names of routes and service folders for the shell's completion, from a look at the files that have them.

In: what has been typed. Out: names. Like `completion` it is fast and never fails: the files are read line by line, with
neither a YAML parser nor the models of the configuration, and a name too many does no harm.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DEFAULT = "router.yaml"
_MANIFEST = "migrator-manifest.json"
_LARGEST = 1_000_000  # bytes of a file that is still looked at
_FILES, _OFFERED, _DEPTH = 500, 200, 3
_NAME = re.compile(r"^(?P<indent> *)- *(?:\{ *)?name: *[\"']?(?P<name>[A-Za-z0-9][\w.-]*)", re.MULTILINE)
_ROUTES = re.compile(r"^routes:", re.MULTILINE)
_INCLUDE = re.compile(
    r"^include: *(?P<here>[^\n]*)\n(?P<below>(?:[ \t]*-[^\n]*\n?|[ \t]*#[^\n]*\n|[ \t]*\n)*)", re.MULTILINE
)
_PATTERN = re.compile(r"[^\s\"'\[\],#-][^\s\"'\[\],#]*")
# A shell puts what is offered into the line as it is: a folder's name may be a command.
_SAFE = re.compile(r"[\w./@+-]+")
_SKIPPED = frozenset({"node_modules", "venv", "env", "build", "dist", "__pycache__", "site-packages"})


def route_names(ctx: Any, incomplete: str) -> list[str]:
    """Names of routes that the shell may offer for what was typed."""
    try:
        path = Path(ctx.params.get("router") or _DEFAULT)
        names = dict.fromkeys(name for text in _texts(path) for name in _names(text))
        return [name for name in names if name.startswith(incomplete)][:_OFFERED]
    except Exception:  # nothing that goes wrong here is worth a broken command line
        return []


def service_folders(ctx: Any, incomplete: str) -> list[str]:
    """Folders with a service that the shell may offer for what was typed; none, and the shell offers files by itself."""
    try:
        found = (name for folder in _services(Path(), _DEPTH) if _SAFE.fullmatch(name := folder.as_posix()))
        return [folder for folder in found if folder.startswith(incomplete)][:_OFFERED]
    except Exception:  # as above
        return []


def _texts(path: Path) -> Iterator[str]:
    """The router configuration, then what it includes."""
    text = _text(path)
    yield text
    include = _INCLUDE.search(text)
    if include is None:
        return
    number = 0
    for pattern in _PATTERN.findall(f"{include['here'].partition(' #')[0]} {include['below']}"):
        for file in sorted(path.parent.glob(pattern)):
            number += 1
            if number > _FILES:
                return
            yield _text(file)


def _text(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return ""
    return path.read_text("utf-8", errors="replace")


def _names(text: str) -> Iterator[str]:
    begins = _ROUTES.search(text)
    indent = None
    for found in _NAME.finditer(text, begins.end()) if begins else ():
        # Whatever else has a name stands deeper than the routes.
        indent = found["indent"] if indent is None else indent
        if found["indent"] == indent:
            yield found["name"]


def _services(folder: Path, depth: int) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    for name in names:
        if name.startswith(".") or name in _SKIPPED:
            continue
        inner = folder / name
        if (inner / _MANIFEST).is_file():
            yield inner
        elif depth > 1:
            yield from _services(inner, depth - 1)
