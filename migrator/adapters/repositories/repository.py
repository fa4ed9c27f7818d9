"""The `Repository` port by the git program.

In: a clone. Out: what `migrator.publishing.ports.Repository` says. Each method is one module's function; here they are
brought together.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from migrator.adapters.repositories import checkouts, joining, remotes
from migrator.adapters.repositories import commits as new_commits
from migrator.adapters.repositories.histories import changes, commit_of, diff, trailers, uncommitted
from migrator.adapters.repositories.locating import located
from migrator.adapters.repositories.running import Git, found_git
from migrator.adapters.repositories.scratch import remove_leftovers
from migrator.domain.pull_requests import CommitDraft, FileChange
from migrator.publishing.ports import Settle


class GitRepository:
    """A person's clone."""

    def __init__(self, folder: Path, git: Git) -> None:
        """Find the clone that a folder is in.

        Raises:
            InputError: there is none, it is bare or another user's, or git is too old.
        """
        self._git = git
        self._clone = located(git, folder)

    def __repr__(self) -> str:
        return f"GitRepository({os.fspath(self.top)!r})"

    @property
    def top(self) -> Path:
        """The folder of its working tree."""
        return self._clone.top

    def remote_url(self, remote: str) -> str:
        """See the port."""
        return remotes.address_of(self._git, self._clone, remote)

    def committer(self) -> str:
        """See the port."""
        return new_commits.committer(self._git, self._clone)

    def default_branch(self, remote: str) -> str:
        """See the port."""
        return remotes.default_of(self._git, self._clone, remote)

    def fetch(self, remote: str, branches: Sequence[str]) -> None:
        """See the port."""
        remotes.fetch(self._git, self._clone, remote, branches)

    def commit_of(self, reference: str) -> str | None:
        """See the port."""
        return commit_of(self._git, self._clone, reference)

    def uncommitted(self, below: str = "") -> tuple[str, ...]:
        """See the port."""
        return uncommitted(self._git, self._clone, below)

    def trailers(self, since: str, until: str, name: str) -> tuple[tuple[str, str], ...]:
        """See the port."""
        return trailers(self._git, self._clone, since, until, name)

    def read(self, commit: str, path: str) -> bytes | None:
        """See the port."""
        return checkouts.file_at(self._git, self._clone, commit, path)

    def checkout(self, commit: str, endings: Sequence[str] = ()) -> AbstractContextManager[Path]:
        """See the port; the folder has the clone's name, and is no repository itself."""
        return checkouts.checked_out(self._git, self._clone, commit, endings)

    def merged(
        self,
        ours: str,
        theirs: str,
        subject: str,
        trailers: Sequence[tuple[str, str]] = (),
        settle: Settle | None = None,
    ) -> str:
        """See the port."""
        return joining.merged(self._git, self._clone, ours, theirs, subject, trailers, settle)

    def committed(self, start: str, commits: Sequence[CommitDraft], trailers: Sequence[tuple[str, str]]) -> str:
        """See the port."""
        return new_commits.committed(self._git, self._clone, start, commits, trailers)

    def reverted(self, start: str, commits: Sequence[str], trailers: Sequence[tuple[str, str]]) -> str:
        """See the port."""
        return joining.reverted(self._git, self._clone, start, commits, trailers)

    def push(self, remote: str, branch: str, commit: str, expected: str | None) -> None:
        """See the port."""
        remotes.push(self._git, self._clone, remote, branch, commit, expected)

    def changes(self, before: str, after: str) -> tuple[FileChange, ...]:
        """See the port."""
        return changes(self._git, self._clone, before, after)

    def diff(self, before: str, after: str) -> str:
        """See the port."""
        return diff(self._git, self._clone, before, after)


def open_repository(folder: Path, git: Git | None = None) -> GitRepository:
    """The clone that a folder is in; what killed runs left behind is removed.

    Args:
        git: another program than this machine's.

    Raises:
        InputError: there is none, it is bare or another user's; git is missing or too old.
    """
    remove_leftovers()
    return GitRepository(folder, found_git() if git is None else git)
