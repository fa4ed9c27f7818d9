"""What CloudWatch is asked for, what its silence means, and what it may say that is no count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.aws import AwsService, Json
from migrator.adapters.metrics.cloudwatch import CloudWatchMetrics, RuleSharing, aliased, balanced
from migrator.adapters.metrics.cloudwatch.grid import BOUNDS, SLOWEST_MS, Grid
from migrator.adapters.metrics.cloudwatch.source import LAG_S, PERIOD_S
from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.routes import AliasRoute, BalancerRoute, HttpMatch
from migrator.errors import RemoteError
from migrator.rollout.statistics.buckets import bound_ms, number_of
from tests.support.fake_clock import FakeClock
from tests.support.moto import REGION, Balancer, aws_server, balancer

GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup"
LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc/f2f7"
BALANCED = BalancerRoute("tax", HttpMatch((), "/"), f"{GROUP}/legacy/1", f"{GROUP}/canary/2", 0)
ALIASED = AliasRoute("tax", "tax", "live", "1", "2", 0)
MINUTE = 1_700_000_040


@dataclass
class SaidByUs(AwsService):
    """Answers GetMetricData by metric, side and minute.

    Attributes:
        said: (metric, TargetGroup or ExecutedVersion) to minutes and values.
        status: of each series.
    """

    said: dict[tuple[str, str], Mapping[int, float]] = field(default_factory=dict)
    status: str = "Complete"
    asked: list[Json] = field(default_factory=list)

    def pages(self, operation: str, member: str, **arguments: Any) -> tuple[Json, ...]:
        assert (operation, member) == ("GetMetricData", "MetricDataResults")
        self.asked.append(arguments)
        begin, end = arguments["StartTime"].timestamp(), arguments["EndTime"].timestamp()
        assert begin % PERIOD_S == 0 and begin < end
        found = []
        for query in arguments["MetricDataQueries"]:
            stat = query["MetricStat"]
            dimensions = {one["Name"]: one["Value"] for one in stat["Metric"]["Dimensions"]}
            side = dimensions.get("ExecutedVersion", dimensions.get("TargetGroup", "").split("/")[1:2])
            key = (stat["Metric"]["MetricName"], side if isinstance(side, str) else side[0])
            plain = stat["Stat"] in ("Sum", "Minimum", "p95")
            points = {at: value for at, value in self.said.get(key, {}).items() if begin <= at < end} if plain else {}
            found.append(
                {
                    "Id": query["Id"],
                    "StatusCode": self.status,
                    "Timestamps": [datetime.fromtimestamp(at, UTC) for at in points],
                    "Values": list(points.values()),
                }
            )
        return tuple(found)

    def close(self) -> None:
        pass


@pytest.fixture
def said() -> SaidByUs:
    return SaidByUs()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MINUTE)


@pytest.fixture
def metrics(said: SaidByUs, clock: FakeClock) -> CloudWatchMetrics:
    return CloudWatchMetrics(balanced([BALANCED], LISTENER), service=said, clock=clock)


def at(minute: int) -> int:
    return MINUTE + minute * PERIOD_S


def seen(metrics: CloudWatchMetrics, mark: str) -> Observation:
    answer = metrics.since("tax", mark)
    assert isinstance(answer, Observation), answer
    return answer


def test_both_sides_are_asked_for_by_the_same_names_at_one_point(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    mark = metrics.mark("tax")
    clock.pass_time(LAG_S + PERIOD_S)
    metrics.since("tax", mark)
    queries = [query["MetricStat"] for query in said.asked[-1]["MetricDataQueries"]]
    by_side: dict[str, list[tuple[str, str]]] = {}
    for query in queries:
        assert query["Metric"]["Namespace"] == "AWS/ApplicationELB"
        assert query["Period"] == 60
        dimensions = {one["Name"]: one["Value"] for one in query["Metric"]["Dimensions"]}
        assert dimensions["LoadBalancer"] == "app/shop/50dc"
        if query["Metric"]["MetricName"] != "HealthyHostCount":
            by_side.setdefault(dimensions["TargetGroup"], []).append((query["Metric"]["MetricName"], query["Stat"]))
    assert set(by_side) == {"targetgroup/legacy/1", "targetgroup/canary/2"}
    legacy, canary = by_side.values()
    assert legacy == canary
    assert len(queries) <= 61, "each is paid for"


def test_a_minute_counts_when_it_is_complete_and_not_before(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    clock.pass_time(20)
    mark = metrics.mark("tax")
    said.said["RequestCount", "legacy"] = {at(minute): 10 for minute in range(20)}
    for passed in (0, 60, LAG_S + 59 - 20):
        clock.at = MINUTE + 20 + passed
        nothing = seen(metrics, mark)
        assert (nothing.window_s, nothing.legacy.requests, nothing.mark) == (0, 0, mark)
    clock.at = at(2) + LAG_S
    first = seen(metrics, mark)
    assert (first.window_s, first.legacy.requests, first.until) == (60, 10, at(2)), "the minute of the mark is left out"
    clock.pass_time(150)
    second = seen(metrics, first.mark)
    assert (second.window_s, second.legacy.requests) == (120, 20)


def test_minutes_without_a_datapoint_had_no_requests_once_a_later_one_has_one(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    mark = metrics.mark("tax")
    clock.at = at(5) + LAG_S
    assert isinstance(metrics.since("tax", mark), NoData)
    said.said["HealthyHostCount", "legacy"] = {at(0): 2, at(1): 2, at(2): 2}
    idle = seen(metrics, mark)
    assert (idle.window_s, idle.legacy.requests, idle.until) == (180, 0, at(3))
    said.said["RequestCount", "canary"] = {at(4): 3}
    later = seen(metrics, idle.mark)
    assert (later.window_s, later.canary.requests) == (120, 3)


def test_failures_are_what_either_kind_of_target_gives_and_never_more_than_requests(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    mark = metrics.mark("tax")
    said.said["RequestCount", "legacy"] = {at(0): 10}
    said.said["HTTPCode_Target_5XX_Count", "legacy"] = {at(0): 2}
    said.said["TargetConnectionErrorCount", "legacy"] = {at(0): 90}
    said.said["RequestCount", "canary"] = {at(0): 5, at(1): 5}
    said.said["HTTPCode_Target_5XX_Count", "canary"] = {at(0): 4}
    said.said["LambdaUserError", "canary"] = {at(0): 2}
    said.said["LambdaInternalError", "canary"] = {at(0): 1}
    clock.at = at(1) + LAG_S
    first = seen(metrics, mark)
    assert (first.legacy.first_try_errors, first.canary.first_try_errors) == (10, 5)
    clock.at = at(2) + LAG_S
    second = seen(metrics, first.mark)
    assert (second.legacy.first_try_errors, second.canary.first_try_errors) == (0, 2), "told late, and only once"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_what_is_no_count_is_no_data(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock, value: float
) -> None:
    mark = metrics.mark("tax")
    said.said["RequestCount", "legacy"] = {at(0): value}
    clock.at = at(1) + LAG_S
    answer = metrics.since("tax", mark)
    assert isinstance(answer, NoData) and not answer.mark_lost and "no count" in answer.reason


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_series_that_could_not_be_told_is_an_error(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock, status: str
) -> None:
    mark = metrics.mark("tax")
    said.status = status
    clock.at = at(1) + LAG_S
    with pytest.raises(RemoteError, match=status):
        metrics.since("tax", mark)


def test_a_long_absence_is_caught_up_with_in_pieces(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    mark = metrics.mark("tax")
    said.said["RequestCount", "legacy"] = {at(minute): 1 for minute in range(0, 3000, 7)}
    clock.at = at(3000) + LAG_S
    requests, looks = 0, 0
    while isinstance(look := metrics.since("tax", mark), Observation):
        requests, looks, mark = requests + look.legacy.requests, looks + 1, look.mark
    assert requests == len(said.said["RequestCount", "legacy"])
    assert looks >= 3000 // 180


def test_an_absence_without_traffic_does_not_keep_the_looks_where_they_are(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    mark = metrics.mark("tax")
    said.said["RequestCount", "canary"] = {at(1000): 4}
    clock.at = at(1001) + LAG_S
    look = seen(metrics, mark)
    assert look.canary.requests == 4
    assert look.window_s < 3 * 3600 + 60, "hours of which nothing is known count for no bake time"


def test_a_clock_that_was_set_back_gives_no_negative_window(metrics: CloudWatchMetrics, clock: FakeClock) -> None:
    mark = metrics.mark("tax")
    clock.pass_time(-120)
    assert seen(metrics, mark).window_s == 0
    clock.pass_time(-7200)
    answer = metrics.since("tax", mark)
    assert isinstance(answer, NoData) and answer.mark_lost


def test_how_it_measures(metrics: CloudWatchMetrics) -> None:
    assert metrics.about("tax") == Measuring("load balancer", LAG_S + PERIOD_S)
    functions = CloudWatchMetrics(aliased([ALIASED]), lag_s=900, service=SaidByUs())
    assert functions.about("tax") == Measuring("function", 960)
    assert not functions.about("unknown").times


@given(st.floats(0.01, 1e6), st.lists(st.floats(0.05, 1e6), max_size=60))
def test_answers_are_booked_where_exact_times_would_be_as_far_as_the_bounds_go(p95: float, times: list[float]) -> None:
    grid = Grid.around(p95)
    counts = []
    for statistic in grid.statistics(1.0)[:-1]:
        low, _, high = statistic[3:-1].partition(":")
        counts.append(sum((float(low) if low else -1) < time <= float(high) for time in times))
    booked = grid.buckets([*counts, len(times)])
    assert sum(booked.values()) == len(times)
    first, last = grid.first, grid.first + BOUNDS - 1
    for number, count in booked.items():
        exact = sum(number_of(time) == number for time in times)
        if first < number <= last:
            assert abs(count - exact) <= sum(
                min(abs(time / bound_ms(edge) - 1) for edge in (number - 1, number)) < 1e-6 for time in times
            )
        elif number == first:
            assert count >= exact
        else:
            assert number == number_of(SLOWEST_MS)


def test_the_bounds_lie_around_what_legacy_needs_and_stay_in_a_chain(
    metrics: CloudWatchMetrics, said: SaidByUs, clock: FakeClock
) -> None:
    said.said["TargetResponseTime", "legacy"] = {at(-100): 0.8}  # seconds
    mark = metrics.mark("tax")
    clock.pass_time(LAG_S + PERIOD_S)
    said.said["HealthyHostCount", "legacy"] = {at(0): 1}
    said.said["TargetResponseTime", "legacy"] = {}
    following = seen(metrics, mark).mark
    clock.pass_time(PERIOD_S)
    metrics.since("tax", following)
    bounds = [
        query["MetricStat"]["Stat"]
        for query in said.asked[-1]["MetricDataQueries"]
        if "TC" in query["MetricStat"]["Stat"]
    ]
    ends = sorted({float(bound[3:-1].partition(":")[2]) for bound in bounds})
    assert ends[0] < 0.8 / 1.6 < 0.8 * 4 < ends[-1]
    assert len(ends) == BOUNDS


@pytest.fixture(scope="module")
def shop() -> Iterator[Balancer]:
    with aws_server() as url:
        yield balancer(url)


def test_a_target_group_that_gets_other_calls_too_is_not_the_routes(shop: Balancer, said: SaidByUs) -> None:
    clock = FakeClock(MINUTE)
    service = AwsService("elbv2", region=REGION, endpoint=shop.elbv2.meta.endpoint_url)
    sharing = RuleSharing(service, shop.listener, clock)

    def rule(*groups: str) -> None:
        actions = [
            {
                "Type": "forward",
                "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1} for group in groups]},
            }
        ]
        priority = len(shop.rules()) + 1
        path = [{"Field": "path-pattern", "Values": [f"/{priority}"]}]
        shop.elbv2.create_rule(ListenerArn=shop.listener, Priority=priority, Conditions=path, Actions=actions)

    rule(shop.empty, shop.canary)
    assert sharing.why_shared((shop.empty, shop.canary)) == ""
    rule(shop.canary)
    assert sharing.why_shared((shop.empty, shop.canary)) == "", "not asked for again within minutes"
    clock.pass_time(301)
    assert "targetgroup/canary/" in sharing.why_shared((shop.empty, shop.canary))
    assert "targetgroup/legacy/" in sharing.why_shared((shop.legacy, shop.empty)), "the default rule sends calls there"
    route = replace(BALANCED, legacy=shop.legacy, canary=shop.canary)
    metrics = CloudWatchMetrics(balanced([route], shop.listener), service=said, clock=clock, sharing=sharing)
    mark = metrics.mark("tax")
    clock.pass_time(LAG_S + 2 * PERIOD_S)
    answer = metrics.since("tax", mark)
    assert isinstance(answer, NoData) and "of the route's own" in answer.reason
    metrics.close()
