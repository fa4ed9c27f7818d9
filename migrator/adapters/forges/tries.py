"""Tries a question to a forge again, within a bound.

In: a call. Out: its answer, or the last error. How long a forge asks to wait is obeyed as long as it is within the bound;
past it nobody is kept waiting. What may be asked twice is the caller's matter.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import tenacity

from migrator.adapters.forges.answers import Unavailable

T = TypeVar("T")

LOG: Final = logging.getLogger("migrator.forges")
_LONG_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a forge is waited for, in seconds.

    Attributes:
        answer_s: for one answer, and for each part of it.
        tries: how often one question is asked at most.
        first_s: the pause before the second try; each is twice as long as the one before, give or take.
        give_up_s: for one pull request with all its questions and pauses.
        pause: how it is waited.
    """

    answer_s: float = 20.0
    tries: int = 5
    first_s: float = 0.5
    give_up_s: float = 90.0
    pause: Callable[[float], None] = time.sleep


PATIENT: Final = Patience()


class Tries:
    """The tries of one pull request, which have one bound together."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._until = time.monotonic() + patience.give_up_s

    def of(self, call: Callable[[], T]) -> T:
        """The answer to a call that may be made twice.

        Raises:
            Unavailable: there is none within the bound.
        """
        backoff = tenacity.wait_random_exponential(multiplier=self._patience.first_s, max=self._patience.give_up_s)
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, Unavailable) and error.retryable),
            wait=lambda state: _asked_for(state, backoff),
            stop=tenacity.stop_any(tenacity.stop_after_attempt(self._patience.tries), _When(self._is_late)),
            sleep=self._patience.pause,
            before_sleep=_said,
            reraise=True,
        )
        return retrying(call)

    def _is_late(self, upcoming_s: float) -> bool:
        return time.monotonic() + upcoming_s > self._until


class _When(tenacity.stop.stop_base):
    def __init__(self, late: Callable[[float], bool]) -> None:
        self._late = late

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return self._late(retry_state.upcoming_sleep)


def _said(state: tenacity.RetryCallState) -> None:
    """Nobody is left before a terminal on which nothing happens."""
    if state.upcoming_sleep >= _LONG_S:
        error = state.outcome.exception() if state.outcome is not None else None
        LOG.warning("%s; trying again in %.0f s", error, state.upcoming_sleep)


def _asked_for(state: tenacity.RetryCallState, backoff: tenacity.wait.wait_base) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    told = error.after_s if isinstance(error, Unavailable) else None
    return told if told is not None else backoff(state)
