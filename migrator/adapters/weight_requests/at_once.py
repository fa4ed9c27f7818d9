"""The `WeightRequests` port for a process that looks once: each question is asked while the caller waits.

In: a desk. Out: the port. A forge is asked at most twice a route, and only where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.adapters.weight_requests.desk import Desk, trouble_of
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Review
from migrator.errors import MigratorError
from migrator.rollout.ports import WantedWeight
from migrator.rollout.requesting import is_to_publish


@dataclass(slots=True)
class AtOnce:
    """Asks in the caller's thread.

    Attributes:
        known: by route, what was found out by the look under way.
    """

    desk: Desk
    known: dict[str, Review] = field(default_factory=dict)

    def review(self, route: str) -> Review | NoData:
        """See the port."""
        try:
            self.known[route] = self.desk.review(route)
        except MigratorError as error:
            return NoData(trouble_of(error))
        return self.known[route]

    def want(self, wanted: WantedWeight) -> str:
        """See the port."""
        try:
            # Of this look; one of an earlier look may be old.
            review = self.known.pop(wanted.route, None) or self.desk.review(wanted.route)
            if is_to_publish(wanted, review):
                self.desk.publish(wanted)
        except MigratorError as error:
            return trouble_of(error)
        return ""

    def close(self) -> None:
        """Give up the connections."""
        self.desk.close()
