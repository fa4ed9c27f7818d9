"""What a clone knows: commits and their trailers, what changed between two, what of the working tree is not committed.

In: names of commits. Out: ids, paths, counts, texts. Nothing is written, not even the index's record of times.
"""

from __future__ import annotations

import os
from typing import Final

from migrator.adapters.repositories.locating import Clone
from migrator.adapters.repositories.messages import trailer_value
from migrator.adapters.repositories.refusals import local_error
from migrator.adapters.repositories.running import Git, Place, Said
from migrator.domain.pull_requests import FileChange

# Neither a person's settings nor a repository's attributes choose programs or forms for what we read.
_PLAIN: Final = ("--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--ignore-submodules=none")


def commit_of(git: Git, clone: Clone, reference: str) -> str | None:
    """The full id of the commit that a name stands for; None for no such."""
    if not reference or "\0" in reference:
        return None
    said = git.ask(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"],
        Place(clone.top, clone.git_dir),
    )
    return said.text if said.status == 0 and said.text else None


def uncommitted(git: Git, clone: Clone, below: str) -> tuple[str, ...]:
    """Paths below a folder that are not as committed, or new and not ignored; a new folder that is a clone ends in `/`."""
    said = git.run(
        [
            "status",
            "--porcelain=v1",
            "-z",
            "--untracked-files=all",
            "--ignore-submodules=all",
            "--no-renames",
            "--",
            below or ".",
        ],
        Place(clone.top),
        theirs=True,
    )
    entries = _ok(said, "look at the working tree").output.split(b"\0")
    return tuple(sorted(os.fsdecode(entry[3:]) for entry in entries if entry))


def trailers(git: Git, clone: Clone, since: str, until: str, name: str) -> tuple[tuple[str, str], ...]:
    """The commits of `until` that `since` lacks, newest first, each with its first trailer of a name, or an empty text."""
    said = git.ask(
        [
            "log",
            "-z",
            "--topo-order",
            "--no-color",
            "--no-notes",
            "--encoding=UTF-8",
            f"--format=%H %(trailers:key={name},valueonly=true,unfold=true,separator=%x1F)",
            until,
            *([f"^{since}"] if since else []),
            "--",
        ],
        Place(clone.top, clone.git_dir),
    )
    entries = _ok(said, "read the history").output.decode("utf-8", errors="replace").split("\0")
    pairs = (entry.partition(" ") for entry in entries if entry)
    return tuple((commit, trailer_value(value.partition("\x1f")[0])) for commit, _, value in pairs)


def changes(git: Git, clone: Clone, before: str, after: str) -> tuple[FileChange, ...]:
    """The files that differ between two commits, by path, with counts of lines."""
    said = git.ask(
        ["diff-tree", "-r", "-z", "--numstat", *_PLAIN, before, after, "--"], Place(clone.top, clone.git_dir)
    )
    fields = iter(_ok(said, "compare two commits").output.split(b"\0")[:-1])
    found = []
    for field in fields:
        added, taken, path = field.split(b"\t", 2)
        if not path:  # moved: the old path and the new one follow
            next(fields)
            path = next(fields)
        found.append(FileChange(os.fsdecode(path), _count(added), _count(taken)))
    return tuple(sorted(found, key=lambda change: change.path))


def diff(git: Git, clone: Clone, before: str, after: str) -> str:
    """What changed from one commit to another, as git shows it; bytes that are no UTF-8 are replaced."""
    said = git.ask(
        ["diff-tree", "-r", "-p", *_PLAIN, "--src-prefix=a/", "--dst-prefix=b/", before, after, "--"],
        Place(clone.top, clone.git_dir),
    )
    return _ok(said, "compare two commits").output.decode("utf-8", errors="replace")


def _count(field: bytes) -> int | None:
    return None if field == b"-" else int(field)


def _ok(said: Said, doing: str) -> Said:
    if said.status != 0:
        raise local_error(said, doing)
    return said
