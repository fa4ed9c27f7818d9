"""Writing a service folder, the first time and again: hand edits are merged, and nothing is half done.

In: `Artifacts` and a folder. Out: a `WriteResult`. What the files say is decided in the rest of `migrator.artifacts`.
"""

from migrator.artifacts.writing.place import check_apart, check_folder
from migrator.artifacts.writing.results import Conflict, ConflictKind, Hunk, OnConflict, WriteResult
from migrator.artifacts.writing.write import (
    conflict_lines,
    edited_files,
    load_manifest,
    origin_of,
    preview,
    unfinished,
    write,
)

__all__ = [
    "Conflict",
    "ConflictKind",
    "Hunk",
    "OnConflict",
    "WriteResult",
    "check_apart",
    "check_folder",
    "conflict_lines",
    "edited_files",
    "load_manifest",
    "origin_of",
    "preview",
    "unfinished",
    "write",
]
