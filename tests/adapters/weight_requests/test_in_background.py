"""Asking in a thread of its own: nobody waits for a forge, and a forge is not asked more often than it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event
from typing import Any, cast

import pytest

from migrator.adapters.processes import wait_until
from migrator.adapters.weight_requests import Desk, InBackground
from migrator.domain.observations import NoData
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Review
from migrator.errors import RemoteError
from migrator.rollout.ports import WantedWeight
from tests.adapters.weight_requests.test_desk import weight

LONG_S = 10.0


@dataclass
class Office:
    """A desk whose forge hangs, fails and answers as a test wants.

    Attributes:
        visits: routes in the order in which they were looked at.
        published: what was published.
        goes: cleared, every look hangs.
    """

    visits: Queue[str] = field(default_factory=Queue)
    published: list[WantedWeight] = field(default_factory=list)
    fails: Exception | None = None
    goes: Event = field(default_factory=Event)
    closed: bool = False

    def __post_init__(self) -> None:
        self.goes.set()

    def review(self, route: str) -> Review:
        self.visits.put(route)
        assert self.goes.wait(LONG_S)
        if self.fails is not None:
            raise self.fails
        of_route = [one for one in self.published if one.route == route]
        if not of_route:
            return Review(0.0)
        return Review(0.0, Standing.OPEN, "https://forge/1", of_route[-1].weight)

    def publish(self, wanted: WantedWeight) -> None:
        self.published.append(wanted)

    def close(self) -> None:
        self.closed = True


@dataclass
class Watch:
    """Seconds that stand still until a test moves them."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@contextmanager
def background(office: Office, watch: Watch) -> Iterator[InBackground]:
    asking = InBackground(cast("Desk", office), now=watch)
    try:
        yield asking
    finally:
        office.goes.set()
        asking.close()


def next_visit(office: Office) -> str:
    return office.visits.get(timeout=LONG_S)


def known(asking: InBackground, route: str = "tax") -> Review:
    found: list[Any] = []

    def is_there() -> bool:
        found.append(asking.review(route))
        return isinstance(found[-1], Review)

    assert wait_until(is_there, LONG_S)
    return cast("Review", found[-1])


def none_again(office: Office, asking: InBackground, *names: str) -> None:
    """Nothing is due: others that are asked about now are the next ones."""
    for name in names:
        known(asking, name)
    while not office.visits.empty():
        seen = office.visits.get()
        assert seen in names, f"{seen} was visited again"


def test_nobody_waits_for_a_forge_that_hangs() -> None:
    office, watch = Office(), Watch()
    office.goes.clear()
    with background(office, watch) as asking:
        assert asking.review("tax") == NoData("the forge is being asked")
        assert asking.want(weight(5)) == ""
        assert next_visit(office) == "tax"
        office.goes.set()
        assert known(asking).asks in (None, 5)


def test_a_route_is_visited_once_a_minute_however_often_one_looks() -> None:
    office, watch = Office(), Watch()
    with background(office, watch) as asking:
        known(asking)
        assert next_visit(office) == "tax"
        for _ in range(50):
            watch.at += 1
            asking.review("tax")
        none_again(office, asking, "a", "b")
        watch.at += 11
        asking.review("tax")
        assert next_visit(office) == "tax"


def test_news_are_asked_for_at_once_and_the_same_again_is_not() -> None:
    office, watch = Office(), Watch()
    with background(office, watch) as asking:
        known(asking)
        asking.want(weight(5))
        assert wait_until(lambda: bool(office.published), LONG_S)
        assert [one.weight for one in office.published] == [5]
        for _ in range(5):
            asking.want(weight(5))
        assert wait_until(lambda: known(asking).asks == 5, LONG_S)
        while not office.visits.empty():
            office.visits.get()
        asking.want(weight(5))
        none_again(office, asking, "a", "b")
        assert len(office.published) == 1


def test_words_that_hold_no_more_are_said_anew_once() -> None:
    office, watch = Office(), Watch()
    with background(office, watch) as asking:
        asking.want(weight(5, key="all pass"))
        assert wait_until(lambda: len(office.published) == 1, LONG_S)
        for name in ("a", "b"):
            watch.at += 61
            asking.want(weight(5, key="one fails"))
            assert wait_until(lambda: len(office.published) == 2, LONG_S)
            known(asking, name)
        assert [one.key for one in office.published] == ["all pass", "one fails"]


@pytest.mark.parametrize("error", [RemoteError("503", retryable=True), ZeroDivisionError("a bug")])
def test_failures_in_a_row_are_farther_and_farther_apart_and_are_told(error: Exception) -> None:
    office, watch = Office(), Watch()
    office.fails = error
    with background(office, watch) as asking:
        asking.want(weight(5))
        assert next_visit(office) == "tax"
        assert wait_until(lambda: asking.want(weight(5)) != "", LONG_S)
        assert str(error) in asking.want(weight(5))
        assert isinstance(asking.review("tax"), NoData)
        watch.at += 119
        asking.want(weight(5))
        with pytest.raises(Empty):
            office.visits.get(timeout=0.05)
        office.fails = None
        watch.at += 1
        asking.want(weight(5))
        assert next_visit(office) == "tax"
        assert wait_until(lambda: asking.want(weight(5)) == "", LONG_S)
        assert [one.weight for one in office.published] == [5]


def test_what_is_known_grows_old() -> None:
    office, watch = Office(), Watch()
    with background(office, watch) as asking:
        known(asking)
        office.fails = RemoteError("503")
        watch.at += 121
        assert isinstance(asking.review("tax"), NoData)


def test_what_is_wanted_at_the_end_is_still_asked_for() -> None:
    office, watch = Office(), Watch()
    office.goes.clear()
    asking = InBackground(cast("Desk", office), now=watch)
    asking.review("mail")
    assert next_visit(office) == "mail"
    asking.want(weight(0, raises=False))
    asking.want(weight(5))
    office.goes.set()
    asking.close()
    assert [one.weight for one in office.published] == [5] and office.closed
