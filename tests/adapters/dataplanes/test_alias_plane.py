"""The alias of a function as a plane, against a server that answers like AWS's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from migrator.adapters.aws import SETTLE_S, AwsService, Foreign, Json
from migrator.adapters.dataplanes.lambda_alias import AliasDataPlane
from migrator.domain.routes import AliasRoute, BalancerRoute, HttpMatch, Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.ports import Drift, Fence, Fenced
from tests.support.aws_faults import Fault, FaultyService
from tests.support.fake_clock import FakeClock
from tests.support.moto import REGION, Function, aws_server, function


@pytest.fixture(scope="module")
def tax() -> Iterator[Function]:
    with aws_server() as url:
        yield function(url)


@pytest.fixture(autouse=True)
def live(tax: Function) -> None:
    """One alias, `live`, of version 1."""
    for alias in tax.awslambda.list_aliases(FunctionName=tax.name)["Aliases"]:
        tax.awslambda.delete_alias(FunctionName=tax.name, Name=alias["Name"])
    tax.add_alias("live", "1", "owned by team tax")


@pytest.fixture(scope="module")
def endpoint(tax: Function) -> str:
    return str(tax.awslambda.meta.endpoint_url)


@pytest.fixture(scope="module")
def service(endpoint: str) -> Iterator[AwsService]:
    with closing(AwsService("lambda", region=REGION, endpoint=endpoint)) as service:
        yield service


@pytest.fixture
def plane(service: AwsService) -> AliasDataPlane:
    return AliasDataPlane([ROUTE], service=service, clock=FakeClock())


ROUTE = AliasRoute("tax", "tax", "live", "1", "2", 0)


def faulty(endpoint: str, fault: Fault, clock: FakeClock | None = None) -> AliasDataPlane:
    service = FaultyService("lambda", fault, region=REGION, endpoint=endpoint)
    return AliasDataPlane([ROUTE], service=service, clock=clock or FakeClock())


def calls(tax: Function, alias: str = "live") -> tuple[str, dict[str, float]]:
    """The version that an alias invokes, and the shares of others."""
    found = tax.alias(alias)
    return found["FunctionVersion"], (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}


def test_the_canary_is_the_additional_version_until_it_has_everything(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(ROUTE)
    assert calls(tax) == ("1", {})
    plane.shift("tax", Weight(25))
    assert calls(tax) == ("1", {"2": 0.25})
    plane.shift("tax", Weight(0.1))
    assert calls(tax) == ("1", {"2": 0.001})
    plane.shift("tax", Weight(100))
    assert calls(tax) == ("2", {})
    plane.shift("tax", Weight(0))
    assert calls(tax) == ("1", {})


def test_what_a_person_has_written_stays(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    assert tax.alias("live")["Description"] == "owned by team tax [migrator route=tax legacy=1 canary=2 weight=5]"
    plane.shift("tax", Weight(33.3))
    assert tax.alias("live")["Description"].startswith("owned by team tax [migrator ")
    plane.retire("tax")
    assert tax.alias("live")["Description"] == "owned by team tax"


def test_a_description_without_room_is_not_cut(plane: AliasDataPlane, tax: Function) -> None:
    tax.change_by_hand("live", Description="x" * 220)
    with pytest.raises(UsageError, match="has no room for its record") as caught:
        plane.ensure(replace(ROUTE, weight=5))
    assert "characters" in caught.value.hint
    assert tax.alias("live")["Description"] == "x" * 220
    assert calls(tax) == ("1", {})


def test_another_process_reads_the_same(plane: AliasDataPlane, endpoint: str) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    plane.shift("tax", Weight(40))
    with closing(AliasDataPlane([ROUTE], region=REGION, endpoint=endpoint)) as other:
        assert other.weights("tax") == other.recorded("tax") == Weight(40)
        assert other.routes() == {"tax": replace(ROUTE, weight=40)}


@pytest.mark.parametrize(
    "by_hand",
    [
        {"RoutingConfig": {"AdditionalVersionWeights": {"2": 0.5}}},
        {"RoutingConfig": {"AdditionalVersionWeights": {}}},
        {"FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.5}}},
    ],
)
def test_another_hand_is_noticed_and_not_written_over(
    plane: AliasDataPlane, tax: Function, by_hand: dict[str, Any]
) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    tax.change_by_hand("live", **by_hand)
    before = calls(tax)
    with pytest.raises(Drift, match="5 % was set last"):
        plane.shift("tax", Weight(25))
    plane.ensure(ROUTE)
    assert calls(tax) == before
    assert plane.recorded("tax") == Weight(5)
    assert plane.shift("tax", Weight(25), overwrite=True) == Weight(25)
    assert calls(tax) == ("1", {"2": 0.25})


def test_two_versions_the_other_way_round_are_the_same_share(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    tax.change_by_hand("live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.95}})
    assert plane.weights("tax") == Weight(5)
    assert plane.shift("tax", Weight(6)) == Weight(6)


def test_an_alias_that_somebody_pointed_elsewhere_is_said_and_mended_on_demand(
    plane: AliasDataPlane, tax: Function
) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    tax.change_by_hand("live", FunctionVersion="3")
    for asked in (lambda: plane.weights("tax"), lambda: plane.shift("tax", Weight(9)), lambda: plane.ensure(ROUTE)):
        with pytest.raises(Foreign, match=r"version 3 and 5\.0% to version 2"):
            asked()
    assert calls(tax)[0] == "3"
    assert plane.routes() == {"tax": replace(ROUTE, legacy="3", canary="2", weight=5)}
    assert plane.shift("tax", Weight(9), overwrite=True) == plane.weights("tax")


def test_a_share_that_was_there_before_the_route_is_kept(plane: AliasDataPlane, tax: Function) -> None:
    tax.change_by_hand("live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.125}})
    plane.ensure(replace(ROUTE, weight=50))
    assert plane.recorded("tax") == plane.weights("tax") == Weight(12.5)


def test_a_promoted_version_is_the_legacy_of_the_next_route(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(ROUTE)
    plane.shift("tax", Weight(100))
    plane.ensure(replace(ROUTE, legacy="2", canary="3", weight=5))
    assert calls(tax) == ("2", {"3": 0.05})
    assert plane.recorded("tax") == Weight(5)


def test_another_canary_in_the_middle_is_refused(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(replace(ROUTE, weight=50))
    with pytest.raises(Foreign, match="tax is about versions 1 and 3"):
        plane.ensure(replace(ROUTE, canary="3"))
    assert calls(tax) == ("1", {"2": 0.5})


def test_retiring_ends_a_share_but_keeps_what_has_been_promoted(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(replace(ROUTE, weight=50))
    plane.retire("tax")
    plane.retire("tax")
    assert calls(tax) == ("1", {})
    plane.ensure(ROUTE)
    plane.shift("tax", Weight(100))
    plane.retire("tax")
    assert calls(tax) == ("2", {})
    assert plane.weights("tax") is None


def test_an_alias_carries_one_route(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    other = replace(ROUTE, name="vat", weight=20)
    with pytest.raises(RemoteError, match="carries the route tax already") as caught:
        plane.ensure(other)
    assert "migrator router retire tax" in caught.value.hint
    with pytest.raises(UsageError, match="tax and vat name the same alias"):
        plane.ensure_all([ROUTE, other])
    plane.ensure_all([other], only=True)
    assert list(plane.routes()) == ["vat"]


def test_routes_that_are_not_wanted_any_more_are_retired(plane: AliasDataPlane, tax: Function) -> None:
    tax.add_alias("beta")
    beta = AliasRoute("beta", "tax", "beta", "1", "3", 20)
    plane.ensure_all([replace(ROUTE, weight=5), beta])
    plane.ensure_all([beta], only=True)
    assert plane.routes() == {"beta": beta}
    assert calls(tax) == ("1", {})
    assert tax.alias("live")["Description"] == "owned by team tax"


def test_a_route_that_moves_to_another_alias_leaves_the_first(plane: AliasDataPlane, tax: Function) -> None:
    tax.add_alias("beta")
    plane.ensure(replace(ROUTE, weight=5))
    plane.ensure(replace(ROUTE, alias="beta", weight=5))
    assert calls(tax) == ("1", {})
    assert calls(tax, "beta") == ("1", {"2": 0.05})


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({"canary": "$LATEST"}, UsageError, "names the version .LATEST"),
        ({"canary": "1"}, UsageError, "version 1 for both sides"),
        ({"alias": "none"}, RemoteError, "tax has no alias none"),
        ({"function": "none"}, RemoteError, "none has no alias live"),
        ({"canary": "9"}, RemoteError, "version 9 of tax, which does not exist"),
        ({"legacy": "3"}, Foreign, "sends calls to version 1; tax is about versions 3 and 2"),
    ],
)
def test_a_route_that_an_alias_cannot_carry_is_refused_before_anything_is_written(
    plane: AliasDataPlane, tax: Function, settings: dict[str, str], kind: type[Exception], says: str
) -> None:
    tax.add_alias("beta")
    beta = AliasRoute("beta", "tax", "beta", "1", "3", 20)
    with pytest.raises(kind, match=says):
        plane.ensure_all([beta, replace(ROUTE, **settings)])
    assert calls(tax) == calls(tax, "beta") == ("1", {})


def test_a_route_of_another_kind_is_refused(plane: AliasDataPlane) -> None:
    with pytest.raises(UsageError, match="another kind of route"):
        plane.ensure(BalancerRoute("tax", HttpMatch((), "/"), "a", "b", 0))


@pytest.mark.parametrize("sent", [False, True], ids=["not sent", "answer lost"])
def test_a_shift_that_was_cut_off_is_no_drift_and_the_next_one_mends_it(
    plane: AliasDataPlane, endpoint: str, sent: bool
) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    with closing(faulty(endpoint, Fault(1, sent))) as cut, pytest.raises(RemoteError, match="was lost"):
        cut.shift("tax", Weight(25))
    assert plane.recorded("tax") == plane.weights("tax") == Weight(25 if sent else 5)
    fault = Fault()
    with closing(faulty(endpoint, fault)) as again:
        assert again.shift("tax", Weight(25)) == plane.weights("tax") == Weight(25)
    assert len(fault.changes) == (0 if sent else 1)


def test_a_weight_is_live_when_shift_returns_however_late_aws_shows_it(plane: AliasDataPlane, endpoint: str) -> None:
    plane.ensure(replace(ROUTE, weight=5))
    clock = FakeClock()
    with closing(faulty(endpoint, Fault(late=3), clock)) as late:
        assert late.shift("tax", Weight(25)) == late.weights("tax") == Weight(25)
    assert 0 < sum(clock.slept) < SETTLE_S
    with closing(faulty(endpoint, Fault(late=1000), clock)) as late, pytest.raises(RemoteError, match="did not keep"):
        late.shift("tax", Weight(30))


FENCE = Fence(1_700_000_000.5, 7)
OLDER = Fence(1_700_000_000.5, 6)


def test_the_fence_stands_in_the_description_and_outlives_another_canary(plane: AliasDataPlane, tax: Function) -> None:
    plane.ensure(ROUTE)
    plane.shift("tax", Weight(5), fence=FENCE)
    assert tax.alias("live")["Description"].endswith("weight=5 fence=1700000000.5:7]")
    plane.shift("tax", Weight(0), fence=FENCE)
    plane.ensure(replace(ROUTE, canary="3"))
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(5), fence=OLDER)
    plane.shift("tax", Weight(5))
    assert "fence" not in tax.alias("live")["Description"]


def test_room_for_a_fence_is_kept_and_where_a_hand_takes_it_traffic_goes_off_all_the_same(
    plane: AliasDataPlane, tax: Function
) -> None:
    tax.change_by_hand("live", Description="x" * 190)
    with pytest.raises(UsageError, match="has no room for its record"):
        plane.ensure(ROUTE)
    tax.change_by_hand("live", Description="")
    plane.ensure(ROUTE)
    plane.shift("tax", Weight(50), fence=FENCE)
    record = tax.alias("live")["Description"]
    tax.change_by_hand("live", Description=record.replace(" fence=1700000000.5:7", "") + "x" * 190)
    assert plane.shift("tax", Weight(0), fence=FENCE) == Weight(0)
    assert calls(tax) == ("1", {})


def test_of_two_that_shift_at_once_the_older_one_is_told(plane: AliasDataPlane, endpoint: str, tax: Function) -> None:
    plane.ensure(ROUTE)

    class Between(AwsService):
        """A newer record shifts between the look and the change."""

        def call(self, operation: str, **arguments: Any) -> Json:
            if operation == "UpdateAlias":
                plane.shift("tax", Weight(1), fence=FENCE)
            return super().call(operation, **arguments)

    late = AliasDataPlane([ROUTE], service=Between("lambda", region=REGION, endpoint=endpoint), clock=FakeClock())
    with closing(late), pytest.raises(RemoteError, match="in this moment"):
        late.shift("tax", Weight(50), fence=OLDER)
    assert calls(tax) == ("1", {"2": 0.01})
