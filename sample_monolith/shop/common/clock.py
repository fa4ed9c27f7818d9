"""One place that knows what time it is. The database stores naive UTC."""

from datetime import UTC, date, datetime, timedelta


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    return now().date()


def last_months(count: int) -> list[str]:
    """The months before this one as YYYY-MM, the youngest first."""
    year, month = today().year, today().month
    found = []
    for _ in range(count):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        found.append(f"{year}-{month:02}")
    return found


def hours_ago(hours: float) -> datetime:
    return now() - timedelta(hours=hours)


def days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)
