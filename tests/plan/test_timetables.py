"""Timetables in the scheduler's words: each row is a timetable whose meaning is known, and what says the same."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta

import pytest
from celery.schedules import crontab
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.plan.delivery.timetables import Dialect, NoEqual, cron_expression, rate_expression, schedule_expression

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@pytest.mark.parametrize(
    ("written", "dialect", "expression"),
    [
        ("crontab(hour=2, minute=30)", Dialect.CELERY, "cron(30 2 * * ? *)"),
        ("crontab(hour=2)", Dialect.CELERY, "cron(* 2 * * ? *)"),
        ("crontab()", Dialect.CELERY, "cron(* * * * ? *)"),
        ("crontab(0, 12, '1,15')", Dialect.CELERY, "cron(0 12 1,15 * ? *)"),
        ("crontab(minute='*/30')", Dialect.CELERY, "cron(0/30 * * * ? *)"),
        ("crontab(minute=0, hour='*/3,8-17')", Dialect.CELERY, "cron(0 0,3,6,8,9,10,11,12,13,14,15,16,17,18,21 * * ? *)"),
        ("crontab(minute=0, hour=0, day_of_week='sat-mon')", Dialect.CELERY, "cron(0 0 ? * SUN,MON,SAT *)"),
        ("crontab(minute=0, hour=0, day_of_week=[1, 2, 3, 4, 5])", Dialect.CELERY, "cron(0 0 ? * MON-FRI *)"),
        ("crontab(minute=0, hour=0, day_of_month='*/2')", Dialect.CELERY, "cron(0 0 1/2 * ? *)"),
        ("900.0", Dialect.CELERY, "rate(15 minutes)"),
        ("86400", Dialect.CELERY, "rate(1 day)"),
        ("datetime.timedelta(hours=1)", Dialect.CELERY, "rate(1 hour)"),
        ("timedelta(minutes=90)", Dialect.CELERY, "rate(90 minutes)"),
        ("schedule(run_every=120)", Dialect.CELERY, "rate(2 minutes)"),
        ("0 3 * * 7", Dialect.CRON, "cron(0 3 ? * SUN *)"),
        ("@daily", Dialect.CRON, "cron(0 0 * * ? *)"),
        ("crontab('0', '3', '1')", Dialect.CRON, "cron(0 3 1 * ? *)"),
        ("CronTrigger(hour=3)", Dialect.APSCHEDULER, "cron(0 3 * * ? *)"),
        ("CronTrigger(day_of_week=0)", Dialect.APSCHEDULER, "cron(0 0 ? * MON *)"),
        ("CronTrigger(month=6)", Dialect.APSCHEDULER, "cron(0 0 1 6 ? *)"),
        ("IntervalTrigger(minutes=5)", Dialect.APSCHEDULER, "rate(5 minutes)"),
    ],
)  # fmt: skip
def test_it_says_the_same(written: str, dialect: Dialect, expression: str) -> None:
    assert schedule_expression(written, dialect) == expression


@pytest.mark.parametrize(
    ("written", "dialect", "says"),
    [
        ("30.0", Dialect.CELERY, "finest step is a minute"),
        ("90", Dialect.CELERY, "whole minutes only"),
        ("solar('sunset', 1, 2)", Dialect.CELERY, "the sun"),
        ("crontab(minute=0, hour=0, day_of_month=1, day_of_week=1)", Dialect.CELERY, "asks both"),
        ("0 0 1 * 1", Dialect.CRON, "asks either"),
        ("CronTrigger(second='*/5')", Dialect.APSCHEDULER, "finest step is a minute"),
        ("settings.NIGHTLY", Dialect.CELERY, "only known when the program runs"),
        ("crontab(hour=settings.HOUR)", Dialect.CELERY, "not understood"),
        ("own_schedule(3)", Dialect.CELERY, "the project's own"),
        ("", Dialect.CELERY, "not understood"),
    ],
)
def test_what_has_no_equal_is_said(written: str, dialect: Dialect, says: str) -> None:
    with pytest.raises(NoEqual, match=says):
        schedule_expression(written, dialect)


def test_fields_by_name() -> None:
    assert cron_expression({"hour": "1-3", "minute": "0"}, Dialect.APSCHEDULER) == "cron(0 1-3 * * ? *)"
    assert rate_expression({"hours": 1, "minutes": 30}) == "rate(90 minutes)"
    with pytest.raises(NoEqual, match="week"):
        cron_expression({"week": "3"}, Dialect.APSCHEDULER)


FIELD = {
    "minute": st.sampled_from(["*", "0", "7,9", "*/7", "10-50/20", "55-5", "59"]),
    "hour": st.sampled_from(["*", "0", "*/5", "8-17", "22-3", "1,13"]),
    "day_of_week": st.sampled_from(["*", "mon-fri", "0", "5-1", "*/2", "sat,sun"]),
}


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries(FIELD), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_celery_and_the_scheduler_run_at_the_same_minutes(fields: dict[str, str], start: datetime) -> None:
    """Celery's own reading of the fields against this program's expression, minute by minute for half a day."""
    known = crontab(**fields)
    expression = schedule_expression("crontab(**{})" if not fields else _written(fields))
    for offset in range(0, 720, 7):
        moment = start + timedelta(minutes=offset)
        theirs = (
            moment.minute in known.minute
            and moment.hour in known.hour
            and (moment.isoweekday() % 7) in known.day_of_week
        )
        assert _runs_at(expression, moment) == theirs, (expression, moment)


def _written(fields: dict[str, str]) -> str:
    return f"crontab({', '.join(f'{name}={text!r}' for name, text in fields.items())})"


def _runs_at(expression: str, moment: datetime) -> bool:
    """The scheduler's own rules, as its documentation has them."""
    minute, hour, _, _, day, _ = expression.removeprefix("cron(").removesuffix(")").split()
    weekday = DAYS[moment.isoweekday() % 7]
    return (
        _fits(minute, moment.minute, 59)
        and _fits(hour, moment.hour, 23)
        and (day in ("?", "*") or any(_day_fits(part, weekday) for part in day.split(",")))
    )


def _fits(text: str, value: int, most: int) -> bool:
    for part in text.split(","):
        if part == "*":
            return True
        first, slash, step = part.partition("/")
        low, dash, high = first.partition("-")
        last = int(high) if dash else (most if slash else int(low))
        if value in range(int(low), last + 1, int(step or 1)):
            return True
    return False


def _day_fits(part: str, weekday: str) -> bool:
    first, dash, last = part.partition("-")
    return weekday == first if not dash else DAYS.index(first) <= DAYS.index(weekday) <= DAYS.index(last)


def test_the_source_of_a_timetable_may_be_any_text() -> None:
    for text in ("crontab(", "x y z a b", "* * * *", "1" * 400, "lambda: 3", repr(ast)):
        with pytest.raises(NoEqual):
            schedule_expression(text)
