"""A forge in memory: what opens pull requests is the real thing, and what keeps them is a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from migrator.adapters.forges.answers import Exists, Invalid
from migrator.adapters.forges.desks import Kept
from migrator.adapters.forges.opening import HostedForge
from migrator.adapters.forges.tries import Patience
from migrator.domain.forges import ForgeKind
from migrator.domain.pull_requests import PullRequestDraft, Standing


@dataclass
class MemoryDesk:
    """Pull requests of one repository.

    Attributes:
        branches: those that were pushed; None for any.
        people: who can be asked for a review.
    """

    branches: set[str] | None = None
    people: set[str] = field(default_factory=lambda: {"ann", "bob"})
    kept: list[Kept] = field(default_factory=list)
    heads: dict[int, str] = field(default_factory=dict)
    drafts: set[int] = field(default_factory=set)
    writes: int = 0
    longest_title: int = 256
    longest_body: int = 65_536

    def requests(self, branch: str) -> tuple[Kept, ...]:
        return tuple(kept for kept in reversed(self.kept) if self.heads[kept.number] == branch)

    def shown(self, body: str) -> str:
        return body

    def create(self, draft: PullRequestDraft) -> Kept:
        self.writes += 1
        if self.branches is not None and not {draft.branch, draft.base} <= self.branches:
            raise Invalid(f"there is no branch {draft.branch}")
        there = (kept for kept in self.requests(draft.branch) if kept.standing is Standing.OPEN)
        if any(kept.base == draft.base for kept in there):
            raise Exists("it already exists")
        number = len(self.kept) + 1
        kept = Kept(
            number,
            f"memory://pull/{number}",
            draft.title,
            draft.body,
            draft.base,
            Standing.OPEN,
            "robot",
        )
        self.kept.append(kept)
        self.heads[number] = draft.branch
        if draft.draft:
            self.drafts.add(number)
        return kept

    def change(self, kept: Kept, title: str, body: str) -> None:
        self._put(kept.number, title=title, body=body)

    def label(self, kept: Kept, labels: Sequence[str]) -> None:
        self._put(kept.number, labels=self.kept[kept.number - 1].labels | set(labels))

    def reviewed_by(self, kept: Kept) -> frozenset[str]:
        return kept.asked

    def ask(self, kept: Kept, reviewers: Sequence[str]) -> tuple[str, ...]:
        known = [name for name in reviewers if name in self.people]
        if known:
            self._put(kept.number, asked=self.kept[kept.number - 1].asked | set(known))
        return tuple(f"{name} was not asked: unknown" for name in reviewers if name not in self.people)

    def close(self) -> None:
        pass

    def _put(self, number: int, **values: object) -> None:
        self.writes += 1
        self.kept[number - 1] = replace(self.kept[number - 1], **values)  # type: ignore[arg-type]


def memory_forge(desk: MemoryDesk) -> HostedForge:
    """A forge over a desk in memory."""
    return HostedForge(
        ForgeKind.GITHUB,
        lambda: desk,
        lambda path, commit, line, end: f"memory://{commit}/{path}" + (f"#L{line}-L{end}" if line else ""),
        Patience(pause=lambda seconds: None),
    )
