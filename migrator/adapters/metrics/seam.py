"""The seam in legacy code as the source of figures.

In: a route and a mark. Out: what each side did since. Every process of legacy adds a line to one file, each with what
came since its last one; so a mark is a place in that file, and figures are up to some seconds late. Legacy counts where
it was asked first, the canary where it was tried; legacy's second try for a failed canary is in neither.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError

WRITTEN_EVERY_S = 5.0
"""A process of legacy writes its figures down at least so often."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file.

    Attributes:
        inode: of the file; 0 where there was none.
        offset: bytes that were written by then.
        at: seconds since the epoch.
    """

    inode: int
    offset: int
    at: float

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        return json.dumps({"inode": self.inode, "offset": self.offset, "at": self.at}, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        try:
            document = json.loads(text)
            return cls(int(document["inode"]), int(document["offset"]), float(document["at"]))
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(slots=True)
class _Side:
    """What one side did."""

    tries: int = 0
    failed: int = 0
    times: Counter[int] = field(default_factory=Counter)

    def add(self, figures: Mapping[str, Any]) -> None:
        self.tries += int(figures["tries"])
        self.failed += int(figures["failed"])
        self.times.update({int(step): int(number) for step, number in figures["times"].items()})

    def sample(self) -> Sample:
        return Sample(self.tries, self.failed, dict(self.times))


class SeamMetrics:
    """Reads one file of figures.

    Args:
        path: the file; the one that was put aside when it was full stands beside it, with `.1`.
        names: route to the function that legacy asks by.
    """

    def __init__(self, path: Path, names: Mapping[str, str]) -> None:
        self._path = path
        self._names = names

    def close(self) -> None:
        """Nothing is held between two looks."""

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        return Measuring("seam", lag_s=WRITTEN_EVERY_S)

    def mark(self, route: str) -> str:
        """The end of the file.

        Raises:
            RemoteError: the file cannot be read.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return Mark(0, 0, time.time()).text()
        except OSError as error:
            raise RemoteError(f"cannot read {self._path}: {error.strerror or error}") from error
        return Mark(found.st_ino, found.st_size, time.time()).text()

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken; the mark is lost where what was written then is gone.

        Raises:
            RemoteError: the file cannot be read.
        """
        before = Mark.of_text(mark)
        if before is None:
            return NoData("the mark is not one of the seam's", mark_lost=True)
        if not self._path.exists():
            return NoData(f"legacy has written no figures yet: there is no {self._path}")
        try:
            lines = self._lines(before)
        except OSError as error:
            raise RemoteError(f"cannot read {self._path}: {error.strerror or error}") from error
        if lines is None:
            return NoData("the file that the mark was taken in is gone", mark_lost=True)
        legacy, canary = _Side(), _Side()
        name = self._names.get(route, route)
        for sides in _figures_in(lines, name):
            for side, found in (("legacy", legacy), ("canary", canary)):
                if side in sides:
                    found.add(sides[side])
        return Observation(max(0.0, time.time() - before.at), legacy.sample(), canary.sample())

    def _lines(self, mark: Mark) -> bytes | None:
        """What was written since, or None where a part of it is gone."""
        with self._path.open("rb") as file:
            inode = os.fstat(file.fileno()).st_ino
            if mark.inode in (0, inode):
                file.seek(mark.offset if mark.inode else 0)
                return file.read()
            current = file.read()
        aside = self._path.with_name(f"{self._path.name}.1")
        if not aside.exists() or aside.stat().st_ino != mark.inode:
            return None
        with aside.open("rb") as file:
            file.seek(mark.offset)
            return file.read() + current


def _figures_in(lines: bytes, name: str) -> Iterator[Mapping[str, Any]]:
    """What each line says of a route; a line that is not whole is left out."""
    for line in lines.splitlines():
        try:
            sides = json.loads(line)["routes"].get(name)
            if isinstance(sides, dict):
                for figures in sides.values():
                    _Side().add(figures)  # is it of the form?
                yield sides
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
