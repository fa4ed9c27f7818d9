"""What every place for weights can do.

In: bytes. Out: bytes, with a version by which a change that somebody else made in between is noticed.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """What a store has.

    Attributes:
        data: None where there is nothing.
        version: what the store calls this state; only it understands the text.
    """

    data: bytes | None
    version: str


class WeightsStore(Protocol):
    """One document of weights."""

    @property
    def shown(self) -> str:
        """What it is called to people."""
        ...

    def locked(self) -> AbstractContextManager[None]:
        """Keep other writers out as far as the store can; where it cannot, the version tells."""
        ...

    def read(self) -> Held:
        """What is there.

        Raises:
            RemoteError: it cannot be read.
        """
        ...

    def write(self, data: bytes, version: str) -> None:
        """Replace what has this version.

        Raises:
            UsageError: this store is not written to by this program.
            RemoteError: somebody else was faster, or it cannot be written.
        """
        ...

    def close(self) -> None:
        """Give up the connections."""
        ...


def changed_meanwhile(shown: str) -> str:
    """The message for a change that somebody else made in between."""
    return f"{shown} was changed by somebody else in the meantime"
