"""How the seam keeps up with its file: one call looks, no other waits, and what was decided before is not forgotten."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from tests.support.seam import give_weights, loaded

NAME, OTHER = "shop.prices.quote", "shop.prices.other"


def quote(tenant: str) -> None: ...


def entry(weight: float, **more: Any) -> dict[str, Any]:
    return {"weight": weight, "canary": {"lambda": "quote"}, "sticky": {"argument": "tenant"}, **more}


def test_who_comes_while_another_thread_looks_goes_on_with_the_old_weights(tmp_path: Path) -> None:
    with loaded(tmp_path, {NAME: entry(100)}) as seam:
        assert seam.decide(NAME, quote, ("a",), {})
        # A file that takes as long to open as somebody takes to write it.
        os.mkfifo(tmp_path / "slow")
        (tmp_path / "slow").replace(tmp_path / "migrator_seam.json")
        seam._weights.next_look = 0
        found: list[Any] = []
        looker = threading.Thread(target=lambda: found.append(seam.decide(NAME, quote, ("a",), {})), daemon=True)
        looker.start()
        while not seam._weights.looking.locked():
            os.sched_yield()
        seam._weights.next_look = 0  # also when its time has come again
        asked: list[Any] = []
        asker = threading.Thread(target=lambda: asked.append(seam.decide(NAME, quote, ("a",), {})))
        asker.start()
        asker.join(2)
        assert asked and asked[0].units == 10_000
        assert looker.is_alive()
        seam._weights.next_look = float("inf")
        document = {"schema": "migrator.weights/1", "routes": {NAME: entry(0)}}
        (tmp_path / "migrator_seam.json").write_text(json.dumps(document))
        looker.join()
        assert found == [None], "who looks decides by what it has read"
        assert seam.decide(NAME, quote, ("a",), {}) is None


def test_a_file_that_looks_the_same_is_read_if_it_was_just_written(tmp_path: Path) -> None:
    """Same number, same size, same time: as when a file takes the place of one that is gone, within one tick."""
    path = tmp_path / "migrator_seam.json"
    with loaded(tmp_path, {NAME: entry(11)}) as seam:
        for age, found in ((0, 1_200), (-3_600, 1_200), (60, 1_100)):
            give_weights(tmp_path, {NAME: entry(11)})
            written = time.time_ns() - age * 10**9
            os.utime(path, ns=(written, written))
            seam._weights.look()
            assert seam._weights.routes[NAME].units == 1_100
            text = path.read_text().replace("11", "12")
            with path.open("r+") as file:
                file.write(text)
            os.utime(path, ns=(written, written))
            seam._weights.look()
            assert seam._weights.routes[NAME].units == found, age


def test_a_route_whose_entry_stays_is_the_same_one(tmp_path: Path) -> None:
    with loaded(tmp_path, {NAME: entry(30), OTHER: entry(30)}) as seam:
        taken = [key for key in map(str, range(200)) if seam.decide(NAME, quote, (key,), {})]
        routes = dict(seam._weights.routes)
        give_weights(tmp_path, {NAME: entry(30), OTHER: entry(31)})
        seam._weights.look()
        assert seam._weights.routes[NAME] is routes[NAME]
        assert seam._weights.routes[OTHER] is not routes[OTHER]
        assert [key for key in map(str, range(200)) if seam.decide(NAME, quote, (key,), {})] == taken


def test_what_was_seen_under_another_weight_is_decided_anew(tmp_path: Path) -> None:
    keys = [str(number) for number in range(300)]
    with loaded(tmp_path) as seam:
        for more in ({}, {"group": "a"}, {"group": "b"}):
            for weight in (10, 90, 10):
                give_weights(tmp_path, {NAME: entry(weight, **more)})
                seam._weights.look()
                group = more.get("group", NAME)
                for _ in range(2):
                    for key in keys:
                        wanted = seam.bucket(f"{group}:{key}") < weight * 100
                        assert (seam.decide(NAME, quote, (key,), {}) is not None) == wanted


def test_the_keys_that_are_kept_are_bounded(tmp_path: Path) -> None:
    with loaded(tmp_path, {NAME: entry(50)}) as seam:
        seam.MAX_KEYS = 100
        seam.decide(NAME, quote, ("",), {})
        sides = seam._weights.routes[NAME].sides
        most = 0
        for number in range(1_000):
            seam.decide(NAME, quote, (number,), {})
            most = max(most, len(sides))
        assert most == 100
        kept = dict(sides)
        seam.decide(NAME, quote, ("x" * (seam.MAX_KEY + 1),), {})
        assert sides == kept, "a long one is not kept"


def test_one_key_is_one_key_whatever_its_type(tmp_path: Path) -> None:
    """1, 1.0 and True are equal for a dictionary, and three keys for Envoy."""
    with loaded(tmp_path, {NAME: entry(50)}) as seam:
        for value in (1, 1.0, True, "1", "1.0", "True"):
            wanted = seam.bucket(f"{NAME}:{value}") < 5_000
            assert (seam.decide(NAME, quote, (value,), {}) is not None) == wanted


def test_a_child_that_was_forked_during_a_look_looks_itself(tmp_path: Path) -> None:
    with loaded(tmp_path, {NAME: entry(100)}) as seam:
        before = seam._weights.looking
        with before:
            seam._after_fork()
            assert seam.decide(NAME, quote, ("a",), {})


def test_the_weights_are_there_before_the_first_call(tmp_path: Path) -> None:
    """Two threads may come at once, and the one that does not look must not take it that there are none."""
    with loaded(tmp_path, {NAME: entry(100)}) as seam, seam._weights.looking:
        assert seam.decide(NAME, quote, ("a",), {})
