"""Names of candidates for the shell's completion, from the last analysis of the folder, or from a look at its files.

In: what has been typed. Out: names. It is fast and never fails: the shell would show a traceback in the middle of the
line. What is remembered lies below XDG_CACHE_HOME; losing it costs nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_SECONDS = 0.5
"""Longest look at the files: a shell that waits longer feels broken."""

_OFFERED = 200
_DECORATED = re.compile(
    r"^@[\w.]*\b(?:route|get|post|put|delete|patch|task|shared_task|periodic_task|command|receiver|job|actor|view_config)\b"
    r"[^\n]*\n(?:[^\n]+\n){0,12}?(?:async )?def (\w+)",
    re.MULTILINE,
)
# A shell puts what is offered into the line as it is: a file's name may be a command.
_SAFE = re.compile(r"[\w.-]+")
_SKIPPED = frozenset({"node_modules", "tests", "test", "venv", "env", "build", "dist", "__pycache__", "site-packages"})


def candidate_names(ctx: Any, incomplete: str) -> list[str]:
    """Names that the shell may offer for what was typed."""
    try:
        root = Path(ctx.params.get("root") or ".")
        names = _remembered(root) or sorted(set(_seen(root)))
        safe = (name for name in names if _SAFE.fullmatch(name))
        return [name for name in safe if name.startswith(incomplete) or f".{incomplete}" in name][:_OFFERED]
    except Exception:  # nothing that goes wrong here is worth a broken command line
        return []


def remember_candidates(root: Path, names: Iterable[str]) -> None:
    """Keep the names for the next completion; where that fails there is none."""
    with contextlib.suppress(OSError, ValueError):
        path = _cache(root)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        try:
            temporary.write_text(json.dumps(sorted(names)), encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _remembered(root: Path) -> list[str]:
    try:
        names = json.loads(_cache(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _cache(root: Path) -> Path:
    from migrator.cli.cache_folder import cache_folder

    digest = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    return cache_folder("candidates") / f"{digest}.json"


def _seen(root: Path) -> Iterator[str]:
    """Functions below a decorator that looks like a registration."""
    ends = time.monotonic() + _SECONDS
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            if time.monotonic() > ends:
                return
            if name.endswith(".py"):
                yield from _in_file(root, Path(folder) / name)


def _in_file(root: Path, path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[0] in ("src", "lib") and len(parts) > 1:
        parts = parts[1:]
    module = ".".join(part for part in parts if part != "__init__")
    for found in _DECORATED.finditer(text):
        yield f"{module}.{found[1]}"
