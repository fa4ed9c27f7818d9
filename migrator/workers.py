"""Work done by several processes: all of it, whatever happens to them, and none of them left behind.

In: a function and what it is called with, both picklable. Out: the results in the order of the items. What a killed
worker had in hand is done in this process. On Ctrl-C the workers end at once; where this process is killed they end by
themselves.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_workers(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int,
    *,
    done: Callable[[int], None] | None = None,
) -> list[Result]:
    """The results of all items.

    Args:
        task: a function of a module; it may be called again, in this process, with an item that a worker has failed.
        processes: how many at most work at the same time, beside this one.
        done: told in this process how many items have their result, each time that another one has.

    Raises:
        Exception: whatever `task` raises.
    """
    results: dict[int, Result] = {}

    def keep(number: int, result: Result) -> None:
        results[number] = result
        if done is not None:
            done(len(results))

    with suppress(BrokenProcessPool):  # a worker was killed before all items were handed out
        _share(task, items, processes, keep)
    for number, item in enumerate(items):
        if number not in results:
            keep(number, task(item))
    return [results[number] for number in range(len(items))]


def _share(
    task: Callable[[Item], Result], items: Sequence[Item], processes: int, keep: Callable[[int, Result], None]
) -> None:
    """Let workers do the items, and keep what they have done."""
    before = set(multiprocessing.active_children())
    with ProcessPoolExecutor(max_workers=processes, initializer=_begin_worker) as pool:
        try:
            with _interrupts_held():
                numbers = {pool.submit(task, item): number for number, item in enumerate(items)}  # starts the workers
            for future in as_completed(numbers):
                # A worker was killed, or a nest of expressions is too deep to be pickled.
                with suppress(BrokenProcessPool, RecursionError):
                    keep(numbers[future], future.result())
        except KeyboardInterrupt:
            # Leaving the pool waits for its workers, and they are not to work on. Nothing is canceled: the pool
            # cleans up after workers that are gone, but trips over futures that are.
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
            raise


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the end of the block.

    Python runs hooks around a fork and ignores what they raise: a Ctrl-C that fell into one would be lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if came:  # also where the workers, who were interrupted with this process, have failed it meanwhile
            raise KeyboardInterrupt


def _begin_worker() -> None:
    """A worker ends in silence on Ctrl-C, and by itself when its parent is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
