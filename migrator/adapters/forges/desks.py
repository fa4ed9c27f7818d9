"""What every forge that keeps pull requests can be asked, one question a call.

In and out of the files of GitHub and GitLab. Each answers or raises what `answers` has; none tries again, and none decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from migrator.domain.pull_requests import PullRequestDraft, Standing


@dataclass(frozen=True, slots=True)
class Kept:
    """A pull request as a forge has it.

    Attributes:
        title: without the word that marks a draft.
        author: the name of whoever opened it.
        asked: names of those who are asked to review it, as far as the list tells.
    """

    number: int
    url: str
    title: str
    body: str
    base: str
    standing: Standing
    author: str
    labels: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


class NoDrafts(Exception):
    """This repository takes no drafts."""


class Desk(Protocol):
    """One repository at a forge.

    Attributes:
        longest_title: characters that it takes.
        longest_body: characters that it takes.
    """

    longest_title: int
    longest_body: int

    def requests(self, branch: str) -> tuple[Kept, ...]:
        """All pull requests from a branch of this repository itself, in whatever state, newest first."""

    def shown(self, body: str) -> str:
        """The same text, without what this forge would do in place of showing it."""

    def create(self, draft: PullRequestDraft) -> Kept:
        """Open one, without labels and reviewers.

        Raises:
            Exists: there is one for the branch.
            NoDrafts: it would have to be none.
        """

    def change(self, kept: Kept, title: str, body: str) -> None:
        """Let title and body be these; whether it is a draft stays."""

    def label(self, kept: Kept, labels: Sequence[str]) -> None:
        """Put labels on it, beside those that are there."""

    def reviewed_by(self, kept: Kept) -> frozenset[str]:
        """Those who have been asked, or have reviewed it unasked; people by their names, teams as `OWNER/TEAM`."""

    def ask(self, kept: Kept, reviewers: Sequence[str]) -> tuple[str, ...]:
        """Ask people and teams for a review. Returns a sentence for each that cannot be asked."""

    def close(self) -> None:
        """Give up the connections."""
