"""The fences of an Envoy's routes, in a file of its folder.

In: routes and fences. Out: the same, from the disk each time. The caller holds the folder's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.adapters.envoy.directory import FENCES, PlaneDirectory
from migrator.errors import InputError
from migrator.rollout.fencing import fence_in, fence_text
from migrator.rollout.ports import Fence


@dataclass(frozen=True, slots=True)
class FenceFile:
    """The highest fence that was seen for each route."""

    directory: PlaneDirectory

    def noted(self, route: str) -> Fence | None:
        """The fence of a route; None for none, and where the file is damaged: traffic can be taken off all the same."""
        return fence_in(self._read().get(route))

    def note(self, route: str, fence: Fence | None) -> None:
        """Another fence of a route; None forgets it."""
        noted = self._read()
        if fence_in(noted.get(route)) != fence:
            self._write({**noted, route: fence_text(fence)})

    def forget(self, routes: Iterable[str]) -> None:
        """No fence of these routes any more."""
        noted = self._read()
        if gone := noted.keys() & set(routes):
            self._write({route: text for route, text in noted.items() if route not in gone})

    def _read(self) -> Mapping[str, Any]:
        try:
            return self.directory.read(FENCES) or {}
        except InputError:
            return {}

    def _write(self, noted: Mapping[str, Any]) -> None:
        self.directory.write(FENCES, {route: text for route, text in sorted(noted.items()) if text})
