"""What every receiver of notifications is.

In: a notification. Out: nothing once it was taken, or an error that says whether to try again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

from migrator.adapters.outbound import Answered
from migrator.domain.messages import Notification
from migrator.errors import RemoteError

_TRY_AGAIN: Final = frozenset({408, 425, 429})
"""Besides 5xx. Source: RFC 9110 (15.5.9), RFC 8470 (5.2), RFC 6585 (4)."""


class Sink(Protocol):
    """Takes notifications, one at a time."""

    @property
    def name(self) -> str:
        """The same in each process that is configured the same, and without a secret: cursors go by it."""
        ...

    def send(self, told: Notification) -> None:
        """Hand a notification over.

        Raises:
            NotTaken: the receiver has answered that it does not take it.
            RemoteError: it did not answer.
            InputError: its address or its key is not there.
        """
        ...

    def close(self) -> None:
        """Give up the connections."""
        ...


class NotTaken(RemoteError):
    """A receiver has refused a notification.

    Attributes:
        after_s: seconds that it asks to wait; None where it does not say.
    """

    after_s: float | None = None


def check_taken(answer: Answered, shown: str, *, now: Callable[[], float] = time.time) -> None:
    """That an answer is one of 2xx.

    Args:
        shown: what the receiver is called to people.

    Raises:
        NotTaken: it is not.
    """
    if answer.ok:
        return
    error = NotTaken(f"{shown} answers {answer.status}", retryable=answer.status in _TRY_AGAIN or answer.status >= 500)
    error.after_s = retry_after(answer, now())
    raise error


def retry_after(answer: Answered, now: float) -> float | None:
    """The seconds that `Retry-After` asks to wait, which may be a number or a date (RFC 9110, 10.2.3)."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, at.timestamp() - now)
