"""A timetable and what is written for the scheduler run at the same instants, as others read them.

Celery, croniter and APScheduler say when the timetable runs; aws-croniter says when the scheduler's expression does.
The scheduler's own rule for daylight saving is laid over that: it skips a local time that does not exist, and runs one
that occurs twice once. Where the two differ, they differ on the days of a change, and the page for users says how.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from aws_croniter import AwsCroniter
from celery import Celery
from celery.schedules import crontab
from croniter import croniter

from migrator.plan.delivery.timetables import Dialect, schedule_expression

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/timetables.md"
START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES = (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC))
"""A day before each change of the clocks in Europe."""
COUNT = 1_000
ZONES = ("UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")

Runs = Callable[[str, str, datetime], Iterator[datetime]]


def by_celery(written: str, zone: str, start: datetime) -> Iterator[datetime]:
    """When Celery's beat starts it, as it asks: from the last run to the next."""
    app = Celery(set_as_current=False)
    app.conf.update(timezone=zone, enable_utc=True)
    now = start
    fields = {word.arg: ast.literal_eval(word.value) for word in ast.parse(written, mode="eval").body.keywords}  # type: ignore[attr-defined]
    timetable = crontab(**fields, nowfun=lambda: now, app=app)
    while True:
        now = (now + timetable.remaining_estimate(now)).astimezone(UTC)
        yield now


def by_cron(written: str, zone: str, start: datetime) -> Iterator[datetime]:
    """When a cron daemon starts it."""
    found = croniter(written, start.astimezone(ZoneInfo(zone)))
    while True:
        yield found.get_next(datetime).astimezone(UTC)


def by_apscheduler(written: str, zone: str, start: datetime) -> Iterator[datetime]:
    """When APScheduler starts it."""
    fields = {word.arg: ast.literal_eval(word.value) for word in ast.parse(written, mode="eval").body.keywords}  # type: ignore[attr-defined]
    trigger = CronTrigger(**fields, timezone=ZoneInfo(zone))
    last = start
    while True:
        found = trigger.get_next_fire_time(last, last + timedelta(microseconds=1))
        last = found.astimezone(UTC)
        yield last


def by_scheduler(expression: str, zone: str, start: datetime) -> Iterator[datetime]:
    """When the scheduler starts it: wall clock times in turn, and what of them there is."""
    fields = AwsCroniter(expression.removeprefix("cron(").removesuffix(")"))
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    while True:
        for wall in fields.get_next(local, 200):
            if wall is None:
                return  # it looks no further
            local = wall
            instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
            if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None):
                yield instant


TIMETABLES: tuple[tuple[str, Dialect, Runs], ...] = (
    ("crontab(hour=2, minute=30)", Dialect.CELERY, by_celery),
    ("crontab(minute='*/15')", Dialect.CELERY, by_celery),
    ("crontab(minute='*/7', hour='22-3')", Dialect.CELERY, by_celery),
    ("crontab(minute=0, hour='*/3,8-17')", Dialect.CELERY, by_celery),
    ("crontab(minute=5, hour=4, day_of_week='sat-mon')", Dialect.CELERY, by_celery),
    ("crontab(minute=59, hour=23, day_of_month='28-31')", Dialect.CELERY, by_celery),
    ("crontab(minute=0, hour=0, day_of_month='*/2', month_of_year='1-12/3')", Dialect.CELERY, by_celery),
    ("crontab(minute='10-50/20', hour=1, day_of_week='mon,wed')", Dialect.CELERY, by_celery),
    ("0 3 * * 7", Dialect.CRON, by_cron),
    ("*/20 8-18 * * 1-5", Dialect.CRON, by_cron),
    ("15 1 1,15 * *", Dialect.CRON, by_cron),
    ("0 12 29 2 *", Dialect.CRON, by_cron),
    ("30 2 * * *", Dialect.CRON, by_cron),
    ("CronTrigger(hour=3)", Dialect.APSCHEDULER, by_apscheduler),
    ("CronTrigger(day_of_week='mon-fri', hour='9-17', minute='*/10')", Dialect.APSCHEDULER, by_apscheduler),
    ("CronTrigger(day_of_week=6, hour=1, minute=30)", Dialect.APSCHEDULER, by_apscheduler),
    ("CronTrigger(month='jan,jul', day=31)", Dialect.APSCHEDULER, by_apscheduler),
)
ON_CHANGES = ("crontab(hour=2, minute=30)", "crontab(minute='*/15')", "30 2 * * *", "CronTrigger(hour=2, minute=30)")
"""The timetables whose runs on the days of a change stand in the page."""


def of(written: str, zone: str, start: datetime = START) -> tuple[list[datetime], list[datetime]]:
    """The instants of both, as far as the one that ends sooner goes."""
    dialect, theirs = next((d, r) for w, d, r in (*TIMETABLES, *_MORE) if w == written)
    own = list(islice(theirs(written, zone, start), COUNT))
    ours = list(islice(by_scheduler(schedule_expression(written, dialect), zone, start), COUNT))
    end = min(own[-1], ours[-1])
    return [each for each in own if each <= end], [each for each in ours if each <= end]


_MORE: tuple[tuple[str, Dialect, Runs], ...] = (
    ("CronTrigger(hour=2, minute=30)", Dialect.APSCHEDULER, by_apscheduler),
)


def near_a_change(instant: datetime, zone: str) -> bool:
    """Whether the clocks of a zone are changed within a day of an instant, before or after."""
    offsets = {(instant + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in range(-24, 25)}
    return len(offsets) > 1


@pytest.mark.parametrize("written", [row[0] for row in TIMETABLES])
def test_the_next_thousand_instants_are_equal(written: str) -> None:
    own, ours = of(written, "UTC")
    assert own == ours
    assert len(own) == COUNT or own[-1].year > 2095, "as far as the reader of AWS's expressions looks"


@pytest.mark.parametrize("zone", ZONES[1:])
@pytest.mark.parametrize("written", [row[0] for row in TIMETABLES[::4]])
def test_in_a_zone_they_differ_on_the_days_of_a_change_only(written: str, zone: str) -> None:
    own, ours = of(written, zone)
    assert len(own) > COUNT - 30 or own[-1].year > 2095
    strange = [each for each in sorted({*own} ^ {*ours}) if not near_a_change(each, zone)]
    assert strange == []


def on_the_day(written: str, zone: str, start: datetime) -> tuple[str, str, str]:
    """The day of a change; local times that only the library runs; local times that only the scheduler runs."""
    own, ours = of(written, zone, start)
    day = (start + timedelta(days=1)).date()
    only: tuple[list[str], list[str]] = ([], [])
    for instant in sorted({*own} ^ {*ours}):
        local = instant.astimezone(ZoneInfo(zone))
        if local.date() == day:
            only[0 if instant in own else 1].append(f"{local:%H:%M%z}")
    return f"{day}", " ".join(only[0]) or "-", " ".join(only[1]) or "-"


def test_the_page_lists_what_differs_on_the_days_of_a_change() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (\S+) \| (.*?) \| (.*?) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (written, *on_the_day(written, "Europe/Oslo", start)) for written in ON_CHANGES for start in CHANGES
    ]


@pytest.mark.parametrize(
    ("written", "dialect", "seconds"),
    [
        ("900.0", Dialect.CELERY, 900),
        ("timedelta(hours=36)", Dialect.CELERY, 129_600),
        ("IntervalTrigger(weeks=2)", Dialect.APSCHEDULER, 1_209_600),
    ],
)
def test_intervals_have_the_same_period(written: str, dialect: Dialect, seconds: int) -> None:
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule_expression(written, dialect))
    assert match is not None
    assert int(match[1]) * {"minute": 60, "hour": 3_600, "day": 86_400}[match[2]] == seconds
