"""A record as earlier versions wrote it, made into one that says which candidate is in which file.

In: a record, and the monolith's files as they are. Out: the record by candidate. A record of this version is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from migrator.artifacts.seam.changes import present
from migrator.artifacts.seam.lines import changed_lines
from migrator.artifacts.seam.reading import Parsed, Unreadable
from migrator.artifacts.seam.record import ChangedLine, SeamRecord
from migrator.artifacts.seam.removal import uses


def narrowed(root: Path, record: SeamRecord) -> SeamRecord:
    """The record in which each candidate has the files that it is in; a file that cannot be read stays with all."""
    if not record.old:
        return record
    files: dict[str, dict[str, tuple[ChangedLine, ...]]] = {name: {} for name in record.candidates}
    for path in record.files:
        found = _found(present(root, path), record)
        for name in record.candidates:
            if found is None:
                files[name][path] = ()
            elif name in found:
                files[name][path] = found[name]
    candidates = {name: replace(each, files=files[name]) for name, each in record.candidates.items()}
    return replace(record, candidates=candidates, old=False)


def _found(data: bytes | None, record: SeamRecord) -> Mapping[str, tuple[ChangedLine, ...]] | None:
    """The candidates that are in a file, with their lines; None where that cannot be told."""
    if data is None:
        return {}
    try:
        names = {use.name for use in uses(Parsed(data))}
        return {name: changed_lines(data, name, record.package) for name in names}
    except Unreadable:
        return None
