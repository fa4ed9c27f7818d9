"""A move whose parts lie in two repositories: both are pushed, and their pull requests lead to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from migrator.domain.pull_requests import CommitDraft, OpenedPullRequest, Outcome, PullRequestDraft, Stage
from migrator.errors import Refused, RemoteError
from migrator.publishing import Made, Part, Published, Start, Wanted, carry_out_all, prepare
from tests.support.file_forge import FileForge
from tests.support.memory_repository import MemoryRepository, memory_clone

WANTED = Wanted("origin", "migrator/tax", "shop.tax", Stage.MOVE)


@dataclass
class CountingForge(FileForge):
    """Counts what is asked of it, and may not answer.

    Attributes:
        fails_at: the number of the call to `open_pull_request` that fails, from 1.
    """

    calls: int = 0
    fails_at: int = 0

    def open_pull_request(self, draft: PullRequestDraft) -> OpenedPullRequest:
        self.calls += 1
        if self.calls == self.fails_at:
            raise RemoteError("the forge does not answer", retryable=True)
        return super().open_pull_request(draft)


@dataclass
class Move:
    """Two repositories with a forge each."""

    clones: tuple[MemoryRepository, MemoryRepository]
    forges: tuple[CountingForge, CountingForge]

    def publish(self, content: bytes = b"x\n") -> tuple[Published, ...]:
        def make(folder: Path, start: Start) -> Made:
            draft = CommitDraft("Add it", "", {"services/tax/app.py": content})
            return Made((draft,), lambda others: PullRequestDraft("", "", "T", " ".join(("see", *others))))

        parts = [
            Part(prepare(clone, WANTED, make), clone, forge)
            for clone, forge in zip(self.clones, self.forges, strict=True)
        ]
        return carry_out_all(parts)

    @property
    def bodies(self) -> list[list[str]]:
        return [[request["body"] for request in forge.requests] for forge in self.forges]


LINKED = [["see https://services.example/1"], ["see https://monolith.example/1"]]


@pytest.fixture
def move(tmp_path: Path) -> Move:
    monolith = CountingForge(tmp_path / "a.json", "https://monolith.example")
    services = CountingForge(tmp_path / "b.json", "https://services.example")
    return Move((memory_clone(), memory_clone()), (monolith, services))


def test_the_second_links_the_first_and_the_first_is_written_once_more(move: Move) -> None:
    published = move.publish()
    assert move.bodies == LINKED
    assert [forge.calls for forge in move.forges] == [2, 1]
    assert [each.opened and each.opened.outcome for each in published] == [Outcome.CREATED, Outcome.CREATED]


def test_a_second_run_finds_both_addresses_and_writes_each_once(move: Move) -> None:
    move.publish()
    again = move.publish()
    assert [each.opened and each.opened.outcome for each in again] == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert [forge.calls for forge in move.forges] == [3, 2]
    assert move.bodies == LINKED


@pytest.mark.parametrize(("which", "call"), [(0, 1), (1, 1), (0, 2)])
def test_a_forge_that_failed_in_between_is_gone_on_with(move: Move, which: int, call: int) -> None:
    move.forges[which].fails_at = call
    with pytest.raises(RemoteError):
        move.publish()
    assert all("migrator/tax" in clone.remotes["origin"].branches for clone in move.clones), "both were pushed first"
    move.publish()
    assert move.bodies == LINKED


def test_no_pull_request_is_opened_before_both_branches_are_there(move: Move) -> None:
    move.clones[1].remotes["origin"].protected = frozenset({"migrator/tax"})
    with pytest.raises(Refused):
        move.publish()
    assert move.bodies == [[], []]


def test_a_part_without_changes_has_no_pull_request_and_is_not_linked(move: Move) -> None:
    move.clones[1].remotes["origin"].commit({"services/tax/app.py": b"x\n"})
    published = move.publish()
    assert published[1].opened is None
    assert move.bodies == [["see"], []]
