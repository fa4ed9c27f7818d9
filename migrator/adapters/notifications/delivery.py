"""Delivers the transitions of rollouts to one receiver, in order, at least once.

In: routes of which something was recorded. Out: calls of a sink, from where the cursor of the route and the sink stands; it
is moved when the sink has taken a notification, or when that was given up. All of it is done in one daemon thread of its
own, so that a receiver that hangs delays its own notifications alone.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import tenacity

from migrator.adapters.notifications.history import transitions
from migrator.adapters.notifications.sinks import NotTaken, Sink
from migrator.domain.messages import Notification
from migrator.domain.rollouts import Phase
from migrator.errors import MigratorError, RemoteError
from migrator.rollout.ports import StateStore

LOG: Final = logging.getLogger("migrator.notifications")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one notification is tried, in seconds.

    Attributes:
        first_s: the pause before the second try; each is twice as long as the one before, give or take up to a second.
        longest_s: the longest pause, but for what the receiver asks for.
        give_up_s: after so long it is given up, and the next one goes on.
    """

    first_s: float = 1.0
    longest_s: float = 60.0
    give_up_s: float = 600.0


PATIENT: Final = Patience()


class Delivery:
    """One receiver.

    Args:
        phases: of what it is told; empty for all.
        store: of the rollouts; it is asked in the thread.
    """

    def __init__(self, sink: Sink, phases: frozenset[Phase], store: StateStore, patience: Patience = PATIENT) -> None:
        self._sink = sink
        self._phases = phases
        self._store = store
        self._patience = patience
        self._routes: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._until = float("inf")
        self._thread: threading.Thread | None = None

    def put(self, route: str) -> None:
        """Something of this route may be to be told; returns at once."""
        if self._closing.is_set():
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"telling {self._sink.name}", daemon=True)
            self._thread.start()
        self._routes.put(route)

    def begin_close(self, until: float) -> None:
        """Tell what is to be told until then, without long pauses, and end.

        Args:
            until: by `time.monotonic`.
        """
        self._until = until
        self._closing.set()
        self._routes.put(None)

    def end_close(self) -> None:
        """Wait for that."""
        if self._thread is not None:
            self._thread.join(max(0.0, self._until - time.monotonic()))
            if self._thread.is_alive():
                LOG.warning("%s was not told everything in time; the next run goes on", self._sink.name)
        self._sink.close()

    def _work(self) -> None:
        while (route := self._routes.get()) is not None:
            try:
                self._tell(route)
            except MigratorError as error:
                # Not taken in: the route comes again with its next line, or with the next process.
                LOG.warning("%s cannot be told of %s for now: %s", self._sink.name, route, error)
            except Exception:
                LOG.exception("%s cannot be told of %s", self._sink.name, route)

    def _tell(self, route: str) -> None:
        state = self._store.load(route)
        if state is None:
            return
        cursor = f"told {route} {self._sink.name}"
        done = self._store.cursor(cursor)
        if done >= state.history_length:
            return
        for told in transitions(state, self._store.history(route), done):
            if (not self._phases or told.phase in self._phases) and not self._told(told):
                return
            self._store.move_cursor(cursor, told.number)
        self._store.move_cursor(cursor, state.history_length)

    def _told(self, told: Notification) -> bool:
        """Whether a notification is done with: taken, or given up. It is not where the time of closing is over."""
        try:
            for attempt in self._tries():
                with attempt:
                    if self._is_over():
                        raise RemoteError("there is no time left")
                    self._sink.send(told)
        except MigratorError as error:
            if self._is_over():
                return False
            LOG.error("%s was not told %s, and will not be: %s", self._sink.name, told.id, error)
        except Exception:
            LOG.exception("%s was not told %s, and will not be", self._sink.name, told.id)
        return True

    def _tries(self) -> tenacity.Retrying:
        patience = self._patience
        backoff = tenacity.wait_exponential(multiplier=patience.first_s, max=patience.longest_s) + tenacity.wait_random(
            0, min(1.0, patience.first_s)
        )
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, RemoteError) and error.retryable),
            wait=lambda state: _asked_for(state, backoff),
            stop=tenacity.stop_any(tenacity.stop_before_delay(patience.give_up_s), _When(self._is_over)),
            sleep=self._pause,
            reraise=True,
        )

    def _pause(self, seconds: float) -> None:
        """Wait, but not longer than there is time when it is being closed."""
        if not self._closing.wait(seconds):
            return
        time.sleep(max(0.0, min(seconds, self._patience.first_s, self._until - time.monotonic())))

    def _is_over(self) -> bool:
        return time.monotonic() >= self._until


class _When(tenacity.stop.stop_base):
    """Stops when something holds."""

    def __init__(self, holds: Callable[[], bool]) -> None:
        self._holds = holds

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return self._holds()


def _asked_for(state: tenacity.RetryCallState, backoff: Callable[[tenacity.RetryCallState], float]) -> float:
    """The pause that the receiver has asked for, if it is longer than the next one would be."""
    error = state.outcome.exception() if state.outcome is not None else None
    after = error.after_s if isinstance(error, NotTaken) else None
    return max(after or 0.0, backoff(state))
