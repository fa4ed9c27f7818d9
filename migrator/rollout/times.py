"""Instants as an operator reads them."""

from __future__ import annotations

from datetime import UTC, datetime


def clock_time(at: float) -> str:
    """Seconds since the epoch as `2026-01-31T23:59:59Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
