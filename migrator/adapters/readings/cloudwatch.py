"""A statistic of a CloudWatch metric, over its last complete period.

In: `namespace`, `metric`, `statistic`, and `dimensions`, `period`, `region`. Out: its newest value, told as of the end of
its period. Needs cloudwatch:GetMetricData.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.aws import AwsService
from migrator.adapters.readings.services import Services
from migrator.domain.looks import Reading
from migrator.domain.observations import NoData
from migrator.rollout.ports import Clock

PERIOD_S: Final = 60
"""Where none is said; the shortest one of a metric of standard resolution."""
LAG_S: Final = 60.0
"""How long the end of a period must be past: what is sent each minute is not there at once."""
_LOOK_BACK: Final = 5  # periods: one that nothing happened in has no value
_SHORT: Final = (1, 5, 10, 20, 30, 60)
"""Source: MetricStat in the CloudWatch API Reference: those, or a multiple of 60."""


@dataclass(frozen=True, slots=True)
class Series:
    """A statistic of a metric.

    Attributes:
        period_s: as CloudWatch allows it; see `allowed_period`.
    """

    namespace: str
    metric: str
    statistic: str
    dimensions: Mapping[str, str]
    period_s: int


@dataclass(frozen=True, slots=True)
class CloudWatchReader:
    """Reads metrics."""

    services: Services
    clock: Clock

    def read(self, asks: Mapping[str, str]) -> Reading | NoData:
        """The newest value of a complete period.

        Raises:
            RemoteError: AWS refused the call or was not reached.
        """
        series = Series(
            asks["namespace"],
            asks["metric"],
            asks["statistic"],
            json.loads(asks.get("dimensions") or "{}"),
            allowed_period(float(asks.get("period") or PERIOD_S)),
        )
        end = complete_until(self.clock.now(), series.period_s)
        service = self.services.of("cloudwatch", asks.get("region", ""))
        (found,) = values_of(service, [series], end - _LOOK_BACK * series.period_s, end)
        if not found:
            return NoData(
                f"{series.metric} of {series.namespace} has no value of the last {_LOOK_BACK * series.period_s:g} s"
            )
        at = max(found)
        if not math.isfinite(found[at]):
            return NoData(f"{series.metric} of {series.namespace} is {found[at]}")
        return Reading(found[at], at + series.period_s)


def allowed_period(seconds: float) -> int:
    """The shortest period that CloudWatch allows and that is no shorter than this."""
    short = next((each for each in _SHORT if each >= seconds), 0)
    return short or math.ceil(seconds / 60) * 60


def complete_until(now: float, period_s: int) -> float:
    """The end of the last period whose values are all there."""
    return (now - LAG_S) // period_s * period_s


def values_of(
    service: AwsService, series: Sequence[Series], begin: float, end: float
) -> tuple[Mapping[float, float], ...]:
    """The values of each series, by the beginning of their periods in seconds since the epoch.

    Raises:
        RemoteError: AWS refused the call or was not reached.
        ValueError: AWS could not tell all of them.
    """
    queries = [
        {
            "Id": f"m{at}",
            "MetricStat": {
                "Metric": {
                    "Namespace": each.namespace,
                    "MetricName": each.metric,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in each.dimensions.items()],
                },
                "Period": each.period_s,
                "Stat": each.statistic,
            },
        }
        for at, each in enumerate(series)
    ]
    told: Any = service.call("GetMetricData", MetricDataQueries=queries, StartTime=begin, EndTime=end)
    results = {result["Id"]: result for result in told["MetricDataResults"]}
    if any(results[f"m{at}"].get("StatusCode") not in (None, "Complete") for at in range(len(series))):
        raise ValueError("not all values were told")
    return tuple(
        {
            moment.timestamp(): float(value)
            for moment, value in zip(results[f"m{at}"]["Timestamps"], results[f"m{at}"]["Values"], strict=True)
        }
        for at in range(len(series))
    )
