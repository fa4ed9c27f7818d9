"""Composition of `migrator pr`: which repositories and forges stand behind a stage, and what makes its change.

In: what was asked for. Out: `Ready`: everything that would be pushed and opened, and the way to do it. What a stage
changes is made by its maker, one line of a table each; git and the forges are asked by `migrator.publishing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from migrator.bootstrap.around import Around, Asked, FullName, Site
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import Stage
from migrator.errors import InputError, UsageError

if TYPE_CHECKING:
    from migrator.publishing import Maker, Part, Prepared, Published, Start

__all__ = ["MAKERS", "Around", "Asked", "FullName", "Ready", "Site", "StageMaker", "pull_requests", "reviewers_of"]


StageMaker: TypeAlias = "Callable[[Around], Sequence[tuple[Site, Maker]]]"
"""What changes in which repository; the makers are called one after the other, in this order."""


def _move(around: Around) -> Sequence[tuple[Site, Maker]]:
    from migrator.bootstrap.moving import Moving

    return Moving(around).parts()


def _clean_up(around: Around) -> Sequence[tuple[Site, Maker]]:
    from migrator.bootstrap.removing import CleaningUp

    return CleaningUp(around).parts()


def _back(around: Around) -> Sequence[tuple[Site, Maker]]:
    from migrator.bootstrap.going_back import GoingBack

    return GoingBack(around).parts()


MAKERS: Mapping[Stage, StageMaker] = {Stage.MOVE: _move, Stage.CLEAN_UP: _clean_up, Stage.BACK: _back}
"""By stage of `migrator pr`; a weight is changed by whoever runs the rollout."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What would be pushed and opened; nobody else has seen it yet."""

    around: Around
    parts: tuple[Part, ...]

    @property
    def prepared(self) -> tuple[Prepared, ...]:
        """The change of each repository that has one."""
        return tuple(part.prepared for part in self.parts)

    def address(self, part: Part) -> str:
        """Where a part is pushed to, without a password."""
        here = part.repository is self.around.monolith.repository
        return self.around.monolith.address if here else self.around.services.address

    def carry_out(self) -> tuple[Published, ...]:
        """Push the branches and open the pull requests, or bring them up to date.

        Raises:
            Refused, RemoteError, InputError: see `migrator.publishing.carry_out_all`.
        """
        from migrator.publishing import carry_out_all

        return carry_out_all(self.parts)


@contextmanager
def pull_requests(asked: Asked) -> Iterator[Ready]:
    """Prepare a stage of a candidate; the forges are closed at the end.

    Raises:
        UsageError: no candidate answers to the name, or the stage has no maker.
        Refused: the candidate must not move, work is not committed, the branch is somebody else's or conflicts.
        InputError: no repository, no remote, no base, or files that cannot be used as they are.
        RemoteError: the remote does not answer.
    """
    from migrator.config import configuration

    if asked.stage not in MAKERS:
        raise UsageError(
            f"--stage {asked.stage.value}: there is no such stage as yet", hint=f"one of: {', '.join(MAKERS)}"
        )
    settings = _chosen(configuration(asked.root, config=asked.config).forge, asked)
    with ExitStack() as stack:
        monolith, prefix = _site(asked.root, settings, stack)
        services, folder = _services(asked, settings, monolith, stack)
        yield _ready(Around(asked, asked.name, settings, monolith, services, prefix, folder))


def _ready(around: Around) -> Ready:
    try:
        return Ready(around, _parts(around))
    except FullName as found:
        again = replace(around, candidate=found.name)
        return Ready(again, _parts(again))


def _chosen(settings: ForgeSettings, asked: Asked) -> ForgeSettings:
    return replace(
        settings,
        kind=asked.kind or settings.kind,
        remote=asked.remote or settings.remote,
        base=asked.base or settings.base,
        draft=settings.draft if asked.draft is None else asked.draft,
    )


def _site(folder: Path, settings: ForgeSettings, stack: ExitStack) -> tuple[Site, str]:
    """The repository that a folder is in, and the folder from its top, with a slash behind it."""
    from migrator.adapters.forges import open_forge
    from migrator.adapters.repositories import open_repository

    repository = open_repository(folder)
    address = repository.remote_url(settings.remote)
    forge = stack.enter_context(closing(open_forge(settings, address, os.environ)))
    below = folder.resolve().relative_to(repository.top.resolve()).as_posix()
    return Site(repository, forge, address), "" if below == "." else f"{below}/"


def _services(asked: Asked, settings: ForgeSettings, monolith: Site, stack: ExitStack) -> tuple[Site, str]:
    """Where service folders go: the repository, and the folder from its top."""
    if asked.services is None:
        return monolith, settings.services
    wanted = asked.services.resolve()
    top = monolith.repository.top.resolve()
    if wanted.is_relative_to(top):
        return monolith, wanted.relative_to(top).as_posix()
    # The folder itself may be new; the clone that it is to be in is not.
    present = next(place for place in (wanted, *wanted.parents) if place.is_dir())
    try:
        site, prefix = _site(present, settings, stack)
    except InputError as error:
        raise InputError(
            error.message,
            hint="name a folder of the monolith's repository, or of a clone of another one, with -o",
            location=error.location or str(asked.services),
        ) from error
    return site, f"{prefix}{wanted.relative_to(present).as_posix()}".removesuffix(".").rstrip("/")


def _parts(around: Around) -> tuple[Part, ...]:
    from migrator.publishing import Part, Wanted, prepare

    asked, settings = around.asked, around.settings
    parts = []
    for site, make in MAKERS[asked.stage](around):
        wanted = Wanted(
            remote=settings.remote,
            branch=asked.branch or _branch(around),
            candidate=around.candidate,
            stage=asked.stage,
            base=settings.base,
            below=_below(around, site),
            committed_only=asked.committed,
            settle=_settled,
        )
        prepared = prepare(site.repository, wanted, _named_as_committed(make))
        parts.append(Part(prepared, site.repository, site.forge))
    return tuple(parts)


def _settled(path: str, was: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """What git cannot merge of the seam: candidates on adjacent lines."""
    if not path.endswith(".py"):
        return None
    from migrator.artifacts.seam import joined_seams

    return joined_seams(was, ours, theirs)


def reviewers_of(around: Around, site: Site, start: Start, paths: Iterable[str]) -> tuple[str, ...]:
    """Who is asked to look at changes of paths: those whom the configuration names, and the paths' owners.

    Raises:
        InputError: the library that reads CODEOWNERS is not installed.
    """
    from migrator.adapters.forges.codeowners import reviewers

    kind = ForgeKind(site.forge.kind)
    owners: tuple[str, ...] = ()
    if around.settings.codeowners and kind is not ForgeKind.GIT:
        owners = reviewers(kind, partial(site.repository.read, start.base), paths)
    return tuple(dict.fromkeys((*around.settings.reviewers, *owners)))


def _branch(around: Around) -> str:
    """One for each stage of a candidate."""
    stage = around.asked.stage
    name = around.service if stage is Stage.MOVE else f"{around.service}-{stage.value}"
    return around.settings.branch.format(name=name)


def _below(around: Around, site: Site) -> tuple[str, ...]:
    """The folders in which everything has to be committed."""
    own = (around.layout.service, around.layout.router, around.layout.routes)
    if around.apart:
        return own if site is around.services else (around.prefix.rstrip("/"),)
    return (around.prefix.rstrip("/"), *(path for path in own if not path.startswith(around.prefix)))


def _named_as_committed(make: Maker) -> Maker:
    """The same; what goes wrong in the checkout is told by the paths that the person knows."""
    from migrator.errors import MigratorError

    def making(checkout: Path, start: Start) -> object:
        try:
            return make(checkout, start)
        except MigratorError as error:
            error.message, error.hint, error.location = (
                _without(text, checkout) for text in (error.message, error.hint, error.location)
            )
            raise

    return making  # type: ignore[return-value]


def _without(text: str, checkout: Path) -> str:
    for folder in dict.fromkeys((str(checkout), str(checkout.resolve()))):
        text = text.replace(f"{folder}/", "").replace(folder, ".")
    return text
