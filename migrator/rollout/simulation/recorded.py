"""Traffic as it was recorded.

In: the lines of a file: an access log of the router's Envoy (a JSON object a line with `at`, `side`, `status`, `ms` and
`route`), or CSV with a head line that names `second`, `status`, `ms` and maybe `side`. Out: a `Traffic`. The file is
opened by who asks.

Only legacy's answers say how legacy is; requests of both sides say how many come. A file that tells of a day or more gives
each hour its own rate; a shorter one gives its mean to all.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.domain.traffic import HOURS, Lognormal, RecordedTimes, Traffic, flat
from migrator.errors import InputError

_DAY_S = 86_400.0
_MOST_TIMES = 50_000
"""Times that are kept: a 99th percentile of so many is known to 2 %."""

_SIDES = frozenset({"legacy", "canary", "fallback", ""})
_FAILED_FROM = 500


@dataclass(frozen=True, slots=True)
class _Request:
    at: float
    side: str
    failed: bool
    ms: float


def traffic_of(lines: Iterable[str], route: str, source: str) -> Traffic:
    """The traffic that a file tells of.

    Args:
        route: lines of an access log that are of other routes are passed over.
        source: the file as the user named it.

    Raises:
        InputError: the file is neither kind, a line of it cannot be read, or it tells of nothing.
    """
    seen = list(_requests(lines, route, source))
    if len(seen) < 2:
        raise InputError(f"{len(seen)} requests of {route} are recorded: too few to say anything", location=source)
    legacy = [request for request in seen if request.side in ("legacy", "")]
    times = sorted(request.ms for request in legacy if not request.failed and request.ms > 0)
    return Traffic(
        per_minute=_rates(seen),
        errors=sum(request.failed for request in legacy) / len(legacy) if legacy else 0.0,
        times=RecordedTimes(tuple(times[:: len(times) // _MOST_TIMES + 1])) if times else Lognormal(),
    )


def _rates(seen: list[_Request]) -> tuple[float, ...]:
    """Requests a minute, by hour of the day where a day was seen."""
    first, last = min(request.at for request in seen), max(request.at for request in seen)
    span = max(last - first, 1.0)
    if span < _DAY_S:
        return flat(60 * len(seen) / span)
    days = int(span // _DAY_S)
    counts = [0] * HOURS
    for request in seen:
        if request.at < first + days * _DAY_S:  # of whole days, each hour was seen as often
            counts[int(request.at // 3600) % HOURS] += 1
    return tuple(count / days / 60 for count in counts)


def _requests(lines: Iterable[str], route: str, source: str) -> Iterator[_Request]:
    numbered = ((number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())
    first = next(numbered, None)
    if first is None:
        raise InputError("the recorded traffic is empty", location=source)
    if first[1].startswith("{"):
        yield from _of_json(first, numbered, route, source)
        return
    columns = [column.strip() for column in first[1].split(",")]
    if missing := [name for name in ("second", "status", "ms") if name not in columns]:
        raise InputError(
            f"neither an access log nor CSV with a head line: there is no column {missing[0]!r}",
            hint="the head line is: second,side,status,ms",
            location=f"{source}:{first[0]}",
        )
    for number, line in numbered:
        row = dict(zip(columns, next(csv.reader([line])), strict=False))
        yield _request({**row, "at": row.get("second")}, f"{source}:{number}")


def _of_json(first: tuple[int, str], rest: Iterable[tuple[int, str]], route: str, source: str) -> Iterator[_Request]:
    for number, line in (first, *rest):
        where = f"{source}:{number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"a line of an access log is a JSON object: {error}", location=where) from error
        if not isinstance(entry, dict):
            raise InputError("a line of an access log is a JSON object", location=where)
        if entry.get("route", route) == route:
            yield _request(entry, where)


def _request(entry: Mapping[str, Any], where: str) -> _Request:
    try:
        at, ms, status = float(entry["at"]), float(entry["ms"]), int(entry["status"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"a time, a status and milliseconds are expected here, found {_shown(entry)}", location=where
        ) from error
    side = str(entry.get("side") or "")
    if not (0 <= at < 1e11 and 0 <= ms < 1e9) or side not in _SIDES:
        raise InputError(f"this cannot be: {_shown(entry)}", location=where)
    # 0 is what Envoy writes where no answer came; 429 is a throttle.
    return _Request(at, side, status >= _FAILED_FROM or status in (0, 429), ms)


def _shown(entry: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={entry.get(name)!r}"[:60] for name in ("at", "side", "status", "ms"))
