"""The seam in legacy code as the source of figures.

In: a route and a mark. Out: what each side did since. Every process of legacy adds a line to one file, each with what
came since its last one; so a mark is a place in that file, and figures are up to some seconds late. Legacy counts where
it was asked first, the canary where it was tried; legacy's second try for a failed canary is in neither. Why a try
failed is not in the file, nor whether it began with a cold start.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from migrator.adapters import marks
from migrator.adapters.instants import Instant
from migrator.adapters.line_files import LineFile, Place
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError

WRITTEN_EVERY_S: Final = 5.0
"""A process of legacy writes its figures down at least so often while it is asked."""

_FORM: Final = "seam/2"
_ALL: Final = 1 << 40
_MORE_THAN_ANY: Final = 10**9


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, and when it was its end."""

    place: Place
    taken: Instant

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        return marks.dumped(_FORM, {"place": self.place.values(), "taken": self.taken.values()})

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        return marks.loaded(_FORM, text, lambda values: cls(Place.of(values["place"]), Instant.of(values["taken"])))


@dataclass(slots=True)
class _Side:
    """What one side did."""

    tries: int = 0
    failed: int = 0
    times: Counter[int] = field(default_factory=Counter)

    def add(self, figures: Mapping[str, Any]) -> None:
        self.tries += _count(figures["tries"])
        self.failed += min(_count(figures["failed"]), _count(figures["tries"]))
        self.times.update({_count(step): _count(number) for step, number in figures["times"].items()})

    def sample(self) -> Sample:
        return Sample(self.tries, self.failed, dict(sorted(self.times.items())))


class SeamMetrics:
    """Reads one file of figures.

    Args:
        path: the file; the one that was put aside when it was full stands beside it, with `.1`.
        names: route to the function that legacy asks by.
    """

    def __init__(self, path: Path, names: Mapping[str, str]) -> None:
        self._file = LineFile(path)
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
            return Mark(self._file.end(), Instant.now()).text()
        except OSError as error:
            raise self._unread(error) from error

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken; the mark is lost where what was written then is gone.

        Raises:
            RemoteError: the file cannot be read.
        """
        before = Mark.of_text(mark)
        if before is None:
            return NoData("the mark is not one of this version's for the seam", mark_lost=True)
        if not self._file.path.exists():
            return NoData(f"legacy has written no figures yet: there is no {self._file.path}")
        taken = Instant.now()
        try:
            lines = self._file.read(before.place, _ALL)
        except OSError as error:
            raise self._unread(error) from error
        if lines.lost:
            return NoData("the file that the mark was taken in is gone", mark_lost=True)
        legacy, canary = _Side(), _Side()
        name = self._names.get(route, route)
        for sides in _figures_in(lines.data, name):
            for side, found in (("legacy", legacy), ("canary", canary)):
                if side in sides:
                    found.add(sides[side])
        return Observation(
            window_s=taken.since(before.taken),
            legacy=legacy.sample(),
            canary=canary.sample(),
            mark=Mark(lines.place, taken).text(),
            until=time.time() - WRITTEN_EVERY_S,
        )

    def _unread(self, error: OSError) -> RemoteError:
        return RemoteError(f"cannot read {self._file.path}: {error.strerror or error}")


def _count(value: object) -> int:
    number = int(str(value))
    if not 0 <= number < _MORE_THAN_ANY:
        raise ValueError(f"{number} is no count")
    return number


def _figures_in(lines: bytes, name: str) -> Iterator[Mapping[str, Any]]:
    """What each line says of a route; a line that is not whole is left out."""
    for line in lines.split(b"\n"):
        try:
            sides = json.loads(line)["routes"].get(name)
            if isinstance(sides, dict):
                for figures in sides.values():
                    _Side().add(figures)  # is it of the form?
                yield sides
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
