"""When will it arrive? Asked by the product page with the visitor's own date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint

bp = Blueprint("delivery", __name__)

# working days on the road: earliest, latest
DAYS = {"domestic": (1, 2), "eu": (3, 5), "world": (6, 12)}
FIXED_HOLIDAYS = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
EASTER_OFFSETS = (-2, 1, 39, 50)


def easter(year: int) -> date:
    """Gauss, as corrected by Lichtenberg."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + timedelta(days=og + oe - 1)


def is_working_day(day: date) -> bool:
    if day.weekday() >= 5 or (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    return (day - easter(day.year)).days not in EASTER_OFFSETS


def add_working_days(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def estimate(zone: str, ordered: str) -> Any:
    try:
        day = date.fromisoformat(ordered)
    except ValueError:
        return {"error": f"{ordered!r} is not a date (YYYY-MM-DD)"}, 422
    if not 2000 <= day.year <= 2100:
        return {"error": "date is out of range"}, 422
    if zone not in DAYS:
        return {"error": f"unknown zone {zone!r}"}, 404
    earliest, latest = DAYS[zone]
    return {
        "zone": zone,
        "ordered": day.isoformat(),
        "leaves": add_working_days(day, 1).isoformat(),
        "earliest": add_working_days(day, 1 + earliest).isoformat(),
        "latest": add_working_days(day, 1 + latest).isoformat(),
    }


bp.add_url_rule("/api/delivery/<zone>/<ordered>", view_func=estimate, methods=["GET"])
