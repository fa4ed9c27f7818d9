"""Merges and reverts, made without a working tree.

In: commits. Out: the id of a commit that joins them, or a refusal that names the files in which they conflict.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from migrator.adapters.repositories.addresses import printable
from migrator.adapters.repositories.checkouts import file_at, place_of
from migrator.adapters.repositories.commits import commit_tree, committed, tree_of
from migrator.adapters.repositories.locating import Clone
from migrator.adapters.repositories.messages import message, message_line
from migrator.adapters.repositories.refusals import local_error
from migrator.adapters.repositories.running import Git, Place
from migrator.adapters.repositories.scratch import scratch_folder
from migrator.domain.pull_requests import CommitDraft
from migrator.errors import InputError, Refused
from migrator.publishing.ports import Settle

_NAMED: Final = 10
_CLEAN, _CONFLICTS = 0, 1  # git-merge-tree(1), "EXIT STATUS"


def merged(
    git: Git,
    clone: Clone,
    ours: str,
    theirs: str,
    subject: str,
    trailers: Sequence[tuple[str, str]],
    settle: Settle | None = None,
) -> str:
    """A commit that has all of both; one of the two where that has all of the other.

    Raises:
        Refused: they conflict, or have nothing in common.
    """
    if has(git, clone, ours, theirs):
        return ours
    if has(git, clone, theirs, ours):
        return theirs
    what = f"{message_line(subject)}: this conflicts"
    tree, paths = _tried(git, clone, ours, theirs, what)
    if paths:
        settled = _settled(git, clone, tree, (ours, theirs), paths, settle) if settle is not None else None
        if settled is None:
            raise _conflict(what, paths)
        tree = settled
    return commit_tree(git, clone, tree, (ours, theirs), message(subject, "", trailers))


def reverted(git: Git, clone: Clone, start: str, commits: Sequence[str], trailers: Sequence[tuple[str, str]]) -> str:
    """The last of new commits on top of one, each of which undoes one; what is undone already makes none.

    Of a merge, everything is undone that it brought to its first parent.

    Raises:
        Refused: a later change stands in the way.
        InputError: the first commit of a repository cannot be undone.
    """
    last = start
    for commit in commits:
        before = parent_of(git, clone, commit)
        if before is None:
            raise InputError(f"{_short(commit)} is the first commit, which cannot be undone")
        subject = _subject(git, clone, commit)
        # Two commits on top of the one to be undone, with the trees of now and of before it: merging them is the revert,
        # and needs no option that is newer than git 2.38.
        now = commit_tree(git, clone, tree_of(git, clone, last), (commit,), b"now\n")
        then = commit_tree(git, clone, tree_of(git, clone, before), (commit,), b"before\n")
        tree = _joined(git, clone, now, then, f"later changes keep {_short(commit)} from being undone")
        if tree != tree_of(git, clone, last):
            text = message(f'Revert "{subject}"', f"This reverts commit {commit}.", trailers)
            last = commit_tree(git, clone, tree, (last,), text)
    return last


def has(git: Git, clone: Clone, commit: str, other: str) -> bool:
    """Whether a commit has all of another one."""
    said = git.ask(["merge-base", "--is-ancestor", other, commit], Place(clone.top, clone.git_dir))
    if said.status not in (0, 1):
        raise local_error(said, "compare two commits")
    return said.status == 0


def parent_of(git: Git, clone: Clone, commit: str) -> str | None:
    """The first parent; None for the first commit."""
    said = git.ask(["rev-parse", "--verify", "--quiet", f"{commit}^1"], Place(clone.top, clone.git_dir))
    return said.text if said.status == 0 else None


def _subject(git: Git, clone: Clone, commit: str) -> str:
    said = git.ask(
        ["log", "-1", "--no-color", "--encoding=UTF-8", "--format=%s", commit], Place(clone.top, clone.git_dir)
    )
    if said.status != 0:
        raise local_error(said, "read a commit")
    return said.output.decode("utf-8", errors="replace").strip()


def _settled(
    git: Git, clone: Clone, tree: str, sides: tuple[str, str], paths: Sequence[str], settle: Settle
) -> str | None:
    """The tree of a merge with the conflicting files as whoever is asked has them; None where that is nobody's to say."""
    said = git.ask(["merge-base", *sides], Place(clone.top, clone.git_dir))
    if said.status != 0:
        return None
    files: dict[str, bytes | None] = {}
    for path in paths:
        was, ours, theirs = (file_at(git, clone, commit, path) for commit in (said.text.split()[0], *sides))
        if was is None or ours is None or theirs is None:
            return None
        files[path] = settle(path, was, ours, theirs)
        if files[path] is None:
            return None
    marked = commit_tree(git, clone, tree, sides, b"with conflicts\n")
    return tree_of(git, clone, committed(git, clone, marked, (CommitDraft("settled", "", files),), ()))


def _joined(git: Git, clone: Clone, ours: str, theirs: str, message_of_conflict: str) -> str:
    """The tree of both."""
    tree, paths = _tried(git, clone, ours, theirs, message_of_conflict)
    if paths:
        raise _conflict(message_of_conflict, paths)
    return tree


def _tried(git: Git, clone: Clone, ours: str, theirs: str, message_of_conflict: str) -> tuple[str, tuple[str, ...]]:
    """The tree of both, and the files that conflict, which it has with git's marks.

    It runs in an empty folder, so that no working tree's attributes have a say.
    """
    with scratch_folder() as scratch:
        said = git.run(
            ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs],
            place_of(clone, scratch),
        )
    if "unrelated histories" in said.errors:
        raise Refused(
            f"{message_of_conflict}: they have no commit in common",
            hint="was the base rewritten? remove the branch, or choose another name with --branch",
        )
    if said.status not in (_CLEAN, _CONFLICTS):
        raise local_error(said, "merge two commits")
    tree, *names = said.output.split(b"\0")
    paths = {os.fsdecode(name) for name in names if name} if said.status == _CONFLICTS else ()
    return tree.decode(), tuple(sorted(paths))


def _conflict(message_of_conflict: str, paths: Sequence[str]) -> Refused:
    shown = [printable(path).replace("\n", " ") for path in paths]
    listed = "\n".join(f"  {path}" for path in shown[:_NAMED])
    more = f"\n  and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return Refused(
        f"{message_of_conflict} in:\n{listed}{more}",
        hint="merge them in a working tree, push the result, and run the same command again",
    )


def _short(commit: str) -> str:
    return commit[:12]
