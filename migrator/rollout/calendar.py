"""When weight may be raised: windows of the week, and freezes.

In: a plan and an instant. Out: why not now, and from when on. Days and hours are those of each window's own zone, by the
IANA database, so that a window keeps its hours when the clocks are changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from migrator.domain.rollouts import Freeze, RolloutPlan, Window
from migrator.rollout.times import clock_time

_DAYS_AHEAD = 8
"""A window comes again within a week, and a day for one that goes over midnight."""


def closed(plan: RolloutPlan, now: float) -> str:
    """Why no weight may be raised now, in words, or an empty string."""
    for freeze in plan.freezes:
        if freeze.begins <= now < freeze.ends:
            why = f" ({freeze.reason})" if freeze.reason else ""
            return f"a freeze{why} lasts until {clock_time(freeze.ends)}"
    if plan.windows and not any(is_open(window, now) for window in plan.windows):
        opens = opening(plan, now)
        return "no window is open" + (f" until {clock_time(opens)}" if opens is not None else "")
    return ""


def opening(plan: RolloutPlan, now: float) -> float | None:
    """The first instant from now on at which weight may be raised, seconds since the epoch; None within a year."""
    at, limit = now, now + 366 * 86_400
    while at < limit:
        frozen = _end_of_freeze(plan.freezes, at)
        if frozen is not None:
            at = frozen
            continue
        if not plan.windows or any(is_open(window, at) for window in plan.windows):
            return at
        at = min(start for window in plan.windows for start in _starts(window, at))
    return None


def is_open(window: Window, at: float) -> bool:
    """Whether an instant lies in a window."""
    local = datetime.fromtimestamp(at, ZoneInfo(window.zone))
    minute, day = local.hour * 60 + local.minute, local.weekday()
    if window.begins < window.ends:
        return day in window.days and window.begins <= minute < window.ends
    # Over midnight: the evening of a day, and the morning after it.
    return (day in window.days and minute >= window.begins) or ((day - 1) % 7 in window.days and minute < window.ends)


def _end_of_freeze(freezes: Iterable[Freeze], at: float) -> float | None:
    return max((freeze.ends for freeze in freezes if freeze.begins <= at < freeze.ends), default=None)


def _starts(window: Window, after: float) -> Iterable[float]:
    """The window's next beginnings after an instant."""
    zone = ZoneInfo(window.zone)
    today = datetime.fromtimestamp(after, zone).date()
    for ahead in range(_DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        if day.weekday() not in window.days:
            continue
        start = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=window.begins)
        if start.timestamp() > after:
            yield start.timestamp()
