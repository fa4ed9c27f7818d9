"""A canary that fails again and again is left alone, and the figures say that it does not serve."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.seam import give_weights, loaded, log_of

NAME = "shop.prices.quote"
ANSWER = '{"result": "canary"}'


class World:
    """The module with a clock and a canary of ours."""

    def __init__(self, seam: Any, folder: Path) -> None:
        self.seam, self.folder = seam, folder
        self.now, self.fails, self.asked = 1_000.0, True, 0
        seam.monotonic = lambda: self.now
        seam.set_sender(self.send)
        self.call = seam.function(NAME, lambda amount=1: "legacy")

    def send(self, *args: Any, **options: Any) -> str:
        self.asked += 1
        if self.fails:
            raise RuntimeError("down")
        return ANSWER

    def figures(self) -> dict[str, tuple[int, int]]:
        self.seam.write_figures()
        found: dict[str, tuple[int, int]] = {}
        for line in (self.folder / "migrator_seam.figures").read_text().splitlines():
            for side, told in json.loads(line)["routes"][NAME].items():
                before = found.get(side, (0, 0))
                found[side] = before[0] + told["tries"], before[1] + told["failed"]
        return found


def routes(weight: float = 100, failures: int = 3, open_s: float = 30) -> dict[str, Any]:
    breaker = {"failures": failures, "open": open_s}
    return {NAME: {"weight": weight, "canary": {"lambda": "quote"}, "breaker": breaker}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with loaded(tmp_path, routes()) as seam:
        yield World(seam, tmp_path)


def test_after_so_many_failures_legacy_does_the_calls_and_each_counts_as_a_failed_try(world: World) -> None:
    assert [world.call() for _ in range(10)] == ["legacy"] * 10
    assert world.asked == 3
    assert world.figures() == {"canary": (10, 10)}
    assert world.seam.counts() == {(NAME, "failed"): 3, (NAME, "opened"): 1, (NAME, "open"): 7}
    assert [each["outcome"] for each in log_of(world.folder)] == ["failed"] * 3 + ["opened"], (
        "the rest says nothing new"
    )


def test_only_failures_in_a_row_open_it(world: World) -> None:
    for fails in (True, True, False, True, True, False):
        world.fails = fails
        world.call()
    world.call({1, 2})  # cannot be carried: nobody has failed
    assert world.asked == 6
    world.fails = True
    for _ in range(4):
        world.call()
    assert world.asked == 9


def test_then_one_call_tries_and_closes_it_or_opens_it_again(world: World) -> None:
    for _ in range(3):
        world.call()
    world.now += 29.9
    assert (world.call(), world.asked) == ("legacy", 3)
    world.now += 0.2
    assert (world.call(), world.call(), world.asked) == ("legacy", "legacy", 4)
    world.now += 29.9
    assert (world.call(), world.asked) == ("legacy", 4)
    world.now += 0.2
    world.fails = False
    assert (world.call(), world.call(), world.asked) == ("canary", "canary", 6)
    world.fails = True
    for _ in range(4):
        world.call()
    assert world.asked == 9, "the row begins anew"
    assert [each["outcome"] for each in log_of(world.folder)].count("opened") == 2


def test_of_many_threads_one_tries(world: World) -> None:
    for _ in range(3):
        world.call()
    world.now += 31
    together, done, own = threading.Barrier(8), threading.Event(), threading.local()
    asked: list[str] = []

    def clock() -> float:
        # The second time that a call asks is for the breaker, whose state it has read by then: so have all others.
        own.times = getattr(own, "times", 0) + 1
        if own.times == 2:
            together.wait(20)
        return world.now

    world.seam.monotonic = clock

    def slow(*args: Any, **options: Any) -> str:
        asked.append("asked")
        assert done.wait(20)
        return ANSWER

    world.seam.set_sender(slow)
    answers: list[str] = []

    def work() -> None:
        answers.append(world.call())
        if len(answers) == 7:
            done.set()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert sorted(answers) == ["canary"] + ["legacy"] * 7


def test_a_try_that_is_never_heard_of_again_is_followed_by_another(world: World) -> None:
    for _ in range(3):
        world.call()
    world.now += 31

    def killed(*args: Any, **options: Any) -> str:
        raise KeyboardInterrupt

    world.seam.set_sender(killed)
    with pytest.raises(KeyboardInterrupt):
        world.call()
    world.seam.set_sender(world.send)
    world.fails = False
    assert world.call() == "legacy"
    world.now += 31
    assert world.call() == "canary"


@pytest.mark.parametrize(("changed", "answer"), [(routes(weight=99.99), "legacy"), (routes(failures=4), "canary")])
def test_a_weight_that_changes_does_not_close_it(changed: dict[str, Any], answer: str, world: World) -> None:
    for _ in range(3):
        world.call()
    world.fails = False
    give_weights(world.folder, changed)
    world.seam._weights.look()
    world.seam.random.seed(0)
    assert world.call() == answer


def test_a_forked_child_begins_anew(world: World) -> None:
    for _ in range(3):
        world.call()
    world.fails = False
    world.seam._after_fork()
    assert world.call() == "canary"
    assert world.seam.counts() == {(NAME, "answered"): 1}


@pytest.mark.parametrize("breaker", [{"failures": 0, "open": 3}, {"failures": 3, "open": 0}, {"failures": 3}, [3]])
def test_one_that_is_none_leaves_the_last_good_weights(breaker: object, world: World) -> None:
    world.call()
    give_weights(world.folder, {NAME: {**routes()[NAME], "breaker": breaker}})
    world.seam._weights.look()
    assert world.seam._weights.routes[NAME].breaker.failures == 3
    assert [each["outcome"] for each in log_of(world.folder)] == ["failed", "weights"]
