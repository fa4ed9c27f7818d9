"""Reviews and makes pull requests for weights, each call to its end.

In: a route, or a weight that is wanted. Out: a `Review`, or a branch with one commit that changes the weight in the file that
has the route, and its pull request. When to ask again, and in which thread, is `at_once`'s and `in_background`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from migrator.adapters.forges.codeowners import reviewers
from migrator.adapters.weight_requests.committed import CommittedWeights
from migrator.domain.forges import ForgeKind, ForgeSettings
from migrator.domain.pull_requests import (
    CANDIDATE_TRAILER,
    STAGE_TRAILER,
    CommitDraft,
    PullRequestDraft,
    Stage,
    Standing,
)
from migrator.domain.rollouts import Review
from migrator.errors import InputError, MigratorError, Refused
from migrator.publishing import Made, Start, Wanted, carry_out, prepare
from migrator.publishing.ports import Forge, Repository
from migrator.rollout.by_route import Bonds
from migrator.rollout.ports import WantedWeight
from migrator.router.edit import edit_files, set_weights

_UNFIT_DOT = re.compile(r"\.(?=\.|lock$)")  # git-check-ref-format(1): no `..`, and no `.lock` at the end


_FINEST = 0.01


class Desk:
    """The pull requests for the weights of one router configuration.

    Args:
        router: the main file's path from the repository's top, with forward slashes.
        bonds: routes whose weights change together.
        resolutions: by route, the smallest step of a weight that its plane has, in percent.
    """

    def __init__(
        self,
        repository: Repository,
        forge: Forge,
        settings: ForgeSettings,
        router: str,
        *,
        bonds: Bonds | None = None,
        resolutions: Mapping[str, float] | None = None,
    ) -> None:
        self._repository, self._forge = repository, forge
        self._settings, self._router = settings, router
        self._bonds, self._resolutions = bonds or Bonds(), resolutions or {}
        self._weights = CommittedWeights(repository, router)
        self._default = ""

    def close(self) -> None:
        """Give up the connections."""
        self._forge.close()

    def review(self, route: str) -> Review:
        """How a route's weight stands.

        Raises:
            RemoteError: the remote, or the forge, does not answer.
            InputError: no such remote or base, no token or rights, a configuration with mistakes.
        """
        remote, branch, base = self._settings.remote, branch_of(route), self._base()
        self._repository.fetch(remote, (base, branch))
        at_base = self._repository.commit_of(f"refs/remotes/{remote}/{base}")
        if at_base is None:
            raise InputError(
                f"{remote} has no branch {base}", hint="name another one: base in [forge] of migrator.toml"
            )
        tip = self._repository.commit_of(f"refs/remotes/{remote}/{branch}")
        committed = self._weights.at(at_base).get(route)
        asks = self._weights.at(tip).get(route) if tip is not None else None
        standing, url = self._standing(branch, base, at_base, tip, differs=asks is not None and asks != committed)
        return Review(
            committed=committed,
            standing=standing,
            url=url,
            asks=asks,
            by_hand=tip is not None and self._is_by_hand(route, at_base, tip, asks),
            branch=branch,
            resolution=self._resolutions.get(route, _FINEST),
        )

    def publish(self, asked: WantedWeight) -> None:
        """Let the route's pull request ask for a weight: the open one is changed, else one is opened.

        Raises:
            Refused: the branch is somebody else's.
            RemoteError, InputError: as for `review`.
        """
        remote, branch, base = self._settings.remote, branch_of(asked.route), self._base()
        wanted = Wanted(
            remote,
            branch,
            asked.route,
            Stage.WEIGHT,
            base=base,
            committed_only=True,
            endings=(self._router, ".yaml", ".yml"),
        )
        self._settle_conflict(wanted)
        prepared = prepare(self._repository, wanted, lambda folder, start: self._made(folder, start, asked))
        carry_out(prepared, self._repository, self._forge)
        if prepared.empty and self._is_open(branch, base):
            # Nothing is left to merge, but what people see must not go on asking for what is not wanted any more.
            self._forge.open_pull_request(prepared.draft())

    def _base(self) -> str:
        self._default = self._default or self._settings.base or self._repository.default_branch(self._settings.remote)
        return self._default

    def _is_open(self, branch: str, base: str) -> bool:
        found = self._forge.standing(branch, base)
        return found is not None and found[0] is Standing.OPEN

    def _standing(
        self, branch: str, base: str, at_base: str, tip: str | None, *, differs: bool
    ) -> tuple[Standing | None, str]:
        if self._forge.kind == ForgeKind.GIT:
            # Nobody keeps pull requests: a branch that is pushed and says something else is as good as an open one.
            if tip is None or tip == at_base or not differs:
                return None, ""
            # Such a forge only says where a person opens it.
            return Standing.OPEN, self._forge.open_pull_request(PullRequestDraft(branch, base, "", "")).url
        return self._forge.standing(branch, base) or (None, "")

    def _is_by_hand(self, route: str, at_base: str, tip: str, asks: float | None) -> bool:
        """Whether it asks for something else than our last commit to it did; to bring the base into it changes nothing."""
        commits = self._repository.trailers(at_base, tip, CANDIDATE_TRAILER)
        if not commits or commits[0][1] == route:
            return False
        ours = next((commit for commit, name in commits if name == route), None)
        return ours is not None and self._weights.at(ours).get(route) != asks

    def _made(self, folder: Path, start: Start, asked: WantedWeight) -> Made:
        weights = self._bonds.moved(asked.route, asked.weight, self._weights.at(start.commit))
        try:
            changed = edit_files(folder / self._router, lambda files: set_weights(files, weights))
        except InputError as error:
            raise InputError(
                error.message.replace(f"{folder}/", ""),
                hint=error.hint,
                location=str(error.location or "").replace(f"{folder}/", ""),
            ) from error
        files = {Path(path).relative_to(folder).as_posix(): Path(path).read_bytes() for path in changed}
        draft = PullRequestDraft(
            branch=branch_of(asked.route),
            base=self._settings.base,
            title=asked.title,
            body=asked.body,
            labels=self._settings.labels,
            reviewers=self._reviewers(start, files),
            draft=self._settings.draft,
        )
        return Made((CommitDraft(asked.title, "", files),), lambda others: draft)

    def _reviewers(self, start: Start, files: Iterable[str]) -> tuple[str, ...]:
        owners: tuple[str, ...] = ()
        if self._settings.codeowners and self._forge.kind != ForgeKind.GIT:
            owners = reviewers(ForgeKind(self._forge.kind), partial(self._repository.read, start.base), files)
        return tuple(dict.fromkeys((*self._settings.reviewers, *owners)))

    def _settle_conflict(self, wanted: Wanted) -> None:
        """Where our branch and the base have changed the same weight, let the branch have the base's files first.

        A branch that is never pushed by force could else not go on; what it said of the weight is said anew anyway.
        """
        repository, remote = self._repository, wanted.remote
        repository.fetch(remote, (wanted.base, wanted.branch))
        at_base = repository.commit_of(f"refs/remotes/{remote}/{wanted.base}")
        tip = repository.commit_of(f"refs/remotes/{remote}/{wanted.branch}")
        if at_base is None or tip is None:
            return
        commits = repository.trailers(at_base, tip, CANDIDATE_TRAILER)
        if not commits or any(name not in ("", wanted.candidate) for _, name in commits):
            return
        if all(name != wanted.candidate for _, name in commits):
            return  # somebody else's: `prepare` says so
        try:
            repository.merged(tip, at_base, "Merge")
        except Refused:
            paths = [change.path for change in repository.changes(at_base, tip)]
            trailers = ((CANDIDATE_TRAILER, wanted.candidate), (STAGE_TRAILER, wanted.stage.value))
            ours = [path for path in paths if path.endswith((".yaml", ".yml"))]
            draft = CommitDraft(
                f"Take the weights of {wanted.base}", "", {path: repository.read(at_base, path) for path in ours}
            )
            repository.push(remote, wanted.branch, repository.committed(tip, (draft,), trailers), tip)


def branch_of(route: str) -> str:
    """The branch from which a route's weight is changed; always the same one, so that there is one pull request."""
    return f"migrator/weight/{_UNFIT_DOT.sub('%2E', route)}"


def trouble_of(error: MigratorError) -> str:
    """What went wrong and what helps, in a line."""
    return f"{error}; {error.hint}" if error.hint else str(error)
