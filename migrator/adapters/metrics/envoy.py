"""Envoy as the source of figures.

In: a route and a mark. Out: what each side did since. Both sides are counted at the same point, the router that sends a
call to a server: legacy where it is asked first, and the canary behind the internal listener, which sees first
tries only. Legacy's answers for a failed canary are in neither.

A first try failed when the answer is 5xx or 429, when there was none (refused, reset, timed out), or when the client
gave up waiting for it.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from migrator.adapters.envoy.access_log import LogTail
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import PlaneDirectory
from migrator.adapters.envoy.names import names_of
from migrator.domain.observations import MarkLost, NoData, Observation, Sample
from migrator.errors import RemoteError

FEWEST_FOR_P95 = 20
"""With fewer answers than this the 95th percentile is the slowest one or nearly so."""

_RESTART_SLACK_S = 3.0
_ENDED_BY_US = "cx_destroy_local_with_active_rq"


@dataclass(frozen=True, slots=True)
class Counts:
    """First tries of one side since its counters began."""

    requests: int
    errors: int


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
                legacy=Counts(int(document["legacy"]["requests"]), int(document["legacy"]["errors"])),
                canary=Counts(int(document["canary"]["requests"]), int(document["canary"]["errors"])),
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

    def mark(self, route: str) -> str:
        """Where the counting stands now.

        Raises:
            RemoteError: Envoy does not answer.
        """
        return self._look(route).text()

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken; `MarkLost` where Envoy has counted anew since.

        Raises:
            RemoteError: Envoy does not answer.
        """
        before = Mark.of_text(mark)
        if before is None:
            return MarkLost("the mark is not one of Envoy's")
        now = self._look(route)
        legacy = _difference(before.legacy, now.legacy)
        canary = _difference(before.canary, now.canary)
        if abs(now.started - before.started) > _RESTART_SLACK_S or legacy is None or canary is None:
            return MarkLost("Envoy has counted anew since: it was restarted, or the route was made anew")
        legacy_ms, canary_ms = self._answer_times(route, before.at)
        return Observation(
            window_s=max(0.0, now.at - before.at),
            legacy=Sample(legacy.requests, legacy.errors, p95(legacy_ms)),
            canary=Sample(canary.requests, canary.errors, p95(canary_ms)),
        )

    def _look(self, route: str) -> Mark:
        names = names_of(route)
        info = self._admin.server_info()
        at = time.time()
        prefixes = [
            f"cluster.{cluster}.upstream_{kind}"
            for cluster in (names.legacy, names.function)
            for kind in ("rq_", _ENDED_BY_US)
        ]
        counters = self._admin.counters(prefixes)
        return Mark(at, at - info.uptime_s, _counts(counters, names.legacy), _counts(counters, names.function))

    def _answer_times(self, route: str, at: float) -> tuple[list[float], list[float]]:
        found: list[list[float]] = []
        for log in (self._legacy_log, self._canary_log):
            if log is None:
                found.append([])
                continue
            log.read_on()
            found.append(log.since(route, at))
            if log.large:
                with contextlib.suppress(OSError, RemoteError):
                    log.put_aside()
                    self._admin.reopen_logs()
        return found[0], found[1]


def p95(times_ms: list[float]) -> float | None:
    """The 95th percentile (nearest rank), or None where there are too few."""
    if len(times_ms) < FEWEST_FOR_P95:
        return None
    ordered = sorted(times_ms)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def _counts(counters: Mapping[str, int], cluster: str) -> Counts:
    def count(name: str) -> int:
        return counters.get(f"cluster.{cluster}.upstream_{name}", 0)

    # An HTTP/1.1 connection that we close with a call on it: the call timed out, or its client has gone.
    given_up = max(0, count(_ENDED_BY_US) - count("rq_timeout"))
    return Counts(
        requests=count("rq_completed") + given_up,
        errors=count("rq_5xx") + count("rq_429") + given_up,
    )


def _difference(before: Counts, now: Counts) -> Counts | None:
    """What came between; None where the counters went back."""
    requests, errors = now.requests - before.requests, now.errors - before.errors
    return None if requests < 0 or errors < 0 else Counts(requests, errors)
