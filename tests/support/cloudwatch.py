"""CloudWatch of moto's server, with the statistics and the series that sources of figures ask for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

Dimensions = Iterable[tuple[str, str]]


def teach_trimmed_counts(patched: pytest.MonkeyPatch) -> None:
    """`TC(a:b)` and `pNN`, which moto does not know; "CloudWatch statistics definitions" says what they are."""
    from moto.cloudwatch.models import Statistics

    known = Statistics.get_statistics_for_type

    def told(self: Any, stat: str) -> Any:
        values = sorted(self.metric_single_values_list)
        if stat.startswith("TC("):
            low, _, high = stat[3:-1].partition(":")
            return float(sum((float(low) if low else float("-inf")) < value <= float(high) for value in values))
        if stat.startswith("p"):
            return values[min(len(values) - 1, int(len(values) * float(stat[1:]) / 100))]
        return known(self, stat)

    patched.setattr(Statistics, "get_statistics_for_type", told)


def publish(client: Any, namespace: str, metric: str, dimensions: Dimensions, at: float, *values: float) -> None:
    """One datapoint a value."""
    named = [{"Name": name, "Value": value} for name, value in dimensions]
    when = datetime.fromtimestamp(at, UTC)
    data = [{"MetricName": metric, "Dimensions": named, "Timestamp": when, "Value": value} for value in values]
    for first in range(0, len(data), 20):
        client.put_metric_data(Namespace=namespace, MetricData=data[first : first + 20])
