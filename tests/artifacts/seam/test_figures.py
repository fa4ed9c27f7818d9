"""What the seam writes down of both sides: each first try once, of whatever thread or process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator.artifacts.rendering import render
from migrator.artifacts.seam.adding import TEMPLATE
from tests.artifacts.seam.test_module import NAME, Sender, Task, route
from tests.support.seam import give_weights, loaded


@pytest.fixture
def seam(tmp_path: Path) -> Iterator[Any]:
    """At 100 percent."""
    with loaded(tmp_path, route()) as module:
        yield module


def figures(folder: Path) -> dict[str, tuple[int, int]]:
    """Side to (tries, failed), over all lines."""
    path = folder / "migrator_seam.figures"
    found: dict[str, tuple[int, int]] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        for side, told in json.loads(line)["routes"].get(NAME, {}).items():
            before = found.get(side, (0, 0))
            found[side] = before[0] + told["tries"], before[1] + told["failed"]
            assert sum(told["times"].values()) == told["tries"]
    return found


def test_the_canary_counts_what_was_sent_and_what_failed_and_legacys_second_try_for_nobody(
    seam: Any, tmp_path: Path
) -> None:
    task = Task()
    seam.set_sender(Sender())
    for number in range(3):
        seam.task(NAME, task).delay(number)
    seam.set_sender(Sender(RuntimeError("down")))
    seam.task(NAME, task).apply_async([1])
    assert len(task.sent) == 1
    seam.write_figures()
    assert figures(tmp_path) == {"canary": (4, 1)}
    seam.write_figures()
    assert figures(tmp_path) == {"canary": (4, 1)}, "what is written is not written again"


def test_what_cannot_be_carried_is_nobodys_failure(seam: Any, tmp_path: Path) -> None:
    seam.set_sender(Sender())
    seam.task(NAME, Task()).delay({1, 2})
    seam.write_figures()
    assert figures(tmp_path) == {}


def test_legacy_counts_where_it_was_chosen(tmp_path: Path) -> None:
    with loaded(tmp_path, route(0)) as seam:
        asked = seam.function(NAME, lambda x: 10 / x)
        assert [asked(1), asked(2)] == [10, 5]
        with pytest.raises(ZeroDivisionError):
            asked(0)
        assert seam.function("shop.not.a.route", lambda: 1)() == 1
        seam.write_figures()
        assert figures(tmp_path) == {"legacy": (3, 1)}


class Lazy:
    """What must not be looked at before its owner does."""

    @property
    def status_code(self) -> int:
        raise RuntimeError("looked at")


class Unhashable:
    """A value that no set can hold."""

    def __init__(self) -> None:
        self.status_code: list[int] = []


@pytest.mark.parametrize("result", [Lazy(), Unhashable()], ids=["lazy", "unhashable"])
def test_what_legacy_gives_back_is_not_looked_at(result: object, tmp_path: Path) -> None:
    with loaded(tmp_path, route(0)) as seam:
        assert seam.function(NAME, lambda: result)() is result
        seam.write_figures()
        assert figures(tmp_path) == {"legacy": (1, 0)}


def test_a_view_that_answers_500_has_failed(tmp_path: Path) -> None:
    from flask import Flask, Response

    with loaded(tmp_path, route(0)) as seam, Flask("app").test_request_context("/"):
        for status in (200, 404, 500, 503):
            seam.flask_view(NAME)(lambda status=status: Response(status=status))()
        seam.flask_view(NAME)(lambda: "text")()
        seam.write_figures()
        assert figures(tmp_path) == {"legacy": (5, 2)}


def test_a_call_that_the_function_answers_wrongly_is_its_failure(seam: Any, tmp_path: Path) -> None:
    asked = seam.function(NAME, lambda: "legacy")
    for answer in ('{"result": 1}', None, "{}", "no json"):
        seam.set_sender(Sender(answer=answer))
        asked()
    seam.write_figures()
    assert figures(tmp_path) == {"canary": (4, 3)}


def test_times_are_told_by_steps_of_a_tenth(seam: Any, tmp_path: Path) -> None:
    now = seam.time.perf_counter()
    for ms in (0.01, 0.1, 0.105, 5, 5.4, 60_000):
        seam._waiting.append((NAME, "canary", ms / 1000, False))
    assert now <= seam.time.perf_counter()
    seam.write_figures()
    [line] = (tmp_path / "migrator_seam.figures").read_text().splitlines()
    times = json.loads(line)["routes"][NAME]["canary"]["times"]
    assert times == {"0": 2, "1": 1, "42": 2, "140": 1}
    assert 0.1 * 1.1**41 < 5 <= 5.4 <= 0.1 * 1.1**42


def test_they_are_written_by_the_call_that_comes_when_it_is_time(seam: Any, tmp_path: Path) -> None:
    seam.set_sender(Sender())
    seam.task(NAME, Task()).delay(1)
    assert figures(tmp_path) == {}
    seam._next_write = 0.0
    seam.task(NAME, Task()).delay(2)
    assert figures(tmp_path) == {"canary": (2, 0)}


def test_a_file_that_cannot_be_written_hurts_nobody(seam: Any, tmp_path: Path) -> None:
    seam.FIGURES_FILE = str(tmp_path / "none" / "x.figures")
    seam.set_sender(Sender())
    seam._next_write = 0.0
    seam.task(NAME, Task()).delay(1)
    seam.FIGURES_FILE = str(tmp_path / "migrator_seam.figures")
    seam.task(NAME, Task()).delay(1)
    seam.write_figures()
    assert figures(tmp_path) == {"canary": (1, 0)}


def test_a_full_file_is_put_aside(seam: Any, tmp_path: Path) -> None:
    seam.MAX_LOG_BYTES = 300
    seam.set_sender(Sender())
    for _ in range(4):
        seam.task(NAME, Task()).delay(1)
        seam.write_figures()
    assert (tmp_path / "migrator_seam.figures.1").exists()


def test_threads_that_count_while_others_write_lose_nothing(seam: Any, tmp_path: Path) -> None:
    seam.set_sender(lambda *args, **options: None)
    seam.MAX_WAITING = 50

    def work() -> None:
        task = seam.task(NAME, Task())
        for number in range(1000):
            task.delay(number)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seam.write_figures()
    assert figures(tmp_path) == {"canary": (8000, 0)}


def test_each_process_writes_its_own_calls_and_the_last_ones_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "migrator_seam.py").write_text(render(TEMPLATE, {}), "utf-8")
    give_weights(tmp_path, route())
    program = f"""
import os, sys
sys.path.insert(0, {str(tmp_path)!r})
import migrator_seam as seam
class Task:
    def delay(self, x): return "legacy"
seam.set_sender(lambda *args, **options: None)
task = seam.task({NAME!r}, Task())
for number in range(5):
    task.delay(number)
with seam._writing:
    child = os.fork()
if child == 0:
    for number in range(7):
        task.delay(number)
    sys.exit(0)
os.waitpid(child, 0)
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MIGRATOR")}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    assert figures(tmp_path) == {"canary": (12, 0)}
    lines = (tmp_path / "migrator_seam.figures").read_text().splitlines()
    assert sorted(json.loads(line)["routes"][NAME]["canary"]["tries"] for line in lines) == [5, 7]
