"""Times as logs write them.

In: text or a number. Out: seconds since the epoch. A time without a zone is taken as UTC: logs that people keep for
comparing are, and being some hours wrong moves no figure of a day.
"""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

_MONTHS: Final = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_COMMON: Final = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)? ([+-])(\d\d)(\d\d)\Z")
_LONG_FRACTION: Final = re.compile(r"(\.\d{6})\d+")
_NUMBER: Final = re.compile(r"\d{9,19}(?:\.\d+)?\Z")

_LONGEST: Final = 40
"""Characters of a time. Texts are remembered with what they say, and longer ones are none."""

_MILLISECONDS: Final = 1e11
"""Numbers from here on are milliseconds: as seconds they would lie beyond the year 5000."""
_MICROSECONDS: Final = 1e14
_NANOSECONDS: Final = 1e17


@lru_cache(maxsize=4_096)
def common_time(text: str) -> float | None:
    """`10/Oct/2000:13:55:36 -0700`, and the same without seconds; None where it is no such time."""
    found = _COMMON.match(text)
    if found is None or found[2] not in _MONTHS:
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = (int(hours) * 60 + int(minutes)) * 60 * (-1 if sign == "-" else 1)
    parts = (int(year), _MONTHS[found[2]], int(day), int(hour), int(minute), int(second or 0))
    try:
        return float(timegm(parts) - offset)
    except ValueError:  # there is no year 0
        return None


@lru_cache(maxsize=4_096)
def iso_time(text: str) -> float | None:
    """`2026-11-20T10:00:00.123456789Z` and its relatives; None where it is no such time."""
    try:
        at = datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text.strip()))
    except ValueError:
        return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None


def any_time(value: object) -> float | None:
    """A time as programs put it into JSON: ISO 8601, the time of the common log format, or a number since the epoch
    in seconds, milliseconds, microseconds or nanoseconds.
    """
    if isinstance(value, str):
        if len(value) > _LONGEST:
            return None
        if not _NUMBER.match(value):
            return iso_time(value) if value[4:5] == "-" else common_time(value)
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e8 < value < 1e20:
        return None
    for bound, unit in ((_NANOSECONDS, 1e9), (_MICROSECONDS, 1e6), (_MILLISECONDS, 1e3)):
        if value >= bound:
            return value / unit
    return float(value)
