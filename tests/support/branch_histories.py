"""What happens to a branch of ours, at random: our runs, people's commits, merges of all kinds; in memory and with git.

In: steps by name. Out: a shared remote on which they were taken; a person's commits are remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from migrator.domain.pull_requests import CommitDraft, PullRequestDraft, Stage, Standing
from migrator.errors import Refused
from migrator.publishing import Made, Maker, Start, Wanted, carry_out, prepare
from migrator.publishing.ports import Repository
from tests.support.file_forge import FileForge
from tests.support.git_world import GitWorld, git
from tests.support.memory_repository import Commit, MemoryRepository

BRANCH = "migrator/tax"
STEPS = ("run", "run other", "clean up", "prepare", "theirs", "theirs same", "base", "base same", "update", "merge", "squash", "remove")  # fmt: skip
"""Names of steps: the first four are ours, the others are what people do."""


class Shared(Protocol):
    """A remote that people work on, and a clone of it for us."""

    @property
    def repository(self) -> Repository: ...
    def tips(self) -> dict[str, str]: ...
    def history(self, commit: str) -> set[str]: ...
    def commit(self, branch: str, path: str, text: str) -> str: ...
    def join(self, into: str, other: str, *, squash: bool = False) -> str | None: ...
    def remove(self, branch: str) -> None: ...


@dataclass
class InMemory:
    """The shared remote, in memory."""

    repository: MemoryRepository

    def tips(self) -> dict[str, str]:
        return dict(self.repository.remotes["origin"].branches)

    def history(self, commit: str) -> set[str]:
        return set(self.repository.objects.history(commit))

    def commit(self, branch: str, path: str, text: str) -> str:
        return self.repository.remotes["origin"].commit({path: text.encode()}, branch)

    def join(self, into: str, other: str, *, squash: bool = False) -> str | None:
        branches, objects = self.repository.remotes["origin"].branches, self.repository.objects
        try:
            both = self.repository.merged(branches[into], branches[other], "Merge")
        except Refused:
            return None
        if squash:
            both = objects.add(Commit(objects.commits[both].files, (branches[into],), "Squash"))
        branches[into] = both
        return both

    def remove(self, branch: str) -> None:
        self.repository.remotes["origin"].branches.pop(branch)


@dataclass
class OnDisk:
    """The shared remote, bare; people work in another clone."""

    world: GitWorld
    repository: Repository

    def tips(self) -> dict[str, str]:
        return {branch: self.world.tip(branch) for branch in self.world.branches()}

    def history(self, commit: str) -> set[str]:
        return set(git(self.world.remote, "rev-list", commit).splitlines())

    def commit(self, branch: str, path: str, text: str) -> str:
        return self.world.commit({path: text}, branch=branch)

    def join(self, into: str, other: str, *, squash: bool = False) -> str | None:
        people = self.world.other
        git(people, "fetch", "-q", "--prune", "origin")
        git(people, "checkout", "-q", "-B", into, f"origin/{into}")
        git(people, "merge", "-q", *(["--squash"] if squash else ["--no-edit"]), f"origin/{other}", check=False)
        if git(people, "ls-files", "--unmerged"):
            git(people, "reset", "-q", "--hard")
            return None
        if squash:
            git(people, "commit", "-q", "--allow-empty", "-m", "Squash")
        git(people, "push", "-q", "origin", into)
        return self.world.tip(into)

    def remove(self, branch: str) -> None:
        git(self.world.remote, "branch", "-D", branch)


@dataclass
class History:
    """Takes steps, and checks after each of ours that nothing is lost and nothing is there twice."""

    shared: Shared
    forge: FileForge
    count: int = 0
    peoples: set[str] = field(default_factory=set)
    refused: int = 0
    published: int = 0

    def take(self, steps: Sequence[str]) -> None:
        """Take the steps; those that cannot be taken yet are passed over."""
        for step in steps:
            self.count += 1
            match step:
                case "run" | "run other" | "clean up" | "prepare":
                    self._ours(step)
                case "base" | "base same":
                    self.shared.commit("main", "app.py" if step == "base same" else "base.py", f"{self.count}\n")
                case _ if BRANCH in self.shared.tips():
                    self._theirs(step)

    def _theirs(self, step: str) -> None:
        match step:
            case "theirs" | "theirs same":
                path = "services/tax/app.py" if step == "theirs same" else "notes.md"
                self.peoples.add(self.shared.commit(BRANCH, path, f"{self.count}\n"))
            case "update":
                made = self.shared.join(BRANCH, "main")
                self.peoples |= {made} if made else set()
            case "merge":
                if self.shared.join("main", BRANCH) and self.forge.requests:
                    self.forge.set(Standing.MERGED)
            case "squash":
                if self.shared.join("main", BRANCH, squash=True) and self.forge.requests:
                    self.forge.set(Standing.MERGED)
            case "remove":
                self.shared.remove(BRANCH)
                self.peoples.clear()

    def _ours(self, step: str) -> None:
        before = self.shared.tips()
        stage = Stage.CLEAN_UP if step == "clean up" else Stage.MOVE
        wanted = Wanted("origin", BRANCH, "shop.tax", stage)
        try:
            prepared = prepare(self.shared.repository, wanted, self._maker(step))
            assert self.shared.tips() == before, "preparing changes nothing that others see"
            if step == "prepare":
                return
            carry_out(prepared, self.shared.repository, self.forge)
        except Refused:
            self.refused += 1
            assert self.shared.tips() == before, "what is refused changes nothing"
            return
        self.published += 1
        after = self.shared.tips()
        assert {**after, BRANCH: ""} == {**before, BRANCH: ""}, "only our branch moves"
        if BRANCH in before:
            assert BRANCH in after
            assert before[BRANCH] in self.shared.history(after[BRANCH]), "the branch only moves forward"
        if BRANCH in after:
            assert self.peoples <= self.shared.history(after[BRANCH]), "no commit of a person is lost"
        standing = [request["standing"] for request in self.forge.requests]
        assert standing.count("open") <= 1, "never two open pull requests for one branch"

    def _maker(self, step: str) -> Maker:
        version = {"run": "1", "prepare": "1", "run other": str(self.count), "clean up": "gone"}[step]

        def make(folder: Path, start: Start) -> Made:
            files = {"services/tax/app.py": f"{version}\n".encode(), "services/tax/template.yaml": b"template\n"}
            return Made((CommitDraft("Add it", "", files),), lambda _: PullRequestDraft("", "", "T", version))

        return make
