"""Waits for an answer no longer than it is told to.

In: a call that may hang. Out: its answer or its error, or `TooSlow`. The call goes on in a thread of its own, which ends
with the process at the latest; a question that is still out is not asked a second time, and an answer that nobody waited
for any more is given to who asks next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from migrator.errors import RemoteError

T = TypeVar("T")


class TooSlow(RemoteError):
    """There was no answer in time."""


@dataclass(slots=True)
class _Question:
    done: threading.Event = field(default_factory=threading.Event)
    ended: float = 0.0
    taken: bool = False
    answer: Any = None
    error: BaseException | None = None


class Bounded:
    """Asks with a limit of time.

    Args:
        limit_s: seconds for which an answer is waited for.
        kept_s: seconds for which an answer that came later than that is good for who asks next.
    """

    def __init__(self, limit_s: float, kept_s: float = 30.0) -> None:
        self._limit_s, self._kept_s = limit_s, kept_s
        self._out: dict[str, _Question] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, call: Callable[[], T]) -> T:
        """The answer to a call.

        Args:
            name: of the question: one with the same name is not asked as long as the former one is out.

        Raises:
            TooSlow: there is none in time, or the former question has none yet.
            Exception: what the call raises.
        """
        with self._lock:
            former = self._out.get(name)
            if former is not None and not former.done.is_set():
                raise TooSlow(f"what was asked before is not answered yet, after {self._limit_s:g} s", retryable=True)
            late = former is not None and not former.taken and time.monotonic() - former.ended < self._kept_s
            question = former if late and former is not None else _Question()
            self._out[name] = question
        if late:
            kept: T = self._taken(question)
            return kept

        def answer() -> None:
            try:
                question.answer = call()
            except BaseException as error:
                question.error = error
            finally:
                question.ended = time.monotonic()
                question.done.set()

        threading.Thread(target=answer, name=f"asking {name}", daemon=True).start()
        if not question.done.wait(self._limit_s):
            raise TooSlow(f"there was no answer within {self._limit_s:g} s", retryable=True)
        given: T = self._taken(question)
        return given

    def _taken(self, question: _Question) -> Any:
        question.taken = True
        if question.error is not None:
            raise question.error
        return question.answer
