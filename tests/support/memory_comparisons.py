"""Comparisons remembered in memory."""

from __future__ import annotations

from migrator.domain.comparisons import Comparison
from migrator.domain.observations import NoData


class MemoryComparisons:
    """Implements `ComparisonSource`."""

    def __init__(self) -> None:
        self._kept: dict[str, Comparison] = {}

    def save(self, comparison: Comparison) -> None:
        """Make this the last comparison of its route."""
        self._kept[comparison.route] = comparison

    def latest(self, route: str) -> Comparison | NoData:
        """The last comparison of a route."""
        return self._kept.get(route, NoData(f"{route} has never been compared"))
