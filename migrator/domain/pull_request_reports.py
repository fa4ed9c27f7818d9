"""What `migrator pr` says for programs: what would be, or has been, pushed and opened."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.pull_requests import FileChange, Outcome, Stage


@dataclass(frozen=True, slots=True)
class CommitReport:
    """A new commit.

    Attributes:
        id: empty for one that was made on this machine only.
    """

    id: str
    subject: str
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class RequestReport:
    """One branch and its pull request.

    Attributes:
        address: of the remote, without a password.
        base_commit: full id of what it was made from.
        commits: those that are new in this run, oldest first.
        files: everything that the pull request changes.
        pushed: whether the branch moved on the remote.
        outcome: None where nothing was opened: only looked at, or nothing to merge.
        url: where people look at it, or open it; empty where that is not known.
        notes: what the forge did not do, a sentence each.
    """

    remote: str
    address: str
    forge: str
    branch: str
    base: str
    base_commit: str
    title: str
    body: str
    commits: tuple[CommitReport, ...]
    files: tuple[FileChange, ...]
    pushed: bool = False
    outcome: Outcome | None = None
    url: str = ""
    number: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PullRequestReport:
    """All of a stage.

    Attributes:
        service: its name.
        folder: of the service, from the top of its repository.
        written: whether anything was asked of a remote beyond looking.
        requests: one, or two where service and monolith lie in different repositories.
    """

    candidate: str
    stage: Stage
    service: str
    folder: str
    written: bool
    requests: tuple[RequestReport, ...]
