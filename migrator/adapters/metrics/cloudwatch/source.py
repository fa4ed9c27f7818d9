"""CloudWatch behind the port: whole minutes, each once, and only when they are complete.

In: a route and a mark. Out: what each side did since. A mark is the end of the last minute that was taken, so that a look
may be repeated. CloudWatch has no datapoint for a minute without requests, nor for one that is not published yet. Minutes
therefore count up to the last one that anything was published of; one before it without a datapoint had no requests. A
balancer publishes its healthy hosts without requests too. An alias that nobody calls publishes nothing: that is no data.

Needs `cloudwatch:GetMetricData`; for target groups also `elasticloadbalancing:DescribeListeners` and
`elasticloadbalancing:DescribeRules`. AWS lets no resource be named for any of them. A look asks for up to
61 metrics, which AWS sells at a price for each (Amazon CloudWatch pricing: GetMetricData).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from migrator.adapters import marks
from migrator.adapters.aws import AwsService, Json
from migrator.adapters.clock import SystemClock
from migrator.adapters.metrics.cloudwatch.grid import Grid
from migrator.adapters.metrics.cloudwatch.series import Dimensions, Kind, Measured
from migrator.adapters.metrics.cloudwatch.sharing import RuleSharing
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError
from migrator.rollout.ports import Clock

PERIOD_S: Final = 60
LAG_S: Final = 180.0
"""How long after a minute its figures are taken for complete. AWS sends them once a minute and promises no time."""

KEPT_S: Final = 15 * 24 * 3600
"""Minutes are kept for so long (GetMetricData)."""

_AT_ONCE_S: Final = 3 * 3600
"""Of one look: 180 minutes of 60 series are 10,800 datapoints, of 100,800 that one call may tell."""

_SET_BACK_S: Final = 600.0
_PER_CALL: Final = 500
_FORM: Final = "cloudwatch/1"


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of the last minute that was taken.

    Attributes:
        upto: seconds since the epoch, a multiple of 60.
        grid: the bounds between which answers are counted, for as long as the marks are of one chain.
        owed: failures of legacy and of the canary that are not told yet.
    """

    upto: int
    grid: Grid
    owed: tuple[int, int] = (0, 0)

    def text(self) -> str:
        """The mark as text for the record of a rollout."""
        return marks.dumped(_FORM, {"upto": self.upto, "grid": self.grid.first, "owed": self.owed})

    @classmethod
    def of_text(cls, text: str) -> Mark | None:
        """The mark that a text says, or None where it is no mark of this source."""
        return marks.loaded(_FORM, text, cls._of)

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Mark:
        legacy, canary = values["owed"]
        upto = int(values["upto"])
        datetime.fromtimestamp(upto, UTC)
        return cls(upto - upto % PERIOD_S, Grid(min(200, max(0, int(values["grid"])))), (int(legacy), int(canary)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series of one side."""

    namespace: str
    metric: str
    statistic: str
    dimensions: Dimensions


class CloudWatchMetrics:
    """Reads the series of some routes.

    Args:
        routes: route to its series, from `balanced` or `aliased`.
        lag_s: how long a minute is waited for. What Lambda publishes carries the time at which a call began and comes when
            it has ended, so that it must be longer than the function may run.
        sharing: finds target groups that are not a route's own; None looks for none.
        service: one that is asked instead.
    """

    def __init__(
        self,
        routes: Mapping[str, Measured],
        *,
        region: str = "",
        endpoint: str = "",
        lag_s: float = LAG_S,
        sharing: RuleSharing | None = None,
        clock: Clock | None = None,
        service: AwsService | None = None,
    ) -> None:
        self._routes = dict(routes)
        self._service = service or AwsService("cloudwatch", region=region, endpoint=endpoint)
        self._lag_s = lag_s
        self._sharing = sharing
        self._clock = clock or SystemClock()

    def close(self) -> None:
        """Give up the connections."""
        self._service.close()
        if self._sharing is not None:
            self._sharing.close()

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        measured = self._routes.get(route)
        return Measuring(
            measured.kind.point if measured else "nowhere", self._lag_s + PERIOD_S, times=measured is not None
        )

    def mark(self, route: str) -> str:
        """The end of the present minute: what began in it belongs to what was before.

        Raises:
            RemoteError: CloudWatch does not answer.
        """
        now = self._clock.now()
        upto = math.ceil(now / PERIOD_S) * PERIOD_S
        measured = self._routes.get(route)
        p95_ms = self._p95_ms(measured, upto - PERIOD_S) if measured is not None else None
        return Mark(upto, Grid.around(p95_ms)).text()

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken.

        Returns:
            An observation of no time at all where no further minute can be complete yet.

        Raises:
            RemoteError: CloudWatch does not answer.
        """
        before, measured = Mark.of_text(mark), self._routes.get(route)
        if before is None:
            return NoData("the mark is not one of this version's for CloudWatch", mark_lost=True)
        if measured is None:
            return NoData(f"no series of CloudWatch are known for {route}")
        now = self._clock.now()
        horizon = math.floor((now - self._lag_s) / PERIOD_S) * PERIOD_S
        if before.upto < now - KEPT_S:
            return NoData("the mark is from before what CloudWatch keeps by the minute", mark_lost=True)
        if before.upto > now + PERIOD_S + _SET_BACK_S:
            return NoData("the mark is from the future: the clock was set back", mark_lost=True)
        if horizon <= before.upto:
            nothing = Sample(0, 0)
            return Observation(0.0, nothing, nothing, mark, float(before.upto))
        if self._sharing is not None and measured.groups and (why := self._sharing.why_shared(measured.groups)):
            return NoData(why)
        return self._taken(measured, before, horizon)

    def _taken(self, measured: Measured, before: Mark, horizon: int) -> Observation | NoData:
        begin = before.upto
        while begin < horizon:
            end = min(horizon, begin + _AT_ONCE_S)
            try:
                found = self._minutes(_asked(measured, before.grid), begin, end)
            except _Unusable as error:
                return NoData(str(error))
            published = {minute for series in found.values() for minute in series}
            if published:
                upto = max(published) + PERIOD_S
                legacy, owed_legacy = _sample(measured.kind, found, measured.legacy, before.grid, before.owed[0])
                canary, owed_canary = _sample(measured.kind, found, measured.canary, before.grid, before.owed[1])
                after = Mark(upto, before.grid, (owed_legacy, owed_canary))
                return Observation(float(upto - begin), legacy, canary, after.text(), float(upto))
            begin = end
        since = datetime.fromtimestamp(before.upto, UTC).strftime("%H:%M")
        return NoData(
            f"CloudWatch has published nothing since {since} UTC: there is no traffic, or its figures are late"
        )

    def _p95_ms(self, measured: Measured, until: int) -> float | None:
        """Legacy's 95th percentile of the last hours."""
        asked = _Asked(measured.kind.namespace, measured.kind.time, "p95", measured.legacy)
        try:
            series = self._minutes((asked,), until - _AT_ONCE_S, until, period_s=_AT_ONCE_S)[asked]
        except _Unusable:
            return None
        return max(series.values(), default=0.0) * measured.kind.unit_ms or None

    def _minutes(
        self, asked: Sequence[_Asked], begin: int, end: int, period_s: int = PERIOD_S
    ) -> dict[_Asked, dict[int, float]]:
        """What was published, by series and minute.

        Raises:
            _Unusable: something that is no count.
            RemoteError: CloudWatch does not answer, or could not answer for a series.
        """
        found: dict[_Asked, dict[int, float]] = {one: {} for one in asked}
        for first in range(0, len(asked), _PER_CALL):
            some = {f"m{number}": one for number, one in enumerate(asked[first : first + _PER_CALL])}
            answered = self._service.pages(
                "GetMetricData",
                "MetricDataResults",
                MetricDataQueries=[_query(name, one, period_s) for name, one in some.items()],
                StartTime=datetime.fromtimestamp(begin, UTC),
                EndTime=datetime.fromtimestamp(end, UTC),
                ScanBy="TimestampAscending",
            )
            for minute, value, one in _datapoints(answered, some):
                if begin - period_s < minute < end:
                    found[one][minute] = value
        return found


class _Unusable(Exception):
    """CloudWatch has told something that is no count."""


def _asked(measured: Measured, grid: Grid) -> tuple[_Asked, ...]:
    kind = measured.kind
    both = [
        _Asked(kind.namespace, metric, statistic, side)
        for side in (measured.legacy, measured.canary)
        for metric, statistic in (
            *((name, "Sum") for name in (kind.requests, *kind.failures, *kind.attempts)),
            *((kind.time, statistic) for statistic in grid.statistics(kind.unit_ms)),
        )
    ]
    return (*both, _Asked(kind.namespace, kind.alive, "Minimum", measured.legacy)) if kind.alive else tuple(both)


def _query(name: str, asked: _Asked, period_s: int) -> Json:
    dimensions = [{"Name": key, "Value": value} for key, value in asked.dimensions]
    metric = {"Namespace": asked.namespace, "MetricName": asked.metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period_s, "Stat": asked.statistic}}


def _datapoints(answered: Sequence[Json], names: Mapping[str, _Asked]) -> Iterator[tuple[int, float, _Asked]]:
    for result in answered:
        if result.get("StatusCode") in ("InternalError", "Forbidden"):
            raise RemoteError(
                f"CloudWatch could not tell {names[result['Id']].metric}: {result['StatusCode']}", retryable=True
            )
        for when, value in zip(result.get("Timestamps") or (), result.get("Values") or (), strict=True):
            if value is None or not math.isfinite(value) or value < 0:
                raise _Unusable(f"CloudWatch has told {value} for {names[result['Id']].metric}, which is no count")
            yield int(when.timestamp()), float(value), names[result["Id"]]


def _sample(
    kind: Kind, found: Mapping[_Asked, Mapping[int, float]], side: Dimensions, grid: Grid, owed: int
) -> tuple[Sample, int]:
    """What a side did, and failures that are told before their requests."""

    def total(metric: str, statistic: str = "Sum") -> int:
        return round(sum(found[_Asked(kind.namespace, metric, statistic, side)].values()))

    requests = total(kind.requests)
    seen = owed + sum(map(total, kind.failures))
    failed = min(seen + sum(map(total, kind.attempts)), requests)
    times = grid.buckets([total(kind.time, statistic) for statistic in grid.statistics(kind.unit_ms)])
    return Sample(requests, failed, times, bounds=grid.bounds), max(0, seen - failed)
