"""The weights that a router configuration has as it is committed.

In: a commit. Out: weights by route. Each commit is read once; one in which nothing of the configuration is other than in
the one read last is not read again, so that a busy repository costs no checkout a look.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from migrator.errors import InputError
from migrator.publishing.ports import Repository
from migrator.router import load_router

_REMEMBERED: Final = 64
"""Commits: the base, and the branches of some routes with their tips of before."""


class CommittedWeights:
    """Reads them.

    Args:
        router: the main file's path from the repository's top, with forward slashes.
    """

    def __init__(self, repository: Repository, router: str) -> None:
        self._repository = repository
        self._router = router
        self._folder = router.rpartition("/")[0]
        self._known: OrderedDict[str, Mapping[str, float]] = OrderedDict()

    def at(self, commit: str) -> Mapping[str, float]:
        """Percent to the canary, by route; none where there is no such file.

        Raises:
            InputError: the configuration has mistakes there.
        """
        found = self._known.get(commit)
        if found is None:
            found = self._same_as_before(commit)
        if found is None:
            found = self._read(commit)
        self._known[commit] = found
        self._known.move_to_end(commit)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _same_as_before(self, commit: str) -> Mapping[str, float] | None:
        if not self._known:
            return None
        last = next(reversed(self._known))
        changes = self._repository.changes(last, commit)
        return None if any(self._concerns(change.path) for change in changes) else self._known[last]

    def _concerns(self, path: str) -> bool:
        below = not self._folder or path.startswith(f"{self._folder}/")
        return path == self._router or (below and path.endswith((".yaml", ".yml")))

    def _read(self, commit: str) -> Mapping[str, float]:
        with self._repository.checkout(commit, (self._router, ".yaml", ".yml")) as folder:
            file = folder / self._router
            if not file.is_file():
                return {}
            try:
                return {entry.name: entry.route.weight for entry in load_router(file).entries}
            except InputError as error:
                # Where it was looked at is nobody's folder.
                said = str(error).replace(f"{folder}/", "")
                raise InputError(f"as it is committed ({commit[:12]}), it has mistakes: {said}") from error
