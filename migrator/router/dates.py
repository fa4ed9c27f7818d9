"""The days, times and dates that people write in `router.yaml`, each in a zone of the IANA database.

In: what the file says. Out: numbers of days, minutes after midnight, seconds since the epoch. A `ValueError` says what
was expected; its place in the file is added by the loader.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `datetime.weekday`."""

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
_DATE = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}"
_TIME = r"T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"
_MOMENT = rf"^{_DATE}({_TIME})?$"


def parse_day(value: object) -> int:
    """0 for `mon` to 6 for `sun`."""
    if not isinstance(value, str) or value not in DAYS:
        raise ValueError(f"expected one of {', '.join(DAYS)}, found {value!r}")
    return DAYS.index(value)


def parse_clock(value: object) -> int:
    """Minutes after midnight of `09:00`; `24:00` is the end of the day."""
    if not isinstance(value, str) or re.fullmatch(_CLOCK, value) is None:
        raise ValueError(f'expected a time of day such as "09:00", found {value!r}')
    hours, _, minutes = value.partition(":")
    return int(hours) * 60 + int(minutes)


def clock_text(minutes: int) -> str:
    """How a time of day is written: 540 -> `09:00`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_zone(value: str) -> str:
    """The name of a zone that is known."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        near = difflib.get_close_matches(value, available_timezones(), n=1, cutoff=0.5)
        raise ValueError(
            f"there is no time zone {value!r}; "
            + (f"did you mean {near[0]}?" if near else "such as Europe/Berlin, or UTC")
        ) from error
    return value


def parse_moment(value: object) -> str:
    """A date or a date with a time, as it stands, once it is known to be one that exists."""
    if not isinstance(value, str) or re.fullmatch(_MOMENT, value) is None:
        raise ValueError(f"expected a date such as 2026-12-20, or 2026-12-20T18:00, found {value!r}")
    try:
        _read(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not in the calendar: {error}") from error
    return value


def seconds_of(moment: str, zone: str, *, end: bool = False) -> float:
    """Seconds since the epoch of a date or a date with a time.

    Args:
        moment: what `parse_moment` has let pass. An offset of its own counts for more than the zone.
        end: a date without a time is the end of that day then, not its beginning.
    """
    read = _read(moment)
    if end and "T" not in moment:
        read += timedelta(days=1)
    return (read if read.tzinfo is not None else read.replace(tzinfo=ZoneInfo(zone))).timestamp()


def moment_text(seconds: float) -> str:
    """How an instant is written: in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _read(moment: str) -> datetime:
    if "T" in moment:
        return datetime.fromisoformat(moment)
    return datetime.combine(date.fromisoformat(moment), datetime.min.time())


Day = Annotated[int, BeforeValidator(parse_day), WithJsonSchema({"enum": list(DAYS)})]
ClockTime = Annotated[
    int,
    BeforeValidator(parse_clock),
    WithJsonSchema({"type": "string", "pattern": _CLOCK, "examples": ["09:00"]}),
]
Moment = Annotated[
    str,
    BeforeValidator(parse_moment),
    WithJsonSchema({"type": "string", "pattern": _MOMENT, "examples": ["2026-12-20", "2026-12-20T18:00"]}),
]
Zone = Annotated[str, Field(min_length=1, max_length=64, examples=["Europe/Berlin"]), AfterValidator(parse_zone)]
