"""The figures of a plane that this version does not read.

In: nothing. Out: "no data" with the reason, which holds every gate that needs figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.observations import Measuring, NoData, Observation


@dataclass(frozen=True, slots=True)
class UnreadMetrics:
    """A `MetricSource` that knows nothing.

    Attributes:
        reason: why.
    """

    reason: str

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        return Measuring("nowhere")

    def mark(self, route: str) -> str:
        """Any mark does."""
        return "unread"

    def since(self, route: str, mark: str) -> Observation | NoData:
        """That nothing is known."""
        return NoData(self.reason)

    def close(self) -> None:
        """Nothing is held."""
