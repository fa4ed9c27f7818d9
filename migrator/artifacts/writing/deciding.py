"""What a run does to each file: three texts a path, and a rule for each way in which they differ.

In: `Artifacts`, a folder as `Pending` shows it. Out: `Decided`: a `WriteResult` and the bytes to write. Reads only.
How lines are merged is `merging`, how the folder is changed is `journal`.

`base` is what was generated last, `ours` what lies in the folder, `theirs` what is generated now:

    ours      theirs               becomes
    as base   anything             theirs
    edited    as base              ours (kept)
    edited    other, or as ours    both merged, or a conflict
    deleted   as base              stays deleted
    deleted   other                a conflict
    edited    no longer generated  a conflict
    foreign   other                a conflict
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.service import MANIFEST, Artifacts
from migrator.artifacts.writing.base import BASE, unpack
from migrator.artifacts.writing.journal import Pending
from migrator.artifacts.writing.merging import NoGit, is_text, merge
from migrator.artifacts.writing.results import Conflict, ConflictKind, OnConflict, WriteResult
from migrator.domain.plans import Manifest


@dataclass(frozen=True, slots=True)
class Decided:
    """What a run does.

    Attributes:
        files: path to its new bytes, None where the file goes; the manifest is left to the caller.
    """

    result: WriteResult
    files: Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class _Settled:
    """One file: the field of the result that it stands in, and its new bytes where it changes."""

    field: str
    data: bytes | None = None
    changes: bool = False


def decide(artifacts: Artifacts, pending: Pending, before: Manifest | None, on_conflict: OnConflict) -> Decided:
    """Settle every file of the service and of the run before."""
    generated = {file.path: file.sha256 for file in before.files} if before is not None else {}
    bases = unpack(pending.read(BASE), before) if before is not None else {}
    fields: defaultdict[str, list[str]] = defaultdict(list)
    conflicts: list[Conflict] = []
    files: dict[str, bytes | None] = {}
    contents = artifacts.contents
    for path in sorted({*contents, *generated}):
        three = _Three(path, generated.get(path), pending, bases, contents.get(path))
        if path == MANIFEST:
            fields[_state_of_manifest(three, before)].append(path)
            continue
        settled = three.settle(on_conflict)
        if isinstance(settled, tuple):
            conflict, settled = settled
            conflicts.append(conflict)
        if settled.field and not (conflicts and conflicts[-1].path == path):
            fields[settled.field].append(path)
        if settled.changes:
            files[path] = settled.data
    result = WriteResult(
        pending.folder,
        conflicts=tuple(conflicts),
        **{field: tuple(paths) for field, paths in fields.items()},
    )
    return Decided(result, files)


def _state_of_manifest(three: _Three, before: Manifest | None) -> str:
    if before is None:
        return "created"
    return "unchanged" if three.present == _sha256(three.theirs) else "changed"


class _Three:
    """The three texts of one path."""

    def __init__(
        self, path: str, generated: str | None, pending: Pending, bases: Mapping[str, bytes], theirs: bytes | None
    ) -> None:
        self.path, self.generated, self.theirs = path, generated, theirs
        self.present = pending.digest(path)
        self._pending = pending
        self._bases = bases

    def settle(self, on_conflict: OnConflict) -> _Settled | tuple[Conflict, _Settled]:
        """The file's new state, with the conflict that stood in the way of it."""
        wanted = _sha256(self.theirs) if self.theirs is not None else None
        if self.present == wanted:
            return _Settled("unchanged" if wanted else "")
        if self.present == self.generated:
            field = "removed" if wanted is None else "created" if self.generated is None else "changed"
            return _Settled(field, self.theirs, changes=True)
        if on_conflict is OnConflict.OVERWRITE:
            if self.present is None:
                return _Settled("created", self.theirs, changes=True)
            kind = ConflictKind.FOREIGN if self.generated is None else ConflictKind.LINES
            return Conflict(self.path, kind), _Settled("", self.theirs, changes=True)
        if self.theirs is None:
            return (Conflict(self.path, ConflictKind.GONE), _Settled("")) if self.present else _Settled("")
        if wanted == self.generated:
            return _Settled("deleted" if self.present is None else "kept")
        if self.present is None:
            return Conflict(self.path, ConflictKind.DELETED), _Settled("", self.theirs, changes=True)
        return self._merged(self.theirs)

    def _merged(self, theirs: bytes) -> _Settled | tuple[Conflict, _Settled]:
        ours = self._pending.read(self.path)
        if ours is None:
            return Conflict(self.path, ConflictKind.NOT_A_FILE), _Settled("", theirs, changes=True)
        base = self._bases.get(self.path)
        if not (is_text(ours) and is_text(theirs)):
            kind = ConflictKind.FOREIGN if self.generated is None else ConflictKind.NOT_TEXT
            return Conflict(self.path, kind), _Settled("")
        try:
            merged = merge(self.path, base or b"", ours, theirs)
        except NoGit:
            return Conflict(self.path, ConflictKind.NO_GIT), _Settled("")
        settled = _Settled("merged", merged.text, changes=True)
        if self.generated is None:
            return Conflict(self.path, ConflictKind.FOREIGN, merged.hunks), settled
        if base is None:
            return Conflict(self.path, ConflictKind.NO_BASE, merged.hunks), settled
        if merged.hunks:
            return Conflict(self.path, ConflictKind.LINES, merged.hunks), settled
        return (Conflict(self.path, ConflictKind.BROKEN), settled) if merged.broken else settled


def _sha256(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()
