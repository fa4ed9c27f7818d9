"""Work by several processes: every item has its result, whatever happened to the workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures.process import BrokenProcessPool

import pytest

from migrator.workers import _interrupts_held, in_workers


def _square(number: int) -> tuple[int, bool]:
    return number * number, multiprocessing.parent_process() is None


def _dies_in_a_worker(number: int) -> int:
    if number == 3 and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return -number


def _too_deep_to_be_sent(number: int) -> object:
    nest: list[object] = []
    for _ in range(100_000 if number == 1 else 1):
        nest = [nest]
    return nest


def _refuses(number: int) -> int:
    if number == 2:
        raise ValueError(str(number))
    return number


def test_results_come_in_the_order_of_the_items_and_each_is_told_of() -> None:
    told: list[int] = []
    found = in_workers(_square, range(20), 3, done=told.append)
    assert [square for square, _ in found] == [number * number for number in range(20)]
    assert not any(here for _, here in found), "done by workers"
    assert told == list(range(1, 21))


def test_what_a_killed_worker_had_is_done_here() -> None:
    told: list[int] = []
    assert in_workers(_dies_in_a_worker, range(8), 2, done=told.append) == [-number for number in range(8)]
    assert told == list(range(1, 9))
    assert not multiprocessing.active_children()


def test_what_is_too_deep_to_be_sent_is_made_here() -> None:
    deep, flat = in_workers(_too_deep_to_be_sent, (1, 0), 2)
    assert flat == [[]]
    depth = 0
    while deep:
        assert isinstance(deep, list)
        deep, depth = deep[0], depth + 1
    assert depth == 100_000


def test_what_the_task_raises_comes_out_and_no_worker_stays() -> None:
    with pytest.raises(ValueError, match="2"):
        in_workers(_refuses, range(5), 2)
    assert not multiprocessing.active_children()


def test_an_interrupt_while_workers_are_started_is_not_lost_when_they_fall_to_it_first() -> None:
    with pytest.raises(KeyboardInterrupt), _interrupts_held():
        signal.raise_signal(signal.SIGINT)
        raise BrokenProcessPool
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_nothing_to_do() -> None:
    assert in_workers(_square, (), 2) == []
