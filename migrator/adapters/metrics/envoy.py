"""Envoy as the source of figures.

In: a route and a mark. Out: what each side did since. Both sides are counted at the same point, the router that sends a
call to a server: legacy where it is asked first, and the canary behind the internal listener, which sees first
tries only. Legacy's answers for a failed canary are in neither.

A first try failed when the answer is 5xx or 429, when there was none (refused, reset, timed out), when it ended in the
middle, or when the client gave up waiting for it. Requests and failures are Envoy's counters; the time that an answer took,
and that it ended in the middle, are told by its access logs a little later. A failure that is told after the window of
its request is kept in the mark, and told in the next one; so is a cold start, which the handler tells in a header.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from migrator.adapters import marks
from migrator.adapters.envoy.access_log import AccessLog, Told
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import PlaneDirectory
from migrator.adapters.line_files import Place
from migrator.cloud_facts.http_paths import LOCAL, PATHS
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError
from migrator.router.envoy_names import names_of

_FORM: Final = "envoy/2"
_THROTTLED: Final = 429
_NOBODY: Final = "cx_none_healthy"
_LOOKS_AGAIN: Final = 3
_COUNTERS: Final = (
    "rq_total",
    "rq_active",
    "rq_completed",
    "rq_cancelled",
    "rq_pending_failure_eject",
    "rq_pending_overflow",
    "rq_5xx",
    "rq_429",
    _NOBODY,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """First tries of one side since its counters began.

    Attributes:
        answered: those with a status, which Envoy gives to a time-out and to a lost connection too.
        failed: those of them with 5xx or 429.
        throttled: those of them with 429.
        given_up: those without a status: their client went away before.
    """

    answered: int = 0
    failed: int = 0
    throttled: int = 0
    given_up: int = 0

    @classmethod
    def of(cls, values: Any) -> Self:
        """The counts of what `values` told."""
        answered, failed, throttled, given_up = (int(value) for value in values)
        return cls(answered, failed, throttled, given_up)

    def values(self) -> list[int]:
        """As plain JSON."""
        return [self.answered, self.failed, self.throttled, self.given_up]


@dataclass(frozen=True, slots=True)
class SideMark:
    """One side at one moment.

    Attributes:
        place: in its log.
        owed: failures that were seen and are not told yet, those of them that were throttled, and cold starts likewise.
        says: whether any answer has said whether it began with a cold start.
    """

    counts: Counts
    place: Place = field(default_factory=Place)
    owed: tuple[int, int, int] = (0, 0, 0)
    says: bool = False

    @classmethod
    def of(cls, values: Any) -> Self:
        """The side of what `values` told."""
        counts, place, (failed, throttled, cold), says = values
        return cls(Counts.of(counts), Place.of(place), (int(failed), int(throttled), int(cold)), bool(says))

    def values(self) -> list[Any]:
        """As plain JSON."""
        return [self.counts.values(), self.place.values(), list(self.owed), int(self.says)]


@dataclass(frozen=True, slots=True)
class Mark:
    """A route at one moment, as it is kept between two looks.

    Attributes:
        started: when this Envoy started, in its own words; an empty string where it does not say.
        uptime_s: since then, by Envoy's clock that nobody sets; whole seconds.
    """

    started: str
    uptime_s: float
    legacy: SideMark
    canary: SideMark

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        sides = {"legacy": self.legacy.values(), "canary": self.canary.values()}
        return marks.dumped(_FORM, {"started": self.started, "uptime_s": self.uptime_s, **sides})

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        return marks.loaded(_FORM, text, cls._of)

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Mark:
        sides = (SideMark.of(values[side]) for side in ("legacy", "canary"))
        return cls(str(values["started"]), float(values["uptime_s"]), *sides)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The counters now; None for a side that Envoy does not know."""

    legacy: Counts | None
    canary: Counts | None


class EnvoyMetrics:
    """Reads one Envoy.

    Args:
        admin: its admin address.
        directory: its folder, for the answer times; without it they are not known.
        paths: route to the kind of HTTP path that leads to its function, by a word of `cloud_facts.http_paths`; those that
            are not named have the local one.
    """

    def __init__(self, admin: str, directory: Path | None = None, paths: Mapping[str, str] | None = None) -> None:
        self._admin = AdminClient(admin)
        folder = PlaneDirectory(directory.resolve()) if directory is not None else None
        self._legacy_log = AccessLog(folder.calls_log, "legacy") if folder else None
        self._canary_log = AccessLog(folder.tries_log, "canary") if folder else None
        self._paths = dict(paths or {})

    def close(self) -> None:
        """Give up the connections."""
        self._admin.close()

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source.

        Throttles are told where the path to the function answers 429 for them and nothing else; cold starts by handlers
        that say so: while no answer of the canary has, none are known.
        """
        path = PATHS.get(self._paths.get(route, LOCAL))
        throttles = path is not None and path.throttle.statuses == (_THROTTLED,)
        logged = self._canary_log is not None
        return Measuring("envoy", times=logged, cold_starts=logged, throttles=throttles)

    def mark(self, route: str) -> str:
        """Where the counting stands now.

        Raises:
            RemoteError: Envoy does not answer.
        """
        places = [log.end() if log is not None else Place() for log in (self._legacy_log, self._canary_log)]
        seen = self._look(route, None)
        sides = [
            SideMark(counts or Counts(), place)
            for counts, place in zip((seen.legacy, seen.canary), places, strict=True)
        ]
        return Mark(*self._epoch(), *sides).text()

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken; the mark is lost where Envoy has counted anew since.

        Raises:
            RemoteError: Envoy does not answer.
        """
        before = Mark.of_text(mark)
        if before is None:
            return NoData("the mark is not one of this version's for Envoy", mark_lost=True)
        # The logs first: what they tell of was counted before it was written.
        legacy_told, canary_told = (
            log.since(side.place, route) if log is not None else Told(side.place)
            for log, side in ((self._legacy_log, before.legacy), (self._canary_log, before.canary))
        )
        seen = self._look(route, before)
        started, uptime_s = self._epoch()
        anew = NoData("Envoy has counted anew since: it was restarted, or the route was made anew", mark_lost=True)
        if started != before.started or uptime_s < before.uptime_s:
            return anew
        if seen.legacy is None or seen.canary is None:
            return NoData("Envoy does not know the route", mark_lost=_counted(before))
        if _went_back(before.legacy.counts, seen.legacy) or _went_back(before.canary.counts, seen.canary):
            return anew
        tells = self.about(route).throttles
        legacy, legacy_mark = _side(before.legacy, seen.legacy, legacy_told, throttles=tells)
        canary, canary_mark = _side(before.canary, seen.canary, canary_told, throttles=tells)
        self._put_aside()
        return Observation(
            window_s=uptime_s - before.uptime_s,
            legacy=legacy,
            canary=canary,
            mark=Mark(started, uptime_s, legacy_mark, canary_mark).text(),
            until=time.time(),
        )

    def _epoch(self) -> tuple[str, float]:
        """Asked after the counters: then they are of this Envoy or of one before, and never of one after it."""
        return self._admin.started(), self._admin.server_info().uptime_s

    def _look(self, route: str, before: Mark | None) -> _Seen:
        """The counters now.

        Envoy reads them one after the other while calls go on, so that a call that begins in between may look given up.
        One that really is stays so: where some seem to be since a mark, another look or two tell.
        """
        seen = self._read(route)
        for _ in range(_LOOKS_AGAIN):
            if not _more_given_up(before, seen):
                return seen
            again = self._read(route)
            seen = _Seen(_fewer_given_up(seen.legacy, again.legacy), _fewer_given_up(seen.canary, again.canary))
        return seen

    def _read(self, route: str) -> _Seen:
        names = names_of(route)
        counters = self._admin.counters(
            [f"cluster.{cluster}.upstream_{name}" for cluster in (names.legacy, names.function) for name in _COUNTERS],
            exactly=True,
        )
        return _Seen(_counts(counters, names.legacy), _counts(counters, names.function))

    def _put_aside(self) -> None:
        """Start a new log where one has grown large; marks go on in the old one."""
        for log in (self._legacy_log, self._canary_log):
            if log is not None and log.large:
                with contextlib.suppress(RemoteError):
                    log.put_aside()
                    self._admin.reopen_logs()


def _counts(counters: Mapping[str, int], cluster: str) -> Counts | None:
    def count(name: str) -> int:
        return counters.get(f"cluster.{cluster}.upstream_{name}", 0)

    if f"cluster.{cluster}.upstream_rq_total" not in counters:
        return None
    # Every call that was sent or could not be is answered, under way, or given up. A status is also counted for those that
    # were never sent: nobody could be reached, too many waited, everybody was left alone.
    sent = count("rq_total") - count("rq_active")
    unsent = count("rq_pending_failure_eject") + count("rq_pending_overflow") + count(_NOBODY) + count("rq_cancelled")
    answered = count("rq_completed")
    failed, throttled = count("rq_5xx") + count("rq_429"), count("rq_429")
    return Counts(answered, failed, throttled, max(0, sent + unsent - answered))


def _more_given_up(before: Mark | None, now: _Seen) -> bool:
    legacy = before.legacy.counts.given_up if before is not None else 0
    canary = before.canary.counts.given_up if before is not None else 0
    return (now.legacy or Counts()).given_up > legacy or (now.canary or Counts()).given_up > canary


def _fewer_given_up(seen: Counts | None, again: Counts | None) -> Counts | None:
    if seen is None or again is None:
        return None
    return replace(seen, given_up=min(seen.given_up, again.given_up))


def _counted(mark: Mark) -> bool:
    return mark.legacy.counts.answered + mark.canary.counts.answered > 0


def _went_back(before: Counts, now: Counts) -> bool:
    return now.answered < before.answered or now.failed < before.failed or now.throttled < before.throttled


def _side(before: SideMark, now: Counts, told: Told, *, throttles: bool) -> tuple[Sample, SideMark]:
    """What a side did, and where it stands now."""
    # More that were given up than there are now were told when a look fell between two counters: they count for the next.
    given_up = max(before.counts.given_up, now.given_up)
    more = given_up - before.counts.given_up
    requests = now.answered - before.counts.answered + more
    # What was cut off in the middle has a good status in the counters.
    seen = before.owed[0] + now.failed - before.counts.failed + more + told.cut
    failed = min(seen, requests)
    seen_throttled = before.owed[1] + now.throttled - before.counts.throttled
    throttled = min(seen_throttled, failed)
    seen_cold = before.owed[2] + told.cold
    cold = min(seen_cold, requests)
    owed = (seen - failed, seen_throttled - throttled, seen_cold - cold)
    # Nothing says so without a log, nor does legacy, nor a handler of somebody else: that is not to say that none was cold.
    says = before.says or told.told > 0
    mark = SideMark(replace(now, given_up=given_up), told.place, owed, says)
    return Sample(requests, failed, told.times, cold if says else None, throttled if throttles else None), mark
