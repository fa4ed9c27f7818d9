"""Envoy as the source of figures.

In: a route and a mark. Out: what each side did since. Both sides are counted at the same point, the router that sends a
call to a server: legacy where it is asked first, and the canary behind the internal listener, which sees first
tries only. Legacy's answers for a failed canary are in neither.

A first try failed when the answer is 5xx or 429, when there was none (refused, reset, timed out), when it ended in the
middle, or when the client gave up waiting for it.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from migrator.adapters.envoy.access_log import LogTail
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import PlaneDirectory
from migrator.adapters.envoy.names import names_of
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError
from migrator.rollout.statistics.buckets import number_of

_RESTART_SLACK_S = 3.0
_NOBODY = "cx_none_healthy"
_LOOKS_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """First tries of one side since its counters began.

    Attributes:
        answered: those with a status, which Envoy gives to a time-out and to a lost connection too.
        failed: those of them with 5xx or 429.
        given_up: those without: their client went away before.
    """

    answered: int
    failed: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The counters of a route at one moment, as they are kept between two looks.

    Attributes:
        at: seconds since the epoch.
        started: when this Envoy started, seconds since the epoch, to about one second.
    """

    at: float
    started: float
    legacy: Counts
    canary: Counts

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        try:
            document = json.loads(text)
            return cls(
                at=float(document["at"]),
                started=float(document["started"]),
                legacy=_counts_of(document["legacy"]),
                canary=_counts_of(document["canary"]),
            )
        except (ValueError, KeyError, TypeError):
            return None


class EnvoyMetrics:
    """Reads one Envoy.

    Args:
        admin: its admin address.
        directory: its folder, for the answer times; without it they are not known.
    """

    def __init__(self, admin: str, directory: Path | None = None) -> None:
        self._admin = AdminClient(admin)
        folder = PlaneDirectory(directory.resolve()) if directory is not None else None
        self._legacy_log = LogTail(folder.calls_log, "legacy") if folder else None
        self._canary_log = LogTail(folder.tries_log, "canary") if folder else None

    def close(self) -> None:
        """Give up the connections."""
        self._admin.close()

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        return Measuring("envoy")

    def mark(self, route: str) -> str:
        """Where the counting stands now.

        Raises:
            RemoteError: Envoy does not answer.
        """
        return self._look(route).text()

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken; the mark is lost where Envoy has counted anew since.

        Raises:
            RemoteError: Envoy does not answer.
        """
        before = Mark.of_text(mark)
        if before is None:
            return NoData("the mark is not one of Envoy's", mark_lost=True)
        now = self._look(route, before)
        legacy = _difference(before.legacy, now.legacy)
        canary = _difference(before.canary, now.canary)
        if abs(now.started - before.started) > _RESTART_SLACK_S or legacy is None or canary is None:
            return NoData("Envoy has counted anew since: it was restarted, or the route was made anew", mark_lost=True)
        self._follow_logs()
        sides = ((legacy, self._legacy_log), (canary, self._canary_log))
        return Observation(
            window_s=max(0.0, now.at - before.at),
            legacy=_sample(*sides[0], route, before.at),
            canary=_sample(*sides[1], route, before.at),
        )

    def _look(self, route: str, before: Mark | None = None) -> Mark:
        """The counters now.

        Envoy reads them one after the other while calls go on, so that a call that begins in between may look given up.
        One that really is stays so: where some seem to be since a mark, another look or two tell.
        """
        seen = self._read(route)
        for _ in range(_LOOKS_AGAIN):
            if before is None or not _more_given_up(before, seen):
                return seen
            again = self._read(route)
            seen = replace(
                seen,
                legacy=replace(seen.legacy, given_up=min(seen.legacy.given_up, again.legacy.given_up)),
                canary=replace(seen.canary, given_up=min(seen.canary.given_up, again.canary.given_up)),
            )
        return seen

    def _read(self, route: str) -> Mark:
        names = names_of(route)
        info = self._admin.server_info()
        at = time.time()
        prefixes = [
            f"cluster.{cluster}.upstream_{kind}"
            for cluster in (names.legacy, names.function)
            for kind in ("rq_", _NOBODY)
        ]
        counters = self._admin.counters(prefixes)
        return Mark(at, at - info.uptime_s, _counts(counters, names.legacy), _counts(counters, names.function))

    def _follow_logs(self) -> None:
        """Read on, and put aside what has grown large; what was read is remembered."""
        for log in (self._legacy_log, self._canary_log):
            if log is None:
                continue
            log.read_on()
            if log.large:
                with contextlib.suppress(OSError, RemoteError):
                    log.put_aside()
                    self._admin.reopen_logs()


def _counts(counters: Mapping[str, int], cluster: str) -> Counts:
    def count(name: str) -> int:
        return counters.get(f"cluster.{cluster}.upstream_{name}", 0)

    # Every call that was sent or could not be is answered, under way, or given up. A status is also counted for those that
    # were never sent: nobody could be reached, too many waited, everybody was left alone.
    sent = count("rq_total") - count("rq_active")
    unsent = count("rq_pending_failure_eject") + count("rq_pending_overflow") + count(_NOBODY) + count("rq_cancelled")
    answered = count("rq_completed")
    return Counts(answered, count("rq_5xx") + count("rq_429"), max(0, sent + unsent - answered))


def _counts_of(document: Mapping[str, int]) -> Counts:
    return Counts(int(document["answered"]), int(document["failed"]), int(document["given_up"]))


def _more_given_up(before: Mark, now: Mark) -> bool:
    return now.legacy.given_up > before.legacy.given_up or now.canary.given_up > before.canary.given_up


def _difference(before: Counts, now: Counts) -> Counts | None:
    """What came between; None where the counters went back."""
    answered, failed = now.answered - before.answered, now.failed - before.failed
    if answered < 0 or failed < 0:
        return None
    return Counts(answered, failed, max(0, now.given_up - before.given_up))


def _sample(counts: Counts, log: LogTail | None, route: str, at: float) -> Sample:
    # What was cut off in the middle has a good status in the counters.
    cut = log.cut_since(route, at) if log is not None else 0
    requests = counts.answered + counts.given_up
    failed = min(counts.failed + counts.given_up + cut, requests)
    return Sample(requests, failed, Counter(number_of(ms) for ms in (log.since(route, at) if log is not None else [])))
