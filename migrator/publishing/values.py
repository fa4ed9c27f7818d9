"""What goes into publishing a change, and what comes out of it.

In: nothing. Out: frozen values. `Wanted` and a `Maker` come from whoever knows the change; `Prepared` is shown to a
person before anything leaves the machine; `Published` says what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from migrator.domain.pull_requests import CommitDraft, FileChange, OpenedPullRequest, PullRequestDraft, Stage
from migrator.publishing.ports import Settle


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a change is to go.

    Attributes:
        remote: the remote's name.
        branch: the branch that the pull request comes from.
        candidate: the name in the trailers that tell our branches; a route's, where weights are changed.
        base: the branch that it is merged into; empty for the one that the remote names.
        below: the folders in which everything has to be committed, from the repository's top; an empty one is all of it.
        committed_only: what is not committed there is left out knowingly.
        endings: how the paths of the files end that the maker reads; none for all files.
        settle: who knows how to merge what git cannot, see `Settle`; None for nobody.
    """

    remote: str
    branch: str
    candidate: str
    stage: Stage
    base: str = ""
    below: tuple[str, ...] = ("",)
    committed_only: bool = False
    endings: tuple[str, ...] = ()
    settle: Settle | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What a change is made on.

    Attributes:
        commit: whose files lie in the folder: the base, or our branch with the base merged into it. It may not be pushed yet.
        base: the commit of the base, which everybody can look at: links lead to it.
        tip: our branch on the remote; None where it is new.
        settled: files in which git could not merge the base, and `Wanted.settle` could.
    """

    commit: str
    base: str
    tip: str | None = None
    settled: tuple[str, ...] = ()


Texts: TypeAlias = Callable[[tuple[str, ...]], PullRequestDraft]
"""Makes title and body, given the addresses of the pull requests that belong to the same move (see `carry_out_all`)."""


@dataclass(frozen=True, slots=True)
class Made:
    """A change.

    Attributes:
        commits: in their order; what they leave as it is makes no commit.
        texts: called more than once, with what is known of the others; branch and base of its answer are set by us.
    """

    commits: tuple[CommitDraft, ...]
    texts: Texts


Maker: TypeAlias = Callable[[Path, Start], Made]
"""Makes a change in a folder with all files of the start. What it writes there counts for nothing; only its answer does."""


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit that is made and not pushed."""

    id: str
    subject: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change that is ready to be pushed; nobody else has seen it.

    Attributes:
        wanted: with the base filled in.
        start: what it was made on.
        result: the commit with everything; the start's where nothing is new.
        commits: those that are new, oldest first, without a merge of the base.
        files: everything that the pull request changes, with what the branch had before.
        diff: the same, as git shows it.
        made: what the maker answered.
    """

    wanted: Wanted
    start: Start
    result: str
    commits: tuple[NewCommit, ...]
    files: tuple[FileChange, ...]
    diff: str
    made: Made

    @property
    def pushes(self) -> bool:
        """Whether the remote's branch is to move; a base that went on alone is no reason, unless nobody else can merge it."""
        return bool(self.commits or self.start.settled)

    @property
    def merges_base(self) -> bool:
        """Whether the base went on since and is merged into the branch."""
        return self.pushes and self.start.commit not in (self.start.tip, self.start.base)

    @property
    def empty(self) -> bool:
        """Whether a pull request would change nothing, so that none is opened."""
        return not self.files

    def draft(self, others: tuple[str, ...] = ()) -> PullRequestDraft:
        """The pull request as it is to be, given the addresses of those that belong to it."""
        return replace(self.made.texts(others), branch=self.wanted.branch, base=self.wanted.base)


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it.

    Attributes:
        commit: what the remote's branch is now; None where there is no such branch.
        pushed: whether it moved.
        opened: the forge's answer; None where there is nothing to merge and so no pull request.
    """

    branch: str
    base: str
    commit: str | None
    pushed: bool
    opened: OpenedPullRequest | None
