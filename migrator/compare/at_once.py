"""A function and items -> its results in the order of the items, several under way at once.

In: any iterable, read only a little ahead of what is asked for. Out: results one by one. When the reader stops,
also by Ctrl-C, nothing more is begun and nothing is waited for: a call under way may hang for as long as the
other side likes. That is why the threads are daemons; those of `concurrent.futures` are waited for at the end
of the program.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 8
"""Items begun or waiting, for each thread; results of a long recording would not fit in memory all at once."""


def at_once(function: Callable[[Item], Result], items: Iterable[Item], *, threads: int) -> Iterator[Result]:
    """The results in the order of the items.

    Args:
        threads: calls under way at once, 1 or more.
    """
    waiting: SimpleQueue[tuple[Item, Future[Result]] | None] = SimpleQueue()

    def work() -> None:
        while (task := waiting.get()) is not None:
            item, future = task
            try:
                future.set_result(function(item))
            except BaseException as error:
                future.set_exception(error)

    for number in range(threads):
        Thread(target=work, name=f"compare-{number}", daemon=True).start()
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            future: Future[Result] = Future()
            pending.append(future)
            waiting.put((item, future))
            if len(pending) == threads * _AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        _forget(waiting)
        for _ in range(threads):
            waiting.put(None)


def _forget(waiting: SimpleQueue[tuple[Item, Future[Result]] | None]) -> None:
    """Take out what nobody has begun."""
    while True:
        try:
            waiting.get_nowait()
        except Empty:
            return
