"""Receivers are told each transition, in order and at least once, and no rollout waits for them."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.notifications import Notifications, Patience
from migrator.adapters.notifications.sinks import retry_after
from migrator.adapters.outbound import Answered
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.domain.rollouts import HistoryEntry, Phase
from migrator.errors import RemoteError
from migrator.router.notifications import Notified, WebhookSink
from tests.support.fake_clock import FakeClock
from tests.support.fake_state_store import FakeStateStore
from tests.support.http_servers import Behavior, HttpServer
from tests.support.told_store import Recorded

QUICK = Patience(first_s=0.02, longest_s=0.1, give_up_s=5.0)


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer("receiver") as server:
        yield server


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def opened(
    recorded: Recorded, *servers: HttpServer, patience: Patience = QUICK, on: tuple[Phase, ...] = ()
) -> Notifications:
    sinks = [Notified(WebhookSink(f"{server.url}/told?key=hidden"), on) for server in servers]
    return Notifications(sinks, recorded.store, environment={}, clock=FakeClock(), patience=patience, limit_s=0.3)


def numbers(server: HttpServer) -> list[int]:
    return [int(json.loads(asked.body)["number"]) for asked in server.asked]


def until(holds: object, seconds: float = 5.0) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        threading.Event().wait(0.005)


def test_each_transition_is_told_once_and_in_order(recorded: Recorded, server: HttpServer) -> None:
    notifications = opened(recorded, server)
    recorded.add(Phase.PENDING, -1)
    notifications.notify(recorded.tick())
    for phase, step in ((Phase.SHIFTING, 0), (Phase.SHIFTING, 0), (Phase.SHIFTING, 1), (Phase.PROMOTING, 1)):
        notifications.notify(recorded.tick(recorded.add(phase, step)))
    notifications.close()
    assert numbers(server) == [1, 2, 4, 5]
    document = json.loads(server.asked[-1].body)
    assert (document["schema"], document["id"]) == ("migrator.notification/1", "tax/1/5")


def test_a_tick_that_recorded_nothing_asks_nothing_of_the_store(recorded: Recorded, server: HttpServer) -> None:
    recorded.add(Phase.PENDING)
    notifications = opened(recorded, server)
    notifications.notify(recorded.tick())
    until(lambda: numbers(server) == [1])
    recorded.add(Phase.SHIFTING)
    for _ in range(3):
        notifications.notify(recorded.tick())
    notifications.close()
    assert numbers(server) == [1]


def test_the_next_process_tells_what_this_one_did_not_get_to(recorded: Recorded, server: HttpServer) -> None:
    server.behavior = Behavior(status=503)
    recorded.add(Phase.PENDING)
    entry = recorded.add(Phase.SHIFTING)
    first = opened(recorded, server)
    first.notify(recorded.tick(entry))
    until(lambda: server.count() > 1)
    first.close(0.05)
    server.behavior = Behavior()
    server.forget()
    second = opened(recorded, server)
    second.notify(recorded.tick())
    second.close()
    assert numbers(server) == [1, 2]
    third = opened(recorded, server)
    third.notify(recorded.tick())
    third.close()
    assert numbers(server) == [1, 2], "and what was taken is not told again"


def test_what_was_taken_is_not_told_again_where_the_next_one_was_not(recorded: Recorded, server: HttpServer) -> None:
    server.script.append(Behavior())
    server.behavior = Behavior(status=503)
    recorded.add(Phase.PENDING)
    recorded.add(Phase.SHIFTING)
    first = opened(recorded, server)
    first.notify(recorded.tick())
    until(lambda: server.count() > 2)
    first.close(0.05)
    server.behavior = Behavior()
    server.forget()
    second = opened(recorded, server)
    second.notify(recorded.tick())
    second.close()
    assert numbers(server) == [2]


def test_only_the_phases_asked_for_are_told(recorded: Recorded, server: HttpServer) -> None:
    notifications = opened(recorded, server, on=(Phase.ROLLED_BACK, Phase.PROMOTED))
    for phase in (Phase.PENDING, Phase.SHIFTING, Phase.ROLLING_BACK, Phase.ROLLED_BACK):
        recorded.add(phase)
    notifications.notify(recorded.tick())
    notifications.close()
    assert numbers(server) == [4]


def test_what_is_refused_for_now_is_sent_again_and_the_order_stays(recorded: Recorded, server: HttpServer) -> None:
    server.script.extend(
        [Behavior(status=500), Behavior(reset=True), Behavior(status=429, headers={"retry-after": "0"})]
    )
    recorded.add(Phase.PENDING)
    recorded.add(Phase.SHIFTING)
    notifications = opened(recorded, server)
    notifications.notify(recorded.tick())
    until(lambda: server.count() == 5)
    notifications.close()
    assert numbers(server) == [1, 1, 1, 1, 2]


def test_a_receiver_is_given_the_time_that_it_asks_for(recorded: Recorded, server: HttpServer) -> None:
    server.script.append(Behavior(status=429, headers={"retry-after": "1"}))
    recorded.add(Phase.PENDING)
    notifications = opened(recorded, server)
    began = time.monotonic()
    notifications.notify(recorded.tick())
    until(lambda: server.count() == 2)
    assert time.monotonic() - began > 0.95
    notifications.close()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.0),
        ("Tue, 14 Nov 2023 22:13:30 -0000", 10.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_the_time_that_a_receiver_asks_for_is_a_number_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(Answered(429, b"", {"retry-after": said}), 1_700_000_000.0) == seconds


@pytest.mark.parametrize(
    "behavior", [Behavior(status=503), Behavior(delay_s=30), Behavior(status=404), Behavior(status=307)]
)
def test_a_receiver_that_never_takes_it_is_given_up_and_the_next_one_goes_on(
    recorded: Recorded, server: HttpServer, behavior: Behavior, caplog: pytest.LogCaptureFixture
) -> None:
    server.behavior = behavior
    recorded.add(Phase.PENDING)
    notifications = opened(recorded, server, patience=replace(QUICK, give_up_s=0.4))
    with caplog.at_level(logging.ERROR):
        notifications.notify(recorded.tick())
        until(lambda: "was not told tax/1/1, and will not be" in caplog.text)
    server.stop()
    server.behavior = Behavior()
    server.start()
    server.forget()
    notifications.notify(recorded.tick(recorded.add(Phase.SHIFTING)))
    notifications.close()
    assert numbers(server) == [2]
    assert "hidden" not in caplog.text


def test_a_receiver_that_hangs_delays_neither_the_rollout_nor_another_one(
    recorded: Recorded, server: HttpServer
) -> None:
    with HttpServer("hanging") as hanging:
        hanging.behavior = Behavior(delay_s=30)
        notifications = opened(recorded, hanging, server)
        began = time.monotonic()
        for phase in (Phase.PENDING, Phase.SHIFTING, Phase.HOLDING):
            notifications.notify(recorded.tick(recorded.add(phase)))
        assert time.monotonic() - began < 0.1
        until(lambda: numbers(server) == [1, 2, 3])
        closed = time.monotonic()
        notifications.close(0.5)
        assert time.monotonic() - closed < 1.5


def test_a_store_that_is_out_of_reach_loses_nothing(recorded: Recorded, server: HttpServer) -> None:
    class Flaky(FakeStateStore):
        down = True

        def history(self, route: str) -> tuple[HistoryEntry, ...]:
            if self.down:
                raise RemoteError("the store does not answer", retryable=True)
            return super().history(route)

    recorded.store = store = Flaky()
    recorded.add(Phase.PENDING)
    notifications = opened(recorded, server)
    notifications.notify(recorded.tick())
    store.down = False
    notifications.notify(recorded.tick(recorded.add(Phase.SHIFTING)))
    notifications.close()
    assert numbers(server) == [1, 2]


def test_routes_have_cursors_of_their_own(recorded: Recorded, server: HttpServer) -> None:
    notifications = opened(recorded, server)
    for route in ("tax", "mail"):
        recorded.add(Phase.PENDING, route=route)
        notifications.notify(recorded.tick(route=route))
    notifications.close()
    assert [json.loads(asked.body)["id"] for asked in server.asked] == ["tax/1/1", "mail/1/1"]
    assert isinstance(recorded.store, FakeStateStore)
    assert all("hidden" not in name for name in recorded.store.cursors)
    assert len(recorded.store.cursors) == 2


def test_a_store_in_a_file_is_read_from_the_threads_and_keeps_the_cursors(tmp_path: Path, server: HttpServer) -> None:
    told = []
    for phase in (Phase.PENDING, Phase.SHIFTING):
        with SqliteStateStore(tmp_path / "rollouts.sqlite3") as store:
            recorded = Recorded(store)
            notifications = opened(recorded, server)
            notifications.notify(recorded.tick(recorded.add(phase)))
            notifications.close()
        told.append(numbers(server))
    assert told == [[1], [1, 2]]
