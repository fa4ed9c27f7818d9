"""Stores of rollouts that are slow, locked or late, around one that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from migrator.domain.rollouts import RolloutState


@dataclass
class LoadedOtherwise:
    """A store at whose loads something else happens first.

    Attributes:
        first: is given the number of the load, from 1; what it returns, unless None, is loaded.
    """

    store: Any
    first: Callable[[int], RolloutState | None]
    loads: int = 0

    def load(self, route: str) -> RolloutState | None:
        self.loads += 1
        answer = self.first(self.loads)
        found: RolloutState | None = self.store.load(route) if answer is None else answer
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
