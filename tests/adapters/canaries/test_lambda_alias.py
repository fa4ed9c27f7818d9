"""Other code behind a canary is another text."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from migrator.adapters.canaries.lambda_alias import FRESH_S, LambdaCanaries, LambdaTarget
from migrator.domain.observations import NoData
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior, HttpServer
from tests.support.moto import REGION, Function, aws_server, function

TARGETS = {
    "alias": LambdaTarget("tax", "live", REGION),
    "version": LambdaTarget("tax", "2", REGION),
    "latest": LambdaTarget("tax", "", REGION),
    "missing": LambdaTarget("tax", "none", REGION),
}


@pytest.fixture(scope="module")
def tax() -> Iterator[Function]:
    with aws_server() as url:
        made = function(url)
        made.add_alias("live", "1")
        yield made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def canaries(tax: Function, clock: FakeClock) -> Iterator[LambdaCanaries]:
    canaries = LambdaCanaries(TARGETS, endpoint=tax.awslambda.meta.endpoint_url, clock=clock)
    yield canaries
    canaries.close()


def hash_of(tax: Function, version: str) -> str:
    return str(tax.awslambda.get_function_configuration(FunctionName="tax", Qualifier=version)["CodeSha256"])


def test_an_alias_is_its_versions_and_the_hash_of_their_code(
    tax: Function, canaries: LambdaCanaries, clock: FakeClock
) -> None:
    assert hash_of(tax, "1") != hash_of(tax, "2")
    assert canaries.deployed("alias") == f"1 sha256:{hash_of(tax, '1')}"
    tax.change_by_hand("live", FunctionVersion="2")
    assert canaries.deployed("alias") == f"1 sha256:{hash_of(tax, '1')}", "for so long an answer is kept"
    clock.pass_time(FRESH_S)
    assert canaries.deployed("alias") == f"2 sha256:{hash_of(tax, '2')}"
    tax.change_by_hand("live", RoutingConfig={"AdditionalVersionWeights": {"3": 0.1}})
    clock.pass_time(FRESH_S)
    assert canaries.deployed("alias") == f"2 sha256:{hash_of(tax, '2')}, 3 sha256:{hash_of(tax, '3')}"
    tax.change_by_hand("live", FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})


def test_a_version_and_the_latest_code(tax: Function, canaries: LambdaCanaries) -> None:
    assert canaries.deployed("version") == f"2 sha256:{hash_of(tax, '2')}"
    assert canaries.deployed("latest") == f"$LATEST sha256:{hash_of(tax, '$LATEST')}"


def test_what_is_not_there_is_not_known(canaries: LambdaCanaries) -> None:
    gone = canaries.deployed("missing")
    assert isinstance(gone, NoData) and "lambda:GetAlias" in gone.reason
    assert isinstance(canaries.deployed("other"), NoData)


def test_a_clock_that_goes_back_keeps_no_answer_for_long(
    tax: Function, canaries: LambdaCanaries, clock: FakeClock
) -> None:
    canaries.deployed("alias")
    tax.change_by_hand("live", FunctionVersion="3")
    clock.pass_time(-3600)
    assert canaries.deployed("alias") == f"3 sha256:{hash_of(tax, '3')}"
    tax.change_by_hand("live", FunctionVersion="1")


def test_aws_that_hangs_is_not_waited_for(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with HttpServer("aws") as server:
        server.behavior = Behavior(delay_s=30)
        canaries = LambdaCanaries(TARGETS, endpoint=server.url, clock=clock, limit_s=0.5)
        began = time.monotonic()
        assert isinstance(canaries.deployed("alias"), NoData)
        assert time.monotonic() - began < 2
