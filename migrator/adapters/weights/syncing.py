"""Fills the file that the seam reads from the source of weights.

In: a source and a file. Out: the file as the source has it, replaced in one step and only by what the seam can use.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from migrator.adapters.weights.store import WeightsStore
from migrator.documents.weights import check_weights, load_weights
from migrator.errors import RemoteError
from migrator.rollout.ports import Clock


@dataclass(frozen=True, slots=True)
class Synced:
    """What one look has done.

    Attributes:
        changed: whether the file was filled anew, or would be.
    """

    file: str
    source: str
    changed: bool


@dataclass(frozen=True, slots=True)
class WeightsSync:
    """A source and the file that follows it; a context manager that gives the connections up.

    Attributes:
        dry_run: whether the file is left as it is.
    """

    source: WeightsStore
    file: WeightsStore
    clock: Clock
    dry_run: bool = False

    def look(self) -> Synced:
        """Read the source, and fill the file where it has something else.

        Raises:
            RemoteError: one of both cannot be reached, or the source has nothing.
            InputError: what the source has is no document of weights; the file stays.
        """
        data = self.source.read().data
        if data is None:
            raise RemoteError(
                f"{self.source.shown} has no weights yet", hint="put them there: migrator router apply", retryable=True
            )
        check_weights(load_weights(data, location=self.source.shown), location=self.source.shown)
        with self.file.locked():
            held = self.file.read()
            changed = held.data != data
            if changed and not self.dry_run:
                self.file.write(data, held.version)
        return Synced(self.file.shown, self.source.shown, changed)

    def wait(self, seconds: float) -> None:
        """Until the next look."""
        self.clock.sleep(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.source.close()
