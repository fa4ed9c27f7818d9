"""The forges that the contract holds for, each with a hand on what it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from migrator.adapters.forges import Patience, open_forge
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import Standing
from migrator.publishing.ports import Forge
from tests.support.forges.github import FakeGitHub, Pull
from tests.support.forges.gitlab import FakeGitLab, Merge
from tests.support.forges.memory import MemoryDesk, memory_forge
from tests.support.forges.server import TOKEN

ENVIRONMENT: Mapping[str, str] = {"GH_ENTERPRISE_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN}


@dataclass(frozen=True)
class Seen:
    """An open pull request, as whoever looks at the forge's page sees it."""

    number: int
    title: str
    body: str
    base: str
    labels: frozenset[str]
    reviewers: frozenset[str]
    draft: bool


class Rig(Protocol):
    """One forge."""

    def forge(self) -> Forge: ...
    def push(self, branch: str) -> None: ...
    def open(self) -> list[Seen]: ...
    def edit(self, number: int, **values: Any) -> None: ...
    def end(self, number: int, standing: Standing) -> None: ...
    def from_fork(self, branch: str) -> None: ...
    def writes(self) -> int: ...
    def stop(self) -> None: ...


def opened(server: FakeGitHub | FakeGitLab, *, patience: Patience | None = None, **settings: Any) -> Forge:
    """The real adapter, against a server."""
    return open_forge(
        ForgeSettings(kind=ForgeKind(server.kind), **settings),
        server.remote,
        ENVIRONMENT,
        patience=patience or Patience(pause=lambda seconds: None),
        fill=lambda url, environment: "",
    )


@dataclass
class GitHubRig:
    """The adapter against a server that speaks GitHub's API."""

    server: FakeGitHub = field(default_factory=FakeGitHub)

    def forge(self) -> Forge:
        return opened(self.server)

    def push(self, branch: str) -> None:
        self.server.branches.add(branch)

    def open(self) -> list[Seen]:
        return [
            Seen(
                pull.number,
                pull.title,
                pull.body or "",
                pull.base,
                frozenset(pull.labels),
                frozenset((*pull.reviewers, *(f"acme/{slug}" for slug in pull.teams))),
                pull.draft,
            )
            for pull in self.server.open_requests
            if not pull.fork
        ]

    def edit(self, number: int, **values: Any) -> None:
        pull = self._pull(number)
        for name, value in values.items():
            setattr(pull, name, list(value) if isinstance(value, tuple) else value)

    def end(self, number: int, standing: Standing) -> None:
        pull = self._pull(number)
        pull.state, pull.merged = "closed", standing is Standing.MERGED

    def from_fork(self, branch: str) -> None:
        self.server.add(branch, fork="stranger/shop")

    def writes(self) -> int:
        return len(self.server.writes())

    def stop(self) -> None:
        assert not self.server.strays
        self.server.stop()

    def _pull(self, number: int) -> Pull:
        return next(pull for pull in self.server.pulls if pull.number == number)


@dataclass
class GitLabRig:
    """The adapter against a server that speaks GitLab's API."""

    server: FakeGitLab = field(default_factory=FakeGitLab)

    def forge(self) -> Forge:
        return opened(self.server)

    def push(self, branch: str) -> None:
        self.server.branches.add(branch)

    def open(self) -> list[Seen]:
        names = {number: name for name, number in self.server.users.items()}
        return [
            Seen(
                merge.iid,
                merge.title.removeprefix("Draft: "),
                merge.description or "",
                merge.target,
                frozenset(merge.labels),
                frozenset(names[number] for number in merge.reviewers),
                merge.title.startswith("Draft: "),
            )
            for merge in self.server.open_requests
            if merge.source_project == 15
        ]

    def edit(self, number: int, **values: Any) -> None:
        merge = self._merge(number)
        for name, value in values.items():
            if name == "reviewers":
                merge.reviewers = [self.server.users[each] for each in value]
            elif name == "title":
                draft = "Draft: " if merge.title.startswith("Draft: ") else ""
                merge.title = draft + value
            else:
                field_name = {"body": "description", "base": "target"}.get(name, name)
                setattr(merge, field_name, list(value) if isinstance(value, tuple) else value)

    def end(self, number: int, standing: Standing) -> None:
        self._merge(number).state = "merged" if standing is Standing.MERGED else "closed"

    def from_fork(self, branch: str) -> None:
        self.server.add(branch, source_project=99)

    def writes(self) -> int:
        return len(self.server.writes())

    def stop(self) -> None:
        assert not self.server.strays
        self.server.stop()

    def _merge(self, number: int) -> Merge:
        return next(merge for merge in self.server.merges if merge.iid == number)


@dataclass
class MemoryRig:
    """What tests of others use."""

    desk: MemoryDesk = field(default_factory=lambda: MemoryDesk(branches={"main", "release"}))

    def forge(self) -> Forge:
        return memory_forge(self.desk)

    def push(self, branch: str) -> None:
        assert self.desk.branches is not None
        self.desk.branches.add(branch)

    def open(self) -> list[Seen]:
        return [
            Seen(
                kept.number, kept.title, kept.body, kept.base, kept.labels, kept.asked, kept.number in self.desk.drafts
            )
            for kept in self.desk.kept
            if kept.standing is Standing.OPEN
        ]

    def edit(self, number: int, **values: Any) -> None:
        values = {
            "asked" if name == "reviewers" else name: frozenset(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }
        self.desk.kept[number - 1] = replace(self.desk.kept[number - 1], **values)

    def end(self, number: int, standing: Standing) -> None:
        self.edit(number, standing=standing)

    def from_fork(self, branch: str) -> None:
        """There are no forks in memory."""

    def writes(self) -> int:
        return self.desk.writes

    def stop(self) -> None:
        """Nothing runs."""


RIGS: Mapping[str, type[GitHubRig] | type[GitLabRig] | type[MemoryRig]] = {
    "memory": MemoryRig,
    "github": GitHubRig,
    "gitlab": GitLabRig,
}
