"""What `migrator pr` was asked for, and where it takes place.

In: nothing. Out: the values that every stage's maker works with. What a maker changes is its own matter; how the values
come about is `publishing`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.layouts import Layout, layout
from migrator.domain.pull_requests import Stage

if TYPE_CHECKING:
    from migrator.artifacts.pull_request import Link
    from migrator.artifacts.seam import At
    from migrator.publishing.ports import Forge, Repository


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; an empty text or None leaves a choice to the configuration.

    Attributes:
        root: the monolith in the person's clone.
        name: the candidate, or an end of its name.
        services: the folder of service folders, which may lie in another clone.
        accept, strategy, front: as for `planned_slice`.
        at: where the seam routes calls; None for what suits the trigger.
        routed: False leaves legacy code as it is.
        sticky: the argument whose values stay on one side.
        comparison: a `migrator.comparison/1` document of both sides.
        committed: go on though there is work that is not committed.
        state: where rollouts are recorded, as `--state` takes it.
    """

    root: Path
    name: str
    stage: Stage = Stage.MOVE
    kind: ForgeKind | None = None
    remote: str = ""
    base: str = ""
    branch: str = ""
    services: Path | None = None
    accept: Mapping[str, str] = field(default_factory=dict)
    strategy: str = ""
    front: str = "http-api"
    at: At | None = None
    routed: bool = True
    sticky: str = ""
    comparison: Path | None = None
    draft: bool | None = None
    committed: bool = False
    state: str = ""
    jobs: int = 0
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A repository that takes part, and where its pull requests are kept."""

    repository: Repository
    forge: Forge
    address: str


@dataclass(frozen=True, slots=True)
class Around:
    """Everything that a stage's maker works with.

    Attributes:
        candidate: as it was typed, until a maker has found it and said so by `require`.
        settings: `[forge]`, with what was asked for in its place.
        monolith, services: the same one where one repository has both.
        prefix: the monolith's folder from its repository's top, with a slash behind it; empty for the top.
        folder: of service folders, from their repository's top; empty for the top.
    """

    asked: Asked
    candidate: str
    settings: ForgeSettings
    monolith: Site
    services: Site
    prefix: str
    folder: str

    @property
    def layout(self) -> Layout:
        """Where the service lies in its repository."""
        return layout(self.service, services=self.folder, router=self.settings.router)

    @property
    def apart(self) -> bool:
        """Whether the service lies in another repository than the monolith."""
        return self.monolith is not self.services

    @property
    def service(self) -> str:
        """The name of the service."""
        from migrator.artifacts.naming import service_name

        return service_name(self.candidate)

    def require(self, name: str) -> None:
        """Say what the candidate's whole name is.

        Raises:
            FullName: it is another one than was typed; everything begins anew with it.
        """
        if name != self.candidate:
            raise FullName(name)

    def root(self, checkout: Path) -> Path:
        """The monolith in a checkout of its repository."""
        return checkout / self.prefix if self.prefix else checkout

    def link(self, commit: str) -> Link:
        """What leads to lines of the monolith at a commit."""
        forge, prefix = self.monolith.forge, self.prefix
        return lambda path, line, end_line: forge.link(f"{prefix}{path}", commit, line, end_line)


class FullName(Exception):
    """The candidate's whole name, where an end of it was typed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
