"""One place that knows what time it is. The database stores naive UTC."""

from datetime import UTC, date, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    return now().date()


def hours_ago(hours: float) -> datetime:
    return now() - timedelta(hours=hours)


def days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)
