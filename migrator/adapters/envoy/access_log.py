"""What Envoy's access logs tell of first tries: how long each took, and which were cut off in the middle.

In: one of the two logs of a folder, and a place in it. Out: figures of one route and side since. Calls are told by where
their line stands and not by when they began: a line is written when a call has ended, and some of a second late. Nothing
is kept between two looks; a log that has grown large is put aside.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.adapters.line_files import LineFile, Lines, Place
from migrator.errors import RemoteError
from migrator.rollout.statistics.buckets import number_of

LONGEST_READ = 32 * 1024 * 1024
"""Bytes read at one look, about 160,000 lines; the next look goes on from there."""

LARGEST_LOG = 64 * 1024 * 1024
"""Bytes at which a log is put aside; one old generation is kept, so that looks may lag that far behind."""

# Response flags of an upstream that is gone: its connection ended, it reset the call, it broke the protocol.
_CUT = frozenset({"UC", "UR", "UPE"})
_COLD, _SAID = "1", ("0", "1")


@dataclass(frozen=True, slots=True)
class Told:
    """What lines of a log say.

    Attributes:
        place: behind them.
        times: answers in full by bucket of their time (`statistics.buckets`), without cold starts.
        cut: good answers that ended in the middle.
        cold: answers that began with a cold start.
        told: answers that say whether they did.
    """

    place: Place
    times: Mapping[int, int] = field(default_factory=dict)
    cut: int = 0
    cold: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class AccessLog:
    """One log.

    Attributes:
        side: whose first tries it has; lines of other sides are passed over.
    """

    path: Path
    side: str

    def end(self) -> Place:
        """Behind its last line; a log that cannot be read has none."""
        try:
            return LineFile(self.path).end()
        except OSError:
            return Place()

    def since(self, place: Place, route: str) -> Told:
        """What the lines after a place say of a route, `LONGEST_READ` bytes of them; without a log, nothing.

        Where the place is gone, in a log that was put aside twice, the lines of the present log are new.
        """
        try:
            lines: Lines = LineFile(self.path).read(place, LONGEST_READ)
        except OSError:
            return Told(place)
        times: Counter[int] = Counter()
        cut = cold = told = 0
        for entry in _entries(lines.data, route, self.side):
            with contextlib.suppress(ValueError, TypeError, AttributeError, OverflowError):
                said = entry.get("cold") if entry.get("cold") in _SAID else None
                cold, told = cold + (said == _COLD), told + (said is not None)
                flags = {*str(entry.get("flags") or "").split(",")}
                if flags & _CUT and int(entry.get("status") or 0) < 500:
                    cut += 1
                elif entry.get("answer_us") is not None and said != _COLD:
                    times[number_of(float(entry["answer_us"]) / 1000)] += 1
        return Told(lines.place, dict(sorted(times.items())), cut, cold, told)

    @property
    def large(self) -> bool:
        """Whether it is time to put the log aside."""
        try:
            return self.path.stat().st_size > LARGEST_LOG
        except OSError:
            return False

    def put_aside(self) -> None:
        """Rename the log; Envoy writes to the old name once it is told to open its logs anew.

        Raises:
            RemoteError: it cannot be renamed.
        """
        try:
            self.path.replace(LineFile(self.path).aside)
        except OSError as error:
            raise RemoteError(f"cannot put {self.path} aside: {error.strerror or error}") from error


def _entries(data: bytes, route: str, side: str) -> Iterator[Mapping[str, Any]]:
    """The lines of a route and side; damage is passed over.

    A log has the lines of all routes, and each route is looked at by itself: a plain name is found in the bytes, so that
    the lines of the others are never parsed.
    """
    plain = route.isascii() and route.replace("-", "").replace("_", "").isalnum()
    for line in _with(f'"{route}"'.encode(), data) if plain else data.split(b"\n"):
        try:
            entry = json.loads(line)
            if entry["route"] == route and entry["side"] == side:
                yield entry
        except (ValueError, KeyError, TypeError, RecursionError):
            continue


def _with(needle: bytes, data: bytes) -> Iterator[bytes]:
    """The lines that have it."""
    at = data.find(needle)
    while at >= 0:
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        yield data[data.rfind(b"\n", 0, at) + 1 : end]
        at = data.find(needle, end)
