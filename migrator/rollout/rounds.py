"""Looks at many rollouts in turn, each as often as it needs.

In: a controller, the names of rollouts. Out: a round of looks, and how long to wait for the next one. Of which rollouts
there are, and of ending, others know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from migrator.domain.rollouts import Phase
from migrator.errors import MigratorError, RemoteError
from migrator.rollout.controller import Controller
from migrator.rollout.loop import LONGEST_PAUSE_S, pause_after

RESTING_EVERY_S = 30.0
"""How often one that has ended is looked at at least: a weight that somebody changes at the plane is brought back."""

_AT_REST = frozenset({Phase.PROMOTED, Phase.ROLLED_BACK})


@dataclass(slots=True)
class Rounds:
    """When each rollout is due.

    Attributes:
        every_s: seconds between two looks at one that is under way.
        told: is told a route and what went wrong with reading or writing its record, or an empty string.
    """

    controller: Controller
    every_s: float
    told: Callable[[str, str], None]
    due: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def next(self, names: Iterable[str]) -> float:
        """Look at those that are due; how many seconds to wait then.

        One that fails hinders no other: whatever it is, it is said, and tried again after a growing pause.
        """
        clock = self.controller.clock
        named = tuple(names)
        for name in named:
            due = self.due.get(name, 0.0)
            # One that is due later than any ever is was set by a clock that has gone back since.
            if due <= clock.now() or due > clock.now() + self._longest():
                self.due[name] = clock.now() + self._look(name)
        now = clock.now()
        return min([*(max(self.due[name] - now, 0.0) for name in named), self.every_s])

    def _look(self, name: str) -> float:
        try:
            tick = self.controller.tick(name)
        except MigratorError as error:
            self.told(name, str(error))
            self.failures[name] = self.failures.get(name, 0) + 1
            retry = Phase.ROLLING_BACK if isinstance(error, RemoteError) else Phase.SHIFTING
            return pause_after(self.failures[name], self.every_s, retry)
        self.failures[name] = self.failures.get(name, 0) + 1 if tick.trouble else 0
        pause = pause_after(self.failures[name], self.every_s, tick.state.phase)
        return max(pause, min(RESTING_EVERY_S, 6 * self.every_s)) if tick.state.phase in _AT_REST else pause

    def _longest(self) -> float:
        return max(RESTING_EVERY_S, LONGEST_PAUSE_S, self.every_s)
