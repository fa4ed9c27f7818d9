"""Timetables of task libraries and cron, in the words of a scheduler that knows `cron(...)` and `rate(...)`.

In: an expression as the analyzer reports it (`crontab(hour=2, minute=30)`, `900.0`, `0 3 * * *`) and the dialect of
the library. Out: the expression, or `NoEqual` with the reason. Each field is spelled out to the values that it takes
and written down again, so that a step, a range around the end of the week or a list mean what they meant. Fields of
the scheduler as its documentation has them ("Schedule types on EventBridge Scheduler", read 2026-11): minutes, hours,
day of month, month, day of week, year; one of the two days is `?`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from migrator.errors import Refused

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_RANGES: Mapping[str, tuple[int, int]] = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day_of_month": (1, 31),
    "month_of_year": (1, 12),
    "day_of_week": (0, 6),
}
_FIELDS = tuple(_RANGES)
# What the libraries call the fields.
_NAMES: Mapping[str, str] = {
    **{name: name for name in _FIELDS},
    "day": "day_of_month",
    "month": "month_of_year",
    "weekday": "day_of_week",
}
_LONGEST_S = 100 * 366 * 86_400
_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_SHORTHAND = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


class Dialect(StrEnum):
    """Whose words they are."""

    CELERY = "celery"  # a field that is not given takes every value; both days have to fit
    CRON = "cron"  # text of five fields; one of the days has to fit
    APSCHEDULER = "apscheduler"  # fields below the given ones take their least value; weeks begin on Monday


class NoEqual(Refused):
    """The scheduler cannot say this timetable."""


@dataclass(frozen=True, slots=True)
class _Fields:
    texts: Mapping[str, str]
    monday_first: bool = False
    either_day: bool = False


def schedule_expression(written: str, dialect: Dialect = Dialect.CELERY) -> str:
    """`cron(...)` or `rate(...)` for a timetable.

    Args:
        written: source of the timetable, or the text of a crontab.

    Raises:
        NoEqual: it has none; the message says why.
    """
    text = written.strip()
    text = _SHORTHAND.get(text, text)
    if len(text.split()) == 5 and "(" not in text:
        return _cron(_Fields(dict(zip(_FIELDS, text.split(), strict=True)), either_day=True))
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        raise NoEqual(f"the timetable {written!r} is not understood") from None
    match node:
        case ast.Constant(value=int() | float() as seconds) if not isinstance(seconds, bool):
            return _rate(seconds)
        case ast.Call():
            return _called(node, written, dialect)
        case _:
            raise NoEqual(f"the timetable {written!r} is only known when the program runs")


def rate_expression(units: Mapping[str, float]) -> str:
    """`rate(...)` for an interval given by its units (`minutes`, `hours`, ...).

    Raises:
        NoEqual: it is not a whole number of minutes.
    """
    if not units or not set(units) <= set(_UNITS):
        raise NoEqual(f"an interval of {', '.join(sorted(units)) or 'nothing'} is not understood")
    return _rate(sum(_UNITS[unit] * value for unit, value in units.items()))


def cron_expression(fields: Mapping[str, str], dialect: Dialect) -> str:
    """`cron(...)` for fields given by name.

    Raises:
        NoEqual: a field is not understood or has no equal.
    """
    strange = set(fields) - set(_NAMES) - {"second", "year"}
    if strange or fields.get("year", "*") != "*":
        raise NoEqual(f"the field {sorted(strange or {'year'})[0]} of the timetable has no equal")
    if dialect is Dialect.APSCHEDULER and fields.get("second", "0") not in ("0", "*"):
        raise NoEqual("the timetable counts seconds; the scheduler's finest step is a minute")
    texts: Mapping[str, str] = {_NAMES[name]: text for name, text in fields.items() if name in _NAMES}
    if dialect is Dialect.APSCHEDULER:
        if fields.get("second") == "*":
            raise NoEqual("the timetable counts seconds; the scheduler's finest step is a minute")
        texts = _with_least(texts)
    return _cron(_Fields(texts, monday_first=dialect is Dialect.APSCHEDULER))


def _called(node: ast.Call, written: str, dialect: Dialect) -> str:
    name = ast.unparse(node.func).rpartition(".")[2]
    named = {word.arg: _text(word.value, written) for word in node.keywords if word.arg}
    given = [_text(argument, written) for argument in node.args]
    match name:
        case "crontab":
            ordered = ("minute", "hour", *(("day", "month", "day_of_week") if dialect is Dialect.CRON else ()))
            if dialect is Dialect.CELERY:
                ordered = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
            return cron_expression({**dict(zip(ordered, given, strict=False)), **named}, Dialect.CELERY)
        case "CronTrigger":
            named.pop("timezone", None)
            return cron_expression(named, Dialect.APSCHEDULER)
        case "from_crontab" if given:
            return schedule_expression(given[0])
        case "timedelta" | "IntervalTrigger":
            units = {**dict(zip(("days", "seconds"), given, strict=False)), **named}
            try:
                return rate_expression({unit: float(value) for unit, value in units.items()})
            except ValueError:
                raise NoEqual(f"the interval {written!r} is only known when the program runs") from None
        case "schedule" | "repeat" if given or "run_every" in named:
            return schedule_expression(named.get("run_every") or given[0], dialect)
        case "solar":
            raise NoEqual("the timetable follows the sun, for which the scheduler has no word")
        case _:
            raise NoEqual(f"the timetable {written!r} is the project's own")


def _text(node: ast.expr, written: str) -> str:
    """An argument as text: numbers and lists of them as cron writes them, anything else as it stands."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=int() | float() as number):
            return str(number)
        case ast.Set(elts=items) | ast.List(elts=items) | ast.Tuple(elts=items):
            return ",".join(_text(item, written) for item in items)
        case ast.BinOp() | ast.UnaryOp():
            raise NoEqual(f"the timetable {written!r} is only known when the program runs")
        case _:
            return ast.unparse(node)


def _rate(seconds: float) -> str:
    if seconds < 60:
        raise NoEqual(f"the timetable runs every {seconds:g} seconds; the scheduler's finest step is a minute")
    if seconds > _LONGEST_S:
        raise NoEqual("the timetable runs less than once in a century")
    if seconds % 60:
        raise NoEqual(f"the timetable runs every {seconds:g} seconds; the scheduler takes whole minutes only")
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            count = int(seconds // length)
            return f"rate({count} {unit}{'' if count == 1 else 's'})"
    raise AssertionError("whole minutes are checked above")


def _with_least(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Fields below the greatest given one take their least value, as APScheduler has it."""
    order = ("month_of_year", "day_of_month", "day_of_week", "hour", "minute")
    least = {"minute": "0", "hour": "0", "day_of_month": "1"}
    found: dict[str, str] = dict(texts)
    first = next((position for position, name in enumerate(order) if name in texts), len(order))
    for position, name in enumerate(order):
        if name in found or position < first:
            continue
        if name == "day_of_month" and "day_of_week" in texts:
            continue
        if name in least:
            found[name] = least[name]
    return found


def _cron(fields: _Fields) -> str:
    values = {name: _values(name, fields.texts.get(name, "*"), fields.monday_first) for name in _FIELDS}
    every = {name: len(values[name]) == high - low + 1 for name, (low, high) in _RANGES.items()}
    day, week = not every["day_of_month"], not every["day_of_week"]
    if day and week:
        how = "either" if fields.either_day else "both"
        raise NoEqual(
            f"the timetable asks {how} of the day of the month and the day of the week; the scheduler takes one of them"
        )
    written = {name: "*" if every[name] else _written(name, values[name]) for name in _FIELDS}
    days = ("?", written["day_of_week"]) if week else (written["day_of_month"], "?")
    return f"cron({written['minute']} {written['hour']} {days[0]} {written['month_of_year']} {days[1]} *)"


def _values(name: str, text: str, monday_first: bool) -> Sequence[int]:
    low, high = _RANGES[name]
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise NoEqual(f"{text!r} as {name} of the timetable is not understood")
        step = int(match["step"] or 1)
        if match["first"] == "*":
            first, last = low, high
        else:
            first = _number(name, match["first"], monday_first)
            last = _number(name, match["last"], monday_first) if match["last"] else (high if match["step"] else first)
        if step < 1:
            raise NoEqual(f"{text!r} as {name} of the timetable is not understood")
        span = high - low + 1
        length = (last - first) % span
        found.update(low + (first - low + offset) % span for offset in range(0, length + 1, step))
    return sorted(found)


def _number(name: str, text: str, monday_first: bool) -> int:
    low, high = _RANGES[name]
    word = text[:3].upper()
    if name == "day_of_week" and word in _DAYS:
        return _DAYS.index(word)
    if name == "month_of_year" and word in _MONTHS:
        return _MONTHS.index(word) + 1
    if not text.isdigit():
        raise NoEqual(f"{text!r} as {name} of the timetable is not understood")
    number = int(text)
    if name == "day_of_week":
        number = (number + 1) % 7 if monday_first else number % 7
    if not low <= number <= high:
        raise NoEqual(f"{text} is no {name}")
    return number


def _written(name: str, values: Sequence[int]) -> str:
    low, high = _RANGES[name]
    shown = [_DAYS[value] if name == "day_of_week" else str(value) for value in values]
    if len(values) == 1:
        return shown[0]
    steps = {after - before for before, after in pairwise(values)}
    if steps == {1} and len(values) > 2:
        return f"{shown[0]}-{shown[-1]}"
    if len(steps) == 1 and name != "day_of_week" and values[-1] + (step := steps.pop()) > high:
        # A step that ends with the field says the same in fewer characters than a list.
        return f"{values[0]}/{step}" if len(values) > 2 or values[0] == low else ",".join(shown)
    return ",".join(shown)
