"""Pull requests as values: what a branch adds, what its request says, and what a forge answered.

In and out of everything that publishes a change; files stand by their path from the repository's top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CANDIDATE_TRAILER = "Migrator-Candidate"
"""The trailer of each commit that is made here: the candidate's, or the route's, name. It tells our branch from others'."""

STAGE_TRAILER = "Migrator-Stage"
"""The trailer with the stage that a commit belongs to."""


class Stage(StrEnum):
    """What a pull request does with a candidate."""

    MOVE = "move"  # service, route at weight 0, seam, tests, runbook
    WEIGHT = "weight"  # one weight of router.yaml
    CLEAN_UP = "clean-up"  # seam and legacy code go, after promotion
    BACK = "back"  # legacy serves again


class Outcome(StrEnum):
    """What became of a pull request."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    TO_OPEN = "to-open"  # the branch is pushed; a person opens the request by the address, or by hand


class Standing(StrEnum):
    """How a pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"  # by a person, without being merged


@dataclass(frozen=True, slots=True)
class CommitDraft:
    """A commit that is not made yet.

    Attributes:
        subject: one line in the imperative.
        body: further paragraphs, or an empty string; the trailers are added by whoever makes the commit.
        files: path to its new bytes; None where the file goes.
        executable: those of the paths that can be run.
    """

    subject: str
    body: str
    files: Mapping[str, bytes | None]
    executable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileChange:
    """What happened to a file between two commits.

    Attributes:
        path: from the repository's top; its new one where it was moved.
        added: lines that are new; None where it is not text.
        taken: lines that are gone; None where it is not text.
    """

    path: str
    added: int | None
    taken: int | None


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """A pull request that is not opened yet.

    Attributes:
        branch: the branch that is to be merged.
        base: the branch that it is merged into.
        body: in the forge's Markdown.
        reviewers: names of people, or `OWNER/TEAM`, as the forge knows them.
    """

    branch: str
    base: str
    title: str
    body: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class OpenedPullRequest:
    """What a forge made of it.

    Attributes:
        url: where people look at it; where they open it, if it is still to be opened; empty where that is not known.
        number: as the forge counts; 0 where it has none.
        notes: what the forge did not do, such as a reviewer that it does not know; a sentence each.
    """

    outcome: Outcome
    url: str
    number: int = 0
    notes: tuple[str, ...] = ()
