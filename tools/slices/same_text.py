"""Slicing a module with everything needed must give its text back: tried on files of real monoliths.

In: a source tree. Out: for each file whether it is the same, or why it was left alone.
"""

from __future__ import annotations

import hashlib

from migrator.errors import InputError
from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.rewrite import keep_all
from migrator.source import SourceFile, SourceTree


def chosen(trees: list[SourceTree], number: int) -> list[SourceFile]:
    """The files whose paths have the lowest hashes."""
    files = [file for tree in trees for file in tree.modules.values() if file.text.strip()]
    return sorted(files, key=lambda file: hashlib.sha256(file.path.encode()).digest())[:number]


def outcome(file: SourceFile) -> str:
    """What becomes of one file."""
    try:
        syntax = read_syntax(file)
    except InputError:
        return "left alone: libcst cannot read it"
    return "the same text" if keep_all(syntax) == file.text else "ANOTHER TEXT"
