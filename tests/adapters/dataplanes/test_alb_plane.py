"""A load balancer as a plane, against a server that answers like AWS's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from migrator.adapters.aws import SETTLE_S, AwsService, Foreign, Json
from migrator.adapters.dataplanes.alb import AlbDataPlane
from migrator.domain.routes import AliasRoute, BalancerRoute, HttpMatch, Segment, Sticky, Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.ports import Drift, Fence, Fenced
from tests.support.aws_faults import Fault, FaultyService
from tests.support.fake_clock import FakeClock
from tests.support.moto import REGION, Balancer, aws_server, balancer


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.fixture(scope="module")
def shop(server: str) -> Balancer:
    return balancer(server)


@pytest.fixture(scope="module")
def opened(shop: Balancer) -> Iterator[AlbDataPlane]:
    with closing(AlbDataPlane(shop.listener, endpoint=shop.elbv2.meta.endpoint_url, clock=FakeClock())) as plane:
        yield plane


@pytest.fixture
def plane(opened: AlbDataPlane, shop: Balancer) -> AlbDataPlane:
    for rule in shop.rules():
        shop.elbv2.delete_rule(RuleArn=rule["RuleArn"])
    return opened


def rarely(*numbers: int) -> list[Any]:
    """Cases of which the suite has those of the same kind already."""
    return [pytest.param(number, marks=pytest.mark.thorough) for number in numbers]


def faulty(shop: Balancer, fault: Fault, clock: FakeClock | None = None) -> AlbDataPlane:
    service = FaultyService("elbv2", fault, region=REGION, endpoint=shop.elbv2.meta.endpoint_url)
    return AlbDataPlane(shop.listener, service=service, clock=clock or FakeClock())


def route(shop: Balancer, name: str = "tax", path: str = "/api/tax/{country}", **settings: Any) -> BalancerRoute:
    match = HttpMatch(("POST",), path)
    return replace(BalancerRoute(name, match, shop.legacy, shop.canary, 0), **settings)


def groups(shop: Balancer, name: str) -> dict[str, int]:
    (action,) = shop.rule(name)["Actions"]
    return {each["TargetGroupArn"]: each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]}


def test_a_route_is_one_rule_with_two_weighted_groups(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    (rule,) = shop.rules()
    assert groups(shop, "tax") == {shop.legacy: 475, shop.canary: 25}
    fields = {condition["Field"] for condition in rule["Conditions"]}
    assert fields == {"path-pattern", "http-request-method"}


def test_routes_come_back_as_they_were_given(plane: AlbDataPlane, shop: Balancer) -> None:
    given = [
        route(shop, "Größe (a) ~ b=c/1%", weight=20, sticky=Sticky("cookie", "", seconds=600)),
        route(
            shop, "low", match=HttpMatch((), "/a/{b}", Segment("header", "x-risk", ("low (1)", "mid")), ("a.example",))
        ),
        route(shop, "first", "/first", priority=3, weight=100, sticky=Sticky("cookie", "", seconds=1)),
        route(shop, "some", match=HttpMatch(("GET", "HEAD"), "/some/{id}", Segment("parameter", "id", ("1", "2")))),
    ]
    plane.ensure_all(given)
    assert plane.routes() == {each.name: each for each in given}


def test_rules_of_others_and_the_default_rule_are_never_written(plane: AlbDataPlane, shop: Balancer) -> None:
    theirs = shop.elbv2.create_rule(
        ListenerArn=shop.listener,
        Priority=100,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}}],
        Tags=[{"Key": "team", "Value": "web"}],
    )["Rules"][0]
    before = shop.elbv2.describe_rules(ListenerArn=shop.listener)["Rules"]
    plane.ensure_all([route(shop), route(shop, "other", "/other")], only=True)
    plane.shift("tax", Weight(50))
    plane.ensure_all([], only=True)
    assert plane.routes() == {}
    assert shop.elbv2.describe_rules(ListenerArn=shop.listener)["Rules"] == before
    assert shop.tags(theirs) == {"team": "web"}


def test_a_more_specific_path_is_looked_at_first_whenever_it_comes(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, "any", "/{any}"))
    plane.ensure(route(shop, "all", "/{any}", match=HttpMatch((), "/{any}")))
    plane.ensure(route(shop, "tax", "/tax"))
    assert [shop.tags(rule)["migrator:route"] for rule in shop.rules()] == ["tax", "any", "all"]


def test_two_routes_swap_the_priorities_that_they_ask_for(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure_all([route(shop, "a", "/a", priority=10), route(shop, "b", "/b", priority=20)])
    plane.ensure_all([route(shop, "a", "/a", priority=20), route(shop, "b", "/b", priority=10)])
    assert [(shop.tags(rule)["migrator:route"], rule["Priority"]) for rule in shop.rules()] == [
        ("b", "10"),
        ("a", "20"),
    ]


def test_a_route_that_changes_keeps_its_rule_and_its_live_weight(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    plane.shift("tax", Weight(40))
    before = shop.rule("tax")["RuleArn"]
    changed = route(shop, path="/v2/tax", weight=5, sticky=Sticky("cookie", "", seconds=60))
    plane.ensure(changed)
    assert shop.rule("tax")["RuleArn"] == before
    assert plane.routes() == {"tax": replace(changed, weight=40)}
    assert plane.recorded("tax") == Weight(40)


def test_a_sticky_route_lets_nobody_stay_on_a_side_that_has_no_weight(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, sticky=Sticky("cookie", "", seconds=600)))
    assert groups(shop, "tax") == {shop.legacy: 500}
    plane.shift("tax", Weight(10))
    (action,) = shop.rule("tax")["Actions"]
    assert action["ForwardConfig"]["TargetGroupStickinessConfig"] == {"Enabled": True, "DurationSeconds": 600}
    plane.shift("tax", Weight(100))
    assert groups(shop, "tax") == {shop.canary: 500}
    assert plane.weights("tax") == Weight(100)
    plane.shift("tax", Weight(0))
    assert groups(shop, "tax") == {shop.legacy: 500}


def test_another_hand_is_noticed_and_not_written_over(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    shop.share_by_hand("tax", canary=1, legacy=2)
    with pytest.raises(Drift, match=r"33\.3333 % of tax is live, but 5 % was set last"):
        plane.shift("tax", Weight(25))
    plane.ensure(route(shop, weight=5))
    plane.ensure(route(shop, sticky=Sticky("cookie", "", seconds=9)))
    assert groups(shop, "tax") == {shop.canary: 1, shop.legacy: 2}
    assert plane.recorded("tax") == Weight(5)
    assert plane.shift("tax", Weight(25), overwrite=True) == Weight(25)
    assert plane.recorded("tax") == plane.weights("tax") == Weight(25)


def test_what_a_hand_has_set_is_adopted_by_shifting_to_it(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    shop.share_by_hand("tax", canary=300, legacy=700)
    plane.shift("tax", Weight(30), overwrite=True)
    assert plane.shift("tax", Weight(31)) == Weight(31)


def test_a_hand_that_goes_back_to_the_weight_before_is_noticed_too(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    plane.shift("tax", Weight(25))
    shop.share_by_hand("tax", canary=25, legacy=475)
    with pytest.raises(Drift):
        plane.shift("tax", Weight(50))


def test_a_rule_that_somebody_pointed_elsewhere_is_said_and_mended_on_demand(
    plane: AlbDataPlane, shop: Balancer
) -> None:
    plane.ensure(route(shop, weight=5))
    shop.elbv2.modify_rule(
        RuleArn=shop.rule("tax")["RuleArn"], Actions=[{"Type": "forward", "TargetGroupArn": shop.empty}]
    )
    for asked in (
        lambda: plane.weights("tax"),
        lambda: plane.shift("tax", Weight(9)),
        lambda: plane.ensure(route(shop)),
    ):
        with pytest.raises(Foreign, match="does not forward to its two target groups"):
            asked()
    assert plane.routes() == {"tax": route(shop, legacy=shop.empty, canary="")}
    assert plane.shift("tax", Weight(9), overwrite=True) == plane.weights("tax")


def test_conditions_that_a_hand_has_changed_show_in_the_route(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop))
    shop.elbv2.modify_rule(
        RuleArn=shop.rule("tax")["RuleArn"], Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}]
    )
    assert plane.routes()["tax"].match == HttpMatch((), "/api/*")
    plane.ensure(route(shop))
    assert plane.routes()["tax"] == route(shop)


@pytest.mark.parametrize("at", [0, 1])
def test_other_target_groups_keep_the_share_also_where_the_change_was_cut_off(
    plane: AlbDataPlane, shop: Balancer, at: int
) -> None:
    plane.ensure(route(shop, weight=20))
    made = shop.elbv2.create_target_group(Name=f"canary-{at}", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    function = f"arn:aws:lambda:{REGION}:123456789012:function:tax2"
    shop.elbv2.register_targets(TargetGroupArn=made, Targets=[{"Id": function}])
    if at:
        with closing(faulty(shop, Fault(at, sent=True))) as cut, pytest.raises(RemoteError, match="was lost"):
            cut.ensure(route(shop, canary=made))
        assert groups(shop, "tax") == {shop.legacy: 400, made: 100}
    plane.ensure(route(shop, canary=made))
    assert groups(shop, "tax") == {shop.legacy: 400, made: 100}
    assert plane.recorded("tax") == plane.weights("tax") == Weight(20)


@pytest.mark.parametrize(
    ("settings", "says", "hint"),
    [
        ({"canary": "empty"}, "has no target: its calls would be answered 503", "register the function"),
        ({"canary": "gone"}, "gone, which does not exist", "make it first"),
        ({"legacy": "empty"}, "not legacy's target group of tax", "let it forward to"),
    ],
)
def test_a_route_that_the_listener_cannot_carry_is_refused_before_anything_is_written(
    plane: AlbDataPlane, shop: Balancer, settings: dict[str, str], says: str, hint: str
) -> None:
    known = {"empty": shop.empty, "gone": shop.canary[:-4] + "gone"}
    with pytest.raises(RemoteError, match=says) as caught:
        plane.ensure_all([route(shop, "other", "/other"), route(shop, **{k: known[v] for k, v in settings.items()})])
    assert hint in caught.value.hint
    assert shop.rules() == []


def test_a_listener_that_does_not_exist_is_said(shop: Balancer) -> None:
    arn = shop.listener[:-4] + "0000"
    with closing(AlbDataPlane(arn, endpoint=shop.elbv2.meta.endpoint_url)) as plane:
        with pytest.raises(RemoteError, match="there is no listener") as caught:
            plane.ensure(route(shop))
        assert "describe-listeners" in caught.value.hint


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sticky": Sticky("header", "x-tenant")}, "tax is sticky by header"),
        ({"sticky": Sticky("cookie", "", seconds=604_801)}, "1 to 604800 s"),
        ({"match": HttpMatch((), "/", Segment("claim", "plan", ("a",)))}, "tax: a load balancer cannot"),
        ({"name": "x" * 257}, "route of x+ has 257 characters"),
        ({"canary": "same", "legacy": "same"}, "one target group for both sides"),
    ],
)
def test_what_a_rule_cannot_say_is_refused(
    plane: AlbDataPlane, shop: Balancer, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        plane.ensure(route(shop, **settings))


def test_a_route_of_another_kind_is_refused(plane: AlbDataPlane) -> None:
    with pytest.raises(UsageError, match="another kind of route"):
        plane.ensure(AliasRoute("tax", "tax", "live", "1", "2", 0))


@pytest.mark.parametrize("sent", [False, True], ids=["not sent", "answer lost"])
@pytest.mark.parametrize("at", [2, *rarely(1, 3)])
def test_a_shift_that_was_cut_off_is_no_drift_and_the_next_one_mends_it(
    plane: AlbDataPlane, shop: Balancer, at: int, sent: bool
) -> None:
    plane.ensure(route(shop, weight=5))
    with closing(faulty(shop, Fault(at, sent))) as cut, pytest.raises(RemoteError, match="was lost"):
        cut.shift("tax", Weight(25))
    assert plane.recorded("tax") == plane.weights("tax"), "what is live is our own work"
    assert plane.shift("tax", Weight(25)) == Weight(25)
    assert plane.recorded("tax") == plane.weights("tax") == Weight(25)
    fault = Fault()
    with closing(faulty(shop, fault)) as again:
        again.shift("tax", Weight(25))
    assert fault.changes == (), "what is live and noted is not written again"


@pytest.mark.parametrize("sent", [False, True], ids=["not sent", "answer lost"])
@pytest.mark.parametrize("at", [3, *rarely(1, 2, 4, 5)])
def test_a_configuration_that_was_cut_off_is_completed_by_the_next(
    plane: AlbDataPlane, shop: Balancer, at: int, sent: bool
) -> None:
    plane.ensure_all([route(shop, "old", "/old"), route(shop, "a", "/a/{x}", weight=5)])
    # One is deleted, one changed (the rule, then its tags), two are made.
    wanted = [route(shop, "a", "/a/{y}/b", weight=5), route(shop, "b", "/b", weight=10), route(shop, "c", "/{c}")]
    fault = Fault(at, sent)
    with closing(faulty(shop, fault)) as cut, pytest.raises(RemoteError, match="was lost"):
        cut.ensure_all(wanted, only=True)
    plane.ensure_all(wanted, only=True)
    assert plane.routes() == {each.name: each for each in wanted}
    assert len(shop.rules()) == 3
    nothing = Fault()
    with closing(faulty(shop, nothing)) as again:
        again.ensure_all(wanted, only=True)
    assert nothing.changes == (), "and what is as wanted is not written again"


def test_of_two_rules_for_one_route_the_later_one_goes(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    first = shop.rule("tax")
    shop.elbv2.create_rule(
        ListenerArn=shop.listener,
        Priority=40_000,
        Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
        Actions=first["Actions"],
        Tags=[{"Key": "migrator:route", "Value": "tax"}],
    )
    plane.ensure(route(shop, weight=5))
    assert [rule["RuleArn"] for rule in shop.rules()] == [first["RuleArn"]]


def test_a_weight_is_live_when_shift_returns_however_late_aws_shows_it(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    clock = FakeClock()
    with closing(faulty(shop, Fault(late=3), clock)) as late:
        assert late.shift("tax", Weight(25)) == late.weights("tax") == Weight(25)
    assert clock.slept
    assert sum(clock.slept) < SETTLE_S


def test_a_configuration_is_there_when_ensure_returns_however_late_aws_shows_it(
    plane: AlbDataPlane, shop: Balancer
) -> None:
    plane.ensure(route(shop, path="/tax/{country}"))
    clock = FakeClock()
    with closing(faulty(shop, Fault(late=3), clock)) as late:
        late.ensure(route(shop, path="/tax/{land}"))
        assert late.routes() == {"tax": route(shop, path="/tax/{land}")}
    assert clock.slept, "only the tags differ, and they show late"


def test_a_change_that_never_shows_is_no_success(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop, weight=5))
    clock = FakeClock()
    said = "does not show it yet: the weight 25 % of tax"
    with closing(faulty(shop, Fault(late=1000), clock)) as late, pytest.raises(RemoteError, match=said) as caught:
        late.shift("tax", Weight(25))
    assert caught.value.retryable
    assert SETTLE_S <= sum(clock.slept) < SETTLE_S + 1


class Counting(AwsService):
    """Notes of how many rules it was asked the tags at once: AWS tells those of 20, the server of any number."""

    most = 0

    def call(self, operation: str, **arguments: Any) -> Json:
        if operation == "DescribeTags":
            self.most = max(self.most, len(arguments["ResourceArns"]))
        return super().call(operation, **arguments)


def test_more_rules_than_aws_tells_at_once(plane: AlbDataPlane, shop: Balancer) -> None:
    wanted = [route(shop, f"r{at}", f"/r{at}", weight=at) for at in range(55)]
    plane.ensure_all(wanted)
    service = Counting("elbv2", region=REGION, endpoint=shop.elbv2.meta.endpoint_url)
    with closing(AlbDataPlane(shop.listener, service=service)) as other:
        assert other.routes() == {each.name: each for each in wanted}
    assert service.most == 20
    plane.ensure_all(wanted[:1], only=True)
    assert list(plane.routes()) == ["r0"]


FENCE = Fence(1_700_000_000.5, 7)
OLDER = Fence(1_700_000_000.5, 6)


def test_the_fence_is_a_tag_and_goes_with_a_persons_word(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop))
    plane.shift("tax", Weight(5))
    assert "migrator:fence" not in shop.tags(shop.rule("tax"))
    plane.shift("tax", Weight(5), fence=FENCE)
    assert shop.tags(shop.rule("tax"))["migrator:fence"] == "1700000000.5:7"
    plane.shift("tax", Weight(10))
    assert shop.tags(shop.rule("tax"))["migrator:fence"] == ""
    plane.shift("tax", Weight(20), fence=OLDER)


def test_a_fence_is_noted_before_the_weight_is_changed(plane: AlbDataPlane, shop: Balancer) -> None:
    plane.ensure(route(shop))
    with closing(faulty(shop, Fault(at=2))) as cut_off, pytest.raises(RemoteError, match="ModifyRule was lost"):
        cut_off.shift("tax", Weight(5), fence=FENCE)
    assert groups(shop, "tax") == {shop.legacy: 500, shop.canary: 0}
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(5), fence=OLDER)


@pytest.mark.parametrize("theirs", [1, 0])
def test_of_two_that_shift_at_once_the_older_one_is_told(plane: AlbDataPlane, shop: Balancer, theirs: float) -> None:
    plane.ensure(route(shop))
    plane.shift("tax", Weight(2), fence=Fence(1.0, 1))

    class Between(AwsService):
        """A newer record shifts between the look and the first change."""

        done = False

        def call(self, operation: str, **arguments: Any) -> Json:
            if operation == "AddTags" and not self.done:
                self.done = True
                plane.shift("tax", Weight(theirs), fence=FENCE)
            return super().call(operation, **arguments)

    service = Between("elbv2", region=REGION, endpoint=shop.elbv2.meta.endpoint_url)
    with (
        closing(AlbDataPlane(shop.listener, service=service, clock=FakeClock())) as late,
        pytest.raises(RemoteError, match="in this moment"),
    ):
        late.shift("tax", Weight(50), fence=OLDER)
    assert plane.weights("tax") == Weight(theirs)


def test_a_fenced_weight_is_live_when_shift_returns_however_late_aws_shows_it(
    plane: AlbDataPlane, shop: Balancer
) -> None:
    plane.ensure(route(shop))
    with closing(faulty(shop, Fault(late=2))) as slow:
        assert slow.shift("tax", Weight(5), fence=FENCE) == Weight(5)
    assert plane.weights("tax") == plane.recorded("tax") == Weight(5)
