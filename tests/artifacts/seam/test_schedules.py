"""A function that a scheduler fires: claimed once, then decided."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.support.moto import REGION, aws_server, client
from tests.support.seam import claims_table, give_weights, loaded, log_of

NAME = "shop.reports.nightly"
CANARY = {"lambda": "nightly", "region": "us-east-1"}
CLAIM = {"table": "claims", "every": 3600, "offset": 600}


def routes(weight: float = 0, claim: Mapping[str, Any] | None = CLAIM, **more: Any) -> dict[str, Any]:
    return {NAME: {"weight": weight, "canary": CANARY, **({"claim": claim} if claim else {}), **more}}


class Table:
    """Claims as the table keeps them."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, Mapping[str, Any], float]] = []

    def __call__(self, canary: Mapping[str, Any], table: str, item: Mapping[str, Any], *, timeout: float) -> bool:
        self.asked.append((table, canary, timeout))
        kept = self.items.setdefault(item["id"], dict(item))
        return bool(kept["firing"] == item["firing"])


class World:
    """The module with a clock, a table and a canary of ours."""

    def __init__(self, seam: Any) -> None:
        self.seam, self.table, self.now = seam, Table(), 1_764_147_000.0
        self.sent: list[dict[str, Any]] = []
        self.ran: list[tuple[Any, ...]] = []
        self.fails = False
        seam.set_claimer(self.table)
        seam.set_sender(self.send)
        seam.time = self  # the module's wall clock
        self.fired = seam.schedule(NAME)(self.nightly)

    def time(self) -> float:
        return self.now

    def nightly(self, *args: Any, **kwargs: Any) -> str:
        self.ran.append(args)
        return "done"

    def send(self, canary: Mapping[str, Any], body: str, **options: Any) -> None:
        assert options["wait"] is False
        self.sent.append(json.loads(body))
        if self.fails:
            raise RuntimeError("down")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with loaded(tmp_path, routes()) as seam:
        yield World(seam)


def weigh(world: World, folder: Path, found: dict[str, Any]) -> None:
    give_weights(folder, found)
    world.seam._weights.look()


def test_of_the_firings_of_one_instant_one_is_done(world: World) -> None:
    assert [world.fired("eu"), world.fired("eu")] == ["done", None]
    assert world.ran == [("eu",)]
    world.now += 3_600
    assert world.fired("us") == "done"
    assert world.ran == [("eu",), ("us",)]
    assert world.seam.counts() == {(NAME, "claimed-elsewhere"): 1}
    assert {(table, canary["region"], timeout) for table, canary, timeout in world.table.asked} == {
        ("claims", "us-east-1", 2.0)
    }


@pytest.mark.parametrize(
    ("every", "offset", "now", "instant", "expires"),
    [
        (3600, 0, 7199.999, "3600", 3600 + 7 * 86400),
        (3600, 0, 7200, "7200", 7200 + 7 * 86400),
        (3600, 600, 7200, "4200", 4200 + 7 * 86400),
        (3600, 600, 7800, "7800", 7800 + 7 * 86400),
        (3600, -600, 3000, "3000", 3000 + 7 * 86400),
        (0.5, 0, 10.75, "10.500", 11 + 7 * 86400),
        (0.1, 0, 0.3, "0.300", 1 + 7 * 86400),
        (30 * 86400, 0, 86400 * 45, "2592000", 2592000 + 60 * 86400),
    ],
)
def test_an_instant_is_the_beginning_of_the_period(
    every: float, offset: float, now: float, instant: str, expires: int, world: World, tmp_path: Path
) -> None:
    weigh(world, tmp_path, routes(claim={"table": "claims", "every": every, "offset": offset}))
    world.now = now
    world.fired()
    ((id, item),) = world.table.items.items()
    assert (id, item["expires"]) == (f"{NAME}@{instant}", expires)
    assert item["by"].rpartition(":")[2] == str(os.getpid())
    assert Decimal(instant) <= Decimal(str(now)) < Decimal(instant) + Decimal(str(every))


def test_the_canary_gets_the_firing_as_an_event_with_the_instant_as_its_id(world: World, tmp_path: Path) -> None:
    weigh(world, tmp_path, routes(100))
    assert [world.fired("eu", days=3), world.fired("eu", days=3)] == [None, None]
    assert world.sent == [{"task": NAME, "id": f"{NAME}@1764144600", "args": ["eu"], "kwargs": {"days": 3}}]
    assert not world.ran
    world.fails = True
    world.now += 3_600
    assert world.fired("us") == "done"
    assert world.ran == [("us",)]
    assert world.seam.counts() == {
        (NAME, "sent"): 1,
        (NAME, "failed"): 1,
        (NAME, "claimed-elsewhere"): 1,
    }


def test_without_a_claim_each_firing_is_decided(world: World, tmp_path: Path) -> None:
    weigh(world, tmp_path, routes(100, claim=None))
    world.fired()
    world.fired()
    assert len({each["id"] for each in world.sent}) == 2
    assert not world.table.asked
    weigh(world, tmp_path, {})
    assert world.fired() == "done", "a schedule that no weight speaks of is legacy's"


def test_a_table_that_cannot_be_reached_means_legacy_and_is_said(world: World, tmp_path: Path) -> None:
    weigh(world, tmp_path, routes(100))
    world.seam.set_claimer(lambda *args, **options: 1 / 0)
    assert [world.fired(), world.fired()] == ["done", "done"], "twice is better than never"
    assert not world.sent
    assert [each["outcome"] for each in log_of(tmp_path)] == ["unclaimed", "unclaimed"]


def test_what_fails_in_legacy_is_the_schedulers(world: World) -> None:
    def fails() -> None:
        raise ValueError("7")

    fired = world.seam.schedule(NAME)(fails)
    with pytest.raises(ValueError, match="7"):
        fired()


def test_a_coroutine_is_left_alone_and_the_rest_looks_as_before(world: World) -> None:
    async def job() -> None: ...

    def named() -> None:
        """What it is for."""

    assert world.seam.schedule(NAME)(job) is job
    fired = world.seam.schedule(NAME)(named)
    assert (fired.__name__, fired.__doc__, fired.__module__) == ("named", "What it is for.", __name__)


def test_threads_that_fire_at_once_do_it_once(world: World) -> None:
    begin = threading.Barrier(8)

    def fire() -> None:
        begin.wait()
        world.fired()

    threads = [threading.Thread(target=fire) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.ran) == 1


@pytest.mark.parametrize(
    "claim", [{"table": "", "every": 60}, {"table": "claims", "every": 0}, {"table": "claims"}, {"every": 60}]
)
def test_a_claim_that_is_none_leaves_the_last_good_weights(claim: dict[str, Any], world: World, tmp_path: Path) -> None:
    world.fired()
    weigh(world, tmp_path, routes(100, claim))
    assert world.seam._weights.routes[NAME].claim.every_ms == 3_600_000


# --- Celery's beat ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bind", [False, True])
def test_a_task_that_beat_sends_is_decided_where_it_runs(bind: bool, world: World, tmp_path: Path) -> None:
    app = Celery("shop", broker="memory://", backend="cache+memory://")
    app.conf.task_always_eager = True
    ran: list[int] = []

    if bind:

        @app.task(name="nightly", bind=True)
        @world.seam.schedule(NAME)
        def nightly(self: Any, days: int) -> int:
            ran.append(days)
            return days
    else:

        @app.task(name="nightly")
        @world.seam.schedule(NAME)
        def nightly(days: int) -> int:
            ran.append(days)
            return days

    assert nightly.apply_async((3,)).get() == 3
    assert nightly.apply_async((3,)).get() is None, "the second beat's"
    weigh(world, tmp_path, routes(100))
    world.now += 3_600
    assert nightly.apply_async((4,)).get() is None
    assert [(each["task"], each["args"]) for each in world.sent] == [("nightly", [4])]
    assert ran == [3]


def test_a_second_try_of_one_delivery_is_the_same_firing(world: World) -> None:
    app = Celery("shop", broker="memory://", backend="cache+memory://")
    app.conf.task_always_eager = True
    ran: list[int] = []

    @app.task(bind=True, max_retries=3, default_retry_delay=0)
    @world.seam.schedule(NAME)
    def nightly(self: Any) -> str:
        ran.append(self.request.retries)
        if len(ran) < 3:
            raise self.retry()
        return "done"

    assert nightly.apply_async().get() == "done"
    assert ran == [0, 1, 2]
    assert nightly.apply_async().get() is None


# --- DynamoDB ---------------------------------------------------------------------------------------------------------


def test_a_claim_is_a_conditional_write(tmp_path: Path) -> None:
    with aws_server() as url, loaded(tmp_path) as seam:
        claims_table(url, "claims")
        canary = {"lambda": "nightly", "region": REGION, "endpoint": url}
        item = {"id": f"{NAME}@7", "expires": 99, "by": "host:1", "firing": "one"}
        assert seam.aws_claimer(canary, "claims", item, timeout=5)
        assert seam.aws_claimer(canary, "claims", item, timeout=5), "one that is sent again"
        assert not seam.aws_claimer(canary, "claims", {**item, "firing": "two", "by": "host:2"}, timeout=5)
        assert client("dynamodb", url).get_item(TableName="claims", Key={"id": {"S": f"{NAME}@7"}})["Item"] == {
            "id": {"S": f"{NAME}@7"},
            "expires": {"N": "99"},
            "by": {"S": "host:1"},
            "firing": {"S": "one"},
        }
        with pytest.raises(Exception, match="ResourceNotFound"):
            seam.aws_claimer(canary, "none", item, timeout=5)
