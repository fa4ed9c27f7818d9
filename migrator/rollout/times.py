"""Instants as an operator reads them."""

from __future__ import annotations

from datetime import UTC, datetime


def clock_time(at: float) -> str:
    """Seconds since the epoch as `2026-01-31T23:59:59Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_UNITS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "m"))


def span(seconds: float) -> str:
    """A stretch of time in its largest unit that says it well: `1.5 h`, `20 m`, `3 s`."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
