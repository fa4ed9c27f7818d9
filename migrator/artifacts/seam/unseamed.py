"""The monolith as it is without its seam, for those who read it: the seam is the program's own, not the monolith's.

In: a source tree, or the bytes of one file. Out: the same without the seam's text and module. A file that cannot be
parsed is handed on as it is. Nothing is written.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from pathlib import Path

from migrator.artifacts.seam.insertions import MODULE
from migrator.artifacts.seam.reading import Unreadable, decode
from migrator.artifacts.seam.record import load_record
from migrator.artifacts.seam.removal import remove
from migrator.source import SourceFile, SourceTree


def without_seam(tree: SourceTree, *, keep_lines: bool) -> SourceTree:
    """The tree without the seam; hashes are those of the text that is handed out.

    Args:
        keep_lines: leave an empty line for each line that was put in, so that places are those of the files on disk.

    Raises:
        InputError: the record of the seam cannot be read.
    """
    record = load_record(tree.root)
    if record is None:
        return tree
    seamed = frozenset(record.files)
    modules: dict[str, SourceFile] = {}
    for name, file in tree.modules.items():
        if file.path == record.module:
            continue
        if file.path in seamed:
            file = _without(tree.root, file, record.package, keep_lines)
        modules[name] = file
    return replace(tree, modules=modules)


def sha256_without_seam(root: Path, path: str, data: bytes) -> str:
    """SHA-256 of a file of a monolith without the seam; of the file as it is where it has none.

    Raises:
        InputError: the record of the seam cannot be read.
    """
    record = load_record(root) if MODULE.encode() in data else None
    if record is not None and path in record.files:
        with contextlib.suppress(Unreadable):
            data = remove(data, None, record.package).data
    return hashlib.sha256(data).hexdigest()


def _without(root: Path, file: SourceFile, package: str, keep_lines: bool) -> SourceFile:
    try:
        data = (root / file.path).read_bytes()
        shown = remove(data, None, package, keep_lines=keep_lines).data
        return replace(file, text=decode(shown).text, sha256=hashlib.sha256(shown).hexdigest())
    except (OSError, Unreadable):
        return file
