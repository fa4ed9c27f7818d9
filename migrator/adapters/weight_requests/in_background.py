"""The `WeightRequests` port for a process that runs on: a thread of its own asks, and nobody waits for it.

In: a desk. Out: the port, which answers at once from what was found out last. One thread does all of it, since there is one
clone: so a route is visited at most once in `EVERY_S`, the rate at which a forge is asked stays below its limits however
many rollouts there are, and a forge that hangs hangs nobody's looks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from migrator.adapters.weight_requests.desk import Desk, trouble_of
from migrator.domain.observations import NoData
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Review
from migrator.errors import MigratorError
from migrator.rollout.ports import WantedWeight
from migrator.rollout.requesting import is_to_publish

EVERY_S: Final = 60.0
"""Seconds between two visits to a route that people think about. A visit is one question to the forge and two to the remote.
GitHub allows 5,000 questions an hour (GitHub docs, "Rate limits for the REST API"): enough for 80 such routes at a time, and
a step that begins a minute late is a minute longer."""

LONGEST_S: Final = 600.0
"""The longest pause after failures in a row, in seconds; each is twice as long as the one before."""

_ASKING: Final = NoData("the forge is being asked")


@dataclass(slots=True)
class _Route:
    """What is known of a route.

    Attributes:
        is_asked: whether somebody wants to know since the last visit.
        wanted: what is wanted since the last visit, or None.
        told: key and weight of what was wanted last.
        visited: when it was last tried.
        seen: when the review was made.
        published: the key of what the open pull request says, as far as this process knows.
        failures: in a row.
    """

    is_asked: bool = False
    wanted: WantedWeight | None = None
    told: tuple[str, float] = ("", 0.0)
    review: Review | None = None
    visited: float = float("-inf")
    seen: float = float("-inf")
    published: str = ""
    failures: int = 0
    trouble: str = ""


@dataclass(slots=True)
class InBackground:
    """Asks in a thread of its own, which begins with the first question.

    Args:
        every_s: seconds between two visits to a route.
        now: monotonic seconds.
    """

    desk: Desk
    every_s: float = EVERY_S
    now: Callable[[], float] = time.monotonic
    _routes: dict[str, _Route] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None
    _ends: bool = False

    def review(self, route: str) -> Review | NoData:
        """See the port."""
        with self._changed:
            one = self._routes.setdefault(route, _Route())
            one.is_asked = True
            self._wake()
            # What is older may have been changed by another controller meanwhile.
            if one.review is not None and self.now() - one.seen <= 2 * self.every_s:
                return one.review
            return NoData(one.trouble) if one.trouble else _ASKING

    def want(self, wanted: WantedWeight) -> str:
        """See the port."""
        with self._changed:
            one = self._routes.setdefault(wanted.route, _Route())
            if one.told != (wanted.key, wanted.weight) and not one.failures:
                one.visited = float("-inf")  # news do not wait for their turn, but for a forge that is down
            one.told = (wanted.key, wanted.weight)
            one.wanted, one.is_asked = wanted, True
            self._wake()
            return one.trouble

    def close(self, timeout_s: float = 10.0) -> None:
        """End after what is wanted is asked for, or some seconds; what is left the next process asks for."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)
        if self._thread is None or not self._thread.is_alive():
            self.desk.close()

    def _wake(self) -> None:
        if self._thread is None and not self._ends:
            self._thread = threading.Thread(target=self._work, name="pull requests for weights", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                route = self._due()
                while route is None:
                    if self._ends:
                        return
                    self._changed.wait(self._pause())
                    route = self._due()
                one = self._routes[route]
                wanted, published = one.wanted, one.published
                one.visited, one.wanted, one.is_asked = self.now(), None, False
            try:
                review, published = self._visit(route, wanted, published)
            except Exception as error:
                said = trouble_of(error) if isinstance(error, MigratorError) else f"{type(error).__name__}: {error}"
                with self._changed:
                    one.failures, one.trouble = one.failures + 1, said
            else:
                with self._changed:
                    one.review, one.published, one.seen = review, published, self.now()
                    one.failures, one.trouble = 0, ""

    def _visit(self, route: str, wanted: WantedWeight | None, published: str) -> tuple[Review, str]:
        review = self.desk.review(route)
        if wanted is None:
            return review, published
        if is_to_publish(wanted, review) or self._is_old(wanted, review, published):
            self.desk.publish(wanted)
            return self.desk.review(route), wanted.key
        return review, published or wanted.key

    def _is_old(self, wanted: WantedWeight, review: Review, published: str) -> bool:
        """Whether what is open asks for the right weight in words that do not hold any more."""
        if review.standing is not Standing.OPEN or review.by_hand or review.asks != wanted.weight:
            return False
        return bool(published) and published != wanted.key

    def _due(self) -> str | None:
        """The route that waits longest, of those whose time has come."""
        found = [
            (one.visited, route)
            for route, one in self._routes.items()
            if one.is_asked and self.now() >= self._next(one)
        ]
        if self._ends:
            found = [(visited, route) for visited, route in found if self._routes[route].wanted is not None]
        return min(found)[1] if found else None

    def _next(self, one: _Route) -> float:
        return one.visited + min(self.every_s * 2.0 ** min(one.failures, 16), max(LONGEST_S, self.every_s))

    def _pause(self) -> float | None:
        """Seconds until the next one is due; None where nobody wants to know anything."""
        times = [self._next(one) for one in self._routes.values() if one.is_asked]
        return max(0.01, min(times) - self.now()) if times else None
