"""The way back to legacy of one function: its code, where a clean-up took it, and weight 0.

In: `Around`. Out: a maker for the monolith's repository, and one for the services' where that is another one. Which
commits are undone is read from their trailers; whoever merges it deploys legacy first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from migrator.artifacts.pull_request import LONGEST
from migrator.artifacts.removal.pages import BackPage, back_body
from migrator.bootstrap import analyze
from migrator.bootstrap.around import Around, Site
from migrator.bootstrap.following import is_scheduled, made, routes_of
from migrator.domain.pull_requests import CANDIDATE_TRAILER, STAGE_TRAILER, CommitDraft, Stage
from migrator.domain.wording import listed
from migrator.errors import UsageError
from migrator.publishing import Made, Maker, Start
from migrator.publishing.ports import Repository
from migrator.router.edit import edit_files, set_weights
from migrator.router.files import read_files
from migrator.verdicts import find


class GoingBack:
    """The way back to legacy of one function.

    Args:
        around: where it takes place.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._undone: tuple[str, ...] = ()

    def parts(self) -> Sequence[tuple[Site, Maker]]:
        """The monolith gets its code back, and where its routes are kept they get weight 0."""
        around = self._around
        if around.apart:
            return (around.monolith, self._legacy), (around.services, self._routes)
        return ((around.monolith, self._whole),)

    def _whole(self, checkout: Path, start: Start) -> Made:
        return self._made(self._around.monolith, start, (*self._code(checkout, start), *self._weights(checkout)))

    def _legacy(self, checkout: Path, start: Start) -> Made:
        return self._made(self._around.monolith, start, tuple(self._code(checkout, start)))

    def _routes(self, checkout: Path, start: Start) -> Made:
        return self._made(self._around.services, start, tuple(self._weights(checkout)))

    def _code(self, checkout: Path, start: Start) -> Iterator[CommitDraft]:
        """What the clean-up took, as later changes have let it be."""
        around, repository = self._around, self._around.monolith.repository
        around.require(self._full_name(checkout, start))
        commits = tuple(commit for commit, name in _clean_ups(around, start.base) if name == around.candidate)
        if not commits:
            return
        trailers = ((CANDIDATE_TRAILER, around.candidate), (STAGE_TRAILER, Stage.BACK.value))
        result = repository.reverted(start.commit, commits, trailers)
        self._undone = commits
        files = {each.path: repository.read(result, each.path) for each in repository.changes(start.commit, result)}
        if files:
            listed = "\n".join(f"This reverts commit {commit}." for commit in commits)
            yield CommitDraft(f"Give {around.candidate} back to legacy", listed, files)

    def _full_name(self, checkout: Path, start: Start) -> str:
        """What a removed candidate was called; of one that is still there the analysis says it."""
        around = self._around
        typed = around.candidate
        removed = {name for _, name in _clean_ups(around, start.base)}
        names = [name for name in removed if f".{name}".endswith(f".{typed}")]
        if len(names) == 1:
            return names[0]
        if len(names) > 1 and typed not in names:
            raise UsageError(f"{typed} may be {listed(sorted(names))}", hint="say the whole name")
        if typed in names:
            return typed
        root = around.root(checkout)
        return find(analyze(root, jobs=around.asked.jobs, config=around.asked.config).candidates, typed).name

    def _weights(self, checkout: Path) -> Iterator[CommitDraft]:
        around = self._around
        names = routes_of(around)
        main = checkout / around.layout.router
        if not names or not main.is_file():
            return
        before = {each.source: each.text for each in read_files(main).every}
        edit_files(main, lambda files: set_weights(files, dict.fromkeys(names, 0.0)))
        changed = [source for source, text in before.items() if (Path(source).read_text("utf-8")) != text]
        files = {Path(source).relative_to(checkout).as_posix(): Path(source).read_bytes() for source in changed}
        if files:
            yield CommitDraft(f"Set the weight of {around.candidate} to 0", "Legacy serves again.", files)

    def _made(self, site: Site, start: Start, drafts: tuple[CommitDraft, ...]) -> Made:
        around = self._around
        files = {path for draft in drafts for path in draft.files}
        page = BackPage(around.candidate, self._undone, len(files), routes_of(around), scheduled=is_scheduled(around))
        body = back_body(page, LONGEST[site.forge.kind])
        return made(around, site, start, Stage.BACK, drafts, body, sorted(files))


def _clean_ups(around: Around, base: str) -> tuple[tuple[str, str], ...]:
    """The commits of the base that removed candidates and have not been undone, newest first, each with the candidate."""
    repository = around.monolith.repository
    stages = dict(repository.trailers("", base, STAGE_TRAILER))
    found: list[tuple[str, str]] = []
    back: set[str] = set()
    for commit, name in repository.trailers("", base, CANDIDATE_TRAILER):
        if stages.get(commit) == Stage.BACK:
            back.add(name)
        elif stages.get(commit) == Stage.CLEAN_UP and name not in back and not _merges(repository, commit):
            found.append((commit, name))
    return tuple(found)


def _merges(repository: Repository, commit: str) -> bool:
    """Whether a commit brings others along, as a merge of the base into our branch does: none of it is ours to undo."""
    before = repository.commit_of(f"{commit}^")
    return before is not None and len(repository.trailers(before, commit, STAGE_TRAILER)) > 1
