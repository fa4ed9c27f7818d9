"""The values of writing a service folder.

In: nothing. Out: `WriteResult`, `Conflict`, `Hunk`, `OnConflict`. How they come about is `deciding`; what is done with
them on the disk is `journal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class OnConflict(StrEnum):
    """What becomes of a file on which a hand and the generator disagree."""

    STOP = "stop"
    MARK = "mark"
    OVERWRITE = "overwrite"


class ConflictKind(StrEnum):
    """Why a file cannot be settled without a person."""

    LINES = "lines"
    DELETED = "deleted"
    GONE = "gone"
    FOREIGN = "foreign"
    NO_BASE = "no-base"
    NO_GIT = "no-git"
    BROKEN = "broken"
    NOT_A_FILE = "not-a-file"
    NOT_TEXT = "not-text"


REASONS = {
    ConflictKind.LINES: "edited since it was generated, and generated otherwise now",
    ConflictKind.DELETED: "deleted by hand, and generated otherwise now",
    ConflictKind.GONE: "edited since it was generated, and no longer part of the service",
    ConflictKind.FOREIGN: "not written by migrator",
    ConflictKind.NO_BASE: "edited since it was generated, and what was generated then is not kept in .migrator/base.zip",
    ConflictKind.NO_GIT: "edited since it was generated, and git, which merges, is not installed",
    ConflictKind.BROKEN: "edited since it was generated; the lines merge, but what they make can no longer be parsed",
    ConflictKind.NOT_A_FILE: "is a folder, or a link to nowhere, where a file belongs",
    ConflictKind.NOT_TEXT: "edited since it was generated, and generated otherwise now; it has no lines to merge",
}


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where both sides changed the same lines.

    Attributes:
        line: where it is in the file as it lies in the folder, from 1.
        ours: the lines in the folder.
        base: the lines as they were generated last.
        theirs: the lines as they are generated now.
    """

    line: int
    ours: tuple[str, ...]
    base: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that needs a person.

    Attributes:
        hunks: in the order of the file; empty where the conflict is about the whole of it.
    """

    path: str
    kind: ConflictKind
    hunks: tuple[Hunk, ...] = ()

    @property
    def reason(self) -> str:
        """The kind in words."""
        return REASONS[self.kind]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a run does, or has done, to a folder. Each path stands in one of the fields.

    Attributes:
        created: paths that are new.
        changed: paths of our own with new text.
        unchanged: paths that stay as they are, since they say already what is generated.
        removed: files of an earlier run that are no longer part of the service.
        merged: files edited by hand that took the new text in besides.
        kept: files edited by hand of which the same is generated as before.
        deleted: files deleted by hand of which the same is generated as before; they stay away.
        conflicts: files on which both sides disagree.
    """

    folder: Path
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def foreign(self) -> tuple[str, ...]:
        """Files in the way that we did not write."""
        return tuple(each.path for each in self.conflicts if each.kind is ConflictKind.FOREIGN)

    @property
    def edited(self) -> tuple[str, ...]:
        """Our own files that somebody has changed since, whatever becomes of them."""
        conflicting = {each.path for each in self.conflicts} - set(self.foreign)
        return tuple(sorted({*self.merged, *self.kept, *conflicting}))
