"""What publishing needs of the world: a repository and a forge.

Implementations stand in `migrator.adapters.repositories` and `migrator.adapters.forges`; a contract suite holds each to
the words below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

from migrator.domain.pull_requests import CommitDraft, FileChange, OpenedPullRequest, PullRequestDraft, Standing

Settle: TypeAlias = Callable[[str, bytes, bytes, bytes], bytes | None]
"""Asked about a file in which both sides changed the same lines: its path, as it was before both, ours, theirs. The answer
is the file with both changes, or None where people have to look."""


class Repository(Protocol):
    """A person's clone. Nothing here touches its working tree, its index, or the branch that is checked out."""

    @property
    def top(self) -> Path:
        """The folder of its working tree."""

    def remote_url(self, remote: str) -> str:
        """The address of a remote, without a name or a password in it.

        Raises:
            InputError: there is no such remote.
        """

    def committer(self) -> str:
        """Who commits here, as `NAME <ADDRESS>`.

        Raises:
            InputError: git does not know.
        """

    def default_branch(self, remote: str) -> str:
        """The branch that pull requests go to if nobody says otherwise.

        Raises:
            RemoteError: the remote does not answer.
            InputError: it does not say.
        """

    def fetch(self, remote: str, branches: Sequence[str]) -> None:
        """Bring what the remote knows of branches to `refs/remotes/REMOTE/BRANCH`; one that it lacks is gone there, too.

        Raises:
            RemoteError: the remote does not answer, or lets nobody in.
            InputError: that cannot be the name of a branch, or the remote's history is cut off.
        """

    def commit_of(self, reference: str) -> str | None:
        """The full id of the commit that a name stands for; None for no such.

        Args:
            reference: a name in full (`refs/remotes/origin/main`, `refs/heads/main`), in short (`origin/main`, `main`), an
                id, or any of them with `^` behind it for the first parent.
        """

    def uncommitted(self, below: str = "") -> tuple[str, ...]:
        """Tracked files that are not as they are committed, and new ones that are not ignored, below a folder."""

    def trailers(self, since: str, until: str, name: str) -> tuple[tuple[str, str], ...]:
        """The commits of `until` that `since` lacks, newest first, each with its trailer of a name, or an empty text.

        Args:
            since: empty for the whole history.
        """

    def read(self, commit: str, path: str) -> bytes | None:
        """A file as it is committed, by the bytes that a checkout has; None for no file."""

    def checkout(self, commit: str, endings: Sequence[str] = ()) -> AbstractContextManager[Path]:
        """A folder of its own with the files of a commit, which goes again, also when the process is interrupted.

        Args:
            endings: how the paths of the files end that are needed; none for all files. Most of a large repository is then
                not written out.
        """

    def merged(
        self,
        ours: str,
        theirs: str,
        subject: str,
        trailers: Sequence[tuple[str, str]] = (),
        settle: Settle | None = None,
    ) -> str:
        """A commit that has all of both: the first one, or the second one, where that has all of the other, else a merge.

        Args:
            settle: asked about each file that conflicts and is there on both sides, and was before; None for nobody.

        Raises:
            Refused: they conflict; the files are named.
        """

    def committed(self, start: str, commits: Sequence[CommitDraft], trailers: Sequence[tuple[str, str]]) -> str:
        """The last of new commits on top of another one; those that change nothing are left out, and no branch moves.

        Raises:
            InputError: a path leads out of the repository or through a symbolic link; git does not know who commits, or
                cannot sign.
        """

    def reverted(self, start: str, commits: Sequence[str], trailers: Sequence[tuple[str, str]]) -> str:
        """The last of new commits on top of another one, each of which undoes one, in the order given.

        Raises:
            Refused: a later change stands in the way; the files are named.
        """

    def push(self, remote: str, branch: str, commit: str, expected: str | None) -> None:
        """Let a branch of the remote be a commit.

        Args:
            expected: what it is until then; None where it must not be there yet.

        Raises:
            Refused: it is not what was expected, or is protected.
            RemoteError: the remote does not answer, or lets nobody in.
        """

    def changes(self, before: str, after: str) -> tuple[FileChange, ...]:
        """The files that differ between two commits, by path, with counts of lines."""

    def diff(self, before: str, after: str) -> str:
        """What changed from one commit to another, as git shows it without color."""


class Forge(Protocol):
    """Where pull requests are kept."""

    @property
    def kind(self) -> str:
        """The word for it in the configuration."""

    def link(self, path: str, commit: str, line: int = 0, end_line: int = 0) -> str:
        """The address of lines of a file at a commit, made up without asking anybody; empty where there is none."""

    def standing(self, branch: str, base: str) -> tuple[Standing, str] | None:
        """How the newest pull request from a branch stands, with its address; None where there has been none.

        Raises:
            RemoteError, InputError: as for `open_pull_request`.
        """

    def open_pull_request(self, draft: PullRequestDraft) -> OpenedPullRequest:
        """Open it, or change the one that is open for the branch to what the draft says; never two for one branch.

        Raises:
            RemoteError: the forge does not answer, or says that it has had too much; `retryable` says whether to try again.
            InputError: there is no token, it is not taken, or may not do this.
        """

    def close(self) -> None:
        """Give up the connections."""
