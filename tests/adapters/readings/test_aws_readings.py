"""What reading gates are told by AWS: the depth of a queue, a metric, what a million requests cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from migrator.adapters.aws import AwsService
from migrator.adapters.readings import FRESH_S, Readings
from migrator.adapters.readings.cloudwatch import allowed_period, complete_until
from migrator.domain.gates import ReadingGate, ReadingKind
from migrator.domain.looks import Answer, Asked, Reading
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior, HttpServer
from tests.support.moto import REGION, aws_server, client, function

ASKED = Asked("tax", 1, Phase.SHIFTING, 0, 5.0)
NOW = 1_700_000_000.0
MINUTE = (NOW - 60) // 60 * 60
"""The end of the last complete minute at `NOW`."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def readings(server: str, clock: FakeClock) -> Iterator[Readings]:
    readings = Readings(endpoint=server, clock=clock)
    yield readings
    readings.close()


def read(readings: Readings, kind: ReadingKind, **asks: str) -> Answer:
    return readings.read(ReadingGate("g", kind, {"region": REGION, **asks}, at_most=1), ASKED)


def put(server: str, namespace: str, metric: str, values: dict[float, float], **dimensions: str) -> None:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    data = [
        {
            "MetricName": metric,
            "Dimensions": named,
            "Value": value,
            "Timestamp": datetime.fromtimestamp(at, UTC),
        }
        for at, value in values.items()
    ]
    client("cloudwatch", server).put_metric_data(Namespace=namespace, MetricData=data)


def test_the_depth_of_a_queue_by_its_name_and_by_its_url(server: str, readings: Readings) -> None:
    sqs = client("sqs", server)
    url = sqs.create_queue(QueueName="tax-dead")["QueueUrl"]
    assert read(readings, ReadingKind.DEAD_LETTERS, queue="tax-dead") == Reading(0.0, NOW)
    for _ in range(3):
        sqs.send_message(QueueUrl=url, MessageBody="{}")
    for queue in ("tax-dead", url):
        assert read(readings, ReadingKind.DEAD_LETTERS, queue=queue) == Reading(3.0, NOW)
    gone = read(readings, ReadingKind.DEAD_LETTERS, queue="none")
    assert isinstance(gone, NoData) and "sqs:GetQueueUrl" in gone.reason


def test_a_metric_is_told_as_of_the_end_of_its_last_complete_period(server: str, readings: Readings) -> None:
    asks = {"namespace": "Shop", "metric": "Refused", "statistic": "Sum", "dimensions": '{"Country": "DE"}'}
    nothing = read(readings, ReadingKind.CLOUDWATCH, **asks)
    assert isinstance(nothing, NoData) and "no value of the last 300 s" in nothing.reason
    values = {MINUTE - 90: 5.0, MINUTE - 50: 3.0, MINUTE - 10: 4.0, MINUTE + 5: 100.0}
    put(server, "Shop", "Refused", values, Country="DE")
    put(server, "Shop", "Refused", {MINUTE - 10: 1000.0}, Country="FR")
    assert read(readings, ReadingKind.CLOUDWATCH, **asks) == Reading(7.0, MINUTE)
    average = read(readings, ReadingKind.CLOUDWATCH, **{**asks, "statistic": "Average"})
    assert average == Reading(3.5, MINUTE)


def test_a_metric_is_paid_for_once_in_a_while_and_what_is_missing_asked_for_again(
    server: str, readings: Readings, clock: FakeClock
) -> None:
    asks = {"namespace": "Shop", "metric": "Paid", "statistic": "Sum"}
    assert isinstance(read(readings, ReadingKind.CLOUDWATCH, **asks), NoData)
    put(server, "Shop", "Paid", {MINUTE - 10: 1.0})
    assert read(readings, ReadingKind.CLOUDWATCH, **asks) == Reading(1.0, MINUTE)
    put(server, "Shop", "Paid", {MINUTE - 20: 1.0})
    assert read(readings, ReadingKind.CLOUDWATCH, **asks) == Reading(1.0, MINUTE)
    other = {**asks, "statistic": "SampleCount"}
    assert read(readings, ReadingKind.CLOUDWATCH, **other) == Reading(2.0, MINUTE), "another question is asked"
    clock.pass_time(FRESH_S)
    assert read(readings, ReadingKind.CLOUDWATCH, **asks) == Reading(2.0, MINUTE)


def test_a_metric_with_gaps_is_told_with_the_time_that_it_is_of(server: str, readings: Readings) -> None:
    put(server, "Shop", "Rare", {MINUTE - 190: 2.0})
    asks = {"namespace": "Shop", "metric": "Rare", "statistic": "Maximum"}
    found = read(readings, ReadingKind.CLOUDWATCH, **asks)
    assert isinstance(found, Reading) and found.value == 2.0
    assert found.at <= MINUTE - 120


@pytest.mark.parametrize(
    ("asked", "allowed"), [(0.5, 1), (1, 1), (7, 10), (30, 30), (31, 60), (60, 60), (61, 120), (3600, 3600)]
)
def test_a_period_is_one_that_cloudwatch_has(asked: float, allowed: int) -> None:
    assert allowed_period(asked) == allowed


def test_a_period_counts_when_it_is_past_for_a_minute() -> None:
    assert complete_until(3600 + 59, 3600) == 0
    assert complete_until(3600 + 60, 3600) == 3600


def test_a_million_requests_cost_what_their_time_and_their_number_cost(server: str, readings: Readings) -> None:
    made = function(server, "costly")
    made.awslambda.update_function_configuration(FunctionName="costly", MemorySize=512)
    asks = {"function": "costly", "alias": "live"}
    made.add_alias("live", "$LATEST")
    idle = read(readings, ReadingKind.COST, **asks)
    assert isinstance(idle, NoData) and "not invoked in the last hour" in idle.reason
    of_alias = {"FunctionName": "costly", "Resource": "costly:live"}
    # 400 requests of 200 ms, one of them an hour and more ago, and those of another alias.
    put(server, "AWS/Lambda", "Duration", {MINUTE - 30: 60_000.0, MINUTE - 3000: 20_000.0}, **of_alias)
    put(server, "AWS/Lambda", "Invocations", {MINUTE - 30: 300.0, MINUTE - 3000: 100.0}, **of_alias)
    put(server, "AWS/Lambda", "Duration", {MINUTE - 3700: 9e9, MINUTE + 5: 9e9}, **of_alias)
    put(server, "AWS/Lambda", "Duration", {MINUTE - 30: 9e9}, FunctionName="costly", Resource="costly:other")
    found = read(readings, ReadingKind.COST, **asks)
    assert isinstance(found, Reading) and found.at == MINUTE
    # 0.2 s of half a GB, at AWS's price of 0.0000166667 USD for each GB-second, a million times; and 0.20 USD.
    assert found.value == pytest.approx(0.2 * 0.5 * 16.6667 + 0.20)


def test_aws_that_does_not_answer_is_no_data_in_time() -> None:
    with HttpServer("aws") as server, pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "none")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "none")
        server.behavior = Behavior(delay_s=30)
        readings = Readings(endpoint=server.url, clock=FakeClock(NOW), limit_s=0.5)
        began = time.monotonic()
        for _ in range(2):
            found = read(readings, ReadingKind.DEAD_LETTERS, queue="tax-dead")
            assert isinstance(found, NoData)
        assert time.monotonic() - began < 3


def test_a_service_is_asked_no_more_often_than_it_was_told() -> None:
    with HttpServer("aws") as server, pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "none")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "none")
        server.behavior = Behavior(status=500, body=b"{}")
        service = AwsService("sqs", region=REGION, endpoint=server.url, tries=1)
        with pytest.raises(Exception, match="GetQueueUrl"):
            service.call("GetQueueUrl", QueueName="x")
        assert server.count() == 1
