"""What both servers executed of one load, beside what its clients got.

In: an outcome and two ledgers. Out: the requests that were executed where nobody was told so, twice, or not at all. A
request that legacy answered for the canary may have run on both sides, once each; no other one may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.router_load.figures import Figure
from tools.router_load.loads import Outcome
from tools.router_load.sending import Sent


@dataclass(frozen=True, slots=True)
class Executions:
    """How often each side executed each request, by id."""

    outcome: Outcome
    legacy: Mapping[str, int]
    canary: Mapping[str, int]

    def wrong(self) -> list[str]:
        """The ids of answered requests that did not run exactly where their answer says."""
        return [
            name
            for name, sent in self.outcome.ids.items()
            if sent.status and not self._right(sent, self.legacy.get(name, 0), self.canary.get(name, 0))
        ]

    def strangers(self) -> list[str]:
        """The ids that were executed and never sent."""
        known = self.outcome.ids
        return [name for name in {*self.legacy, *self.canary} if name not in known]

    def on_legacy(self, side: str) -> tuple[int, int]:
        """Of the requests of a side: how many there are, and how often legacy executed them all together."""
        names = [name for name, sent in self.outcome.ids.items() if sent.side == side]
        return len(names), sum(self.legacy.get(name, 0) for name in names)

    @staticmethod
    def _right(sent: Sent, legacy: int, canary: int) -> bool:
        match sent.side:
            case "legacy":
                return (legacy, canary) == (1, 0)
            case "canary":
                return (legacy, canary) == (0, 1)
            case "fallback":
                return legacy == 1 and canary <= 1
            case _:
                return False


def figures_of(check: str, label: str, found: Executions) -> Iterator[Figure]:
    """What has to hold of every load."""
    outcome = found.outcome
    yield Figure(check, f"{label}: lost", len(outcome.lost), "=", 0, detail=outcome.reasons())
    yield Figure(check, f"{label}: executed elsewhere or not once", len(found.wrong()), "=", 0)
    yield Figure(check, f"{label}: executed and never sent", len(found.strangers()), "=", 0)
