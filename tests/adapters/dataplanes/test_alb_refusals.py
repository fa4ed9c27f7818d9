"""What AWS refuses and a server in its place does not: botocore's Stubber, against the model of the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.dataplanes.alb import AlbDataPlane
from migrator.adapters.dataplanes.alb.actions import forward, shares
from migrator.domain.routes import BalancerRoute, HttpMatch, Weight
from migrator.errors import RemoteError
from tests.support.fake_clock import FakeClock
from tests.support.stubbed import REGION, answer, refuse, stubbed

_ARN = f"arn:aws:elasticloadbalancing:{REGION}:123456789012"
LISTENER = f"{_ARN}:listener/app/shop/1/2"
RULE = f"{_ARN}:listener-rule/app/shop/1/2/3"
LEGACY, CANARY = f"{_ARN}:targetgroup/legacy/1", f"{_ARN}:targetgroup/canary/2"
ROUTE = BalancerRoute("tax", HttpMatch((), "/tax"), LEGACY, CANARY, 5)
TAGS = {"route": "tax", "legacy": LEGACY, "canary": CANARY, "path": "/tax", "weight": "5", "intent": ""}


@contextmanager
def asked() -> Iterator[tuple[AlbDataPlane, Any]]:
    with stubbed("elbv2") as (service, stubber):
        yield AlbDataPlane(LISTENER, service=service, clock=FakeClock()), stubber


def show(stubber: Any, *, percent: float = 5, there: bool = True, alone: bool = False, **tags: str) -> None:
    """Answer a look at the rules with that of the route; alone: where it was seen before."""
    rule = {
        "RuleArn": RULE,
        "Priority": "100",
        "IsDefault": False,
        "Conditions": [{"Field": "path-pattern", "Values": ["/tax"]}],
        "Actions": forward(LEGACY, CANARY, shares(Weight(percent)), 0),
    }
    default = {"RuleArn": RULE + "0", "Priority": "default", "IsDefault": True, "Conditions": [], "Actions": []}
    asked = {"RuleArns": [RULE]} if alone else {"ListenerArn": LISTENER}
    answer(stubber, "describe_rules", {"Rules": [*([rule] if there else []), *([] if alone else [default])]}, asked)
    if there:
        told = [{"Key": f"migrator:{key}", "Value": value} for key, value in {**TAGS, **tags}.items()]
        answer(stubber, "describe_tags", {"TagDescriptions": [{"ResourceArn": RULE, "Tags": told}]})


def show_listener(stubber: Any, *actions: dict[str, Any]) -> None:
    """Answer what a new route asks about its surroundings."""
    default = list(actions) or [{"Type": "forward", "TargetGroupArn": LEGACY}]
    answer(stubber, "describe_listeners", {"Listeners": [{"ListenerArn": LISTENER, "DefaultActions": default}]})
    if not actions:
        for arn in sorted((LEGACY, CANARY)):
            answer(stubber, "describe_target_groups", {"TargetGroups": [{"TargetGroupArn": arn, "TargetType": "ip"}]})
        answer(stubber, "describe_target_health", {"TargetHealthDescriptions": [{"Target": {"Id": "10.0.0.1"}}]})


@given(st.floats(0, 100))
def test_weights_are_whole_numbers_that_aws_takes(weight: float) -> None:
    (action,) = forward(LEGACY, CANARY, shares(Weight(weight)), 0)
    units = [group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]]
    assert all(isinstance(each, int) and 0 <= each <= 999 for each in units)
    assert sum(units) == 500


def test_a_shift_notes_what_it_means_to_do_then_does_it_then_notes_that_it_is_done() -> None:
    with asked() as (plane, stubber):
        show(stubber)
        noted = [{"Key": "migrator:intent", "Value": "25"}]
        answer(stubber, "add_tags", {}, {"ResourceArns": [RULE], "Tags": noted})
        actions = forward(LEGACY, CANARY, (125, 375), 0)
        answer(stubber, "modify_rule", {"Rules": []}, {"RuleArn": RULE, "Actions": actions})
        show(stubber, percent=25, alone=True, intent="25")
        done = [{"Key": "migrator:weight", "Value": "25"}, {"Key": "migrator:intent", "Value": ""}]
        answer(stubber, "add_tags", {}, {"ResourceArns": [RULE], "Tags": done})
        show(stubber, percent=25, alone=True, weight="25")
        assert plane.shift("tax", Weight(25)) == Weight(25)


def test_a_shift_that_aws_throttles_may_be_tried_again() -> None:
    with asked() as (plane, stubber):
        show(stubber)
        answer(stubber, "add_tags", {})
        refuse(stubber, "modify_rule", "Throttling", "Rate exceeded")
        with pytest.raises(RemoteError, match="throttles elasticloadbalancing:ModifyRule") as caught:
            plane.shift("tax", Weight(25))
    assert caught.value.retryable


def test_a_shift_without_permission_names_it() -> None:
    with asked() as (plane, stubber):
        show(stubber)
        refuse(stubber, "add_tags", "AccessDenied", "no", 403)
        with pytest.raises(RemoteError) as caught:
            plane.shift("tax", Weight(25))
    assert "elasticloadbalancing:AddTags" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "hint"),
    [("TooManyRules", "100 rules"), ("InvalidLoadBalancerAction", "needs a sticky route")],
)
def test_a_rule_that_aws_does_not_take_comes_with_the_mend(code: str, hint: str) -> None:
    with asked() as (plane, stubber):
        show(stubber, there=False)
        show_listener(stubber)
        refuse(stubber, "create_rule", code, "no")
        with pytest.raises(RemoteError, match=code) as caught:
            plane.ensure(ROUTE)
    assert hint in caught.value.hint


def test_a_rule_that_was_made_by_a_call_whose_answer_was_lost_is_the_rule() -> None:
    with asked() as (plane, stubber):
        show(stubber, there=False)
        show_listener(stubber)
        refuse(stubber, "create_rule", "PriorityInUse", "in use")
        made = {"sticky": "0", "priority": "0", "methods": "", "hosts": "", "segment": ""}
        show(stubber, **made)
        show(stubber, **made)
        plane.ensure(ROUTE)


def test_a_priority_that_somebody_else_has_just_taken_may_be_tried_again() -> None:
    with asked() as (plane, stubber):
        show(stubber, there=False)
        show_listener(stubber)
        refuse(stubber, "create_rule", "PriorityInUse", "in use")
        for _ in range(10):
            stubber.add_response("describe_rules", {"Rules": []})
        with pytest.raises(RemoteError, match="somebody else has taken priority") as caught:
            plane.ensure(ROUTE)
    assert caught.value.retryable


def test_a_rule_that_was_seen_before_and_is_another_now_is_looked_for_again() -> None:
    with asked() as (plane, stubber):
        show(stubber)
        refuse(stubber, "describe_rules", "RuleNotFound", "gone")
        show(stubber, percent=7)
        show(stubber, percent=9, alone=True, route="other")
        show(stubber, there=False)
        assert plane.weights("tax") == Weight(5)
        assert plane.weights("tax") == Weight(7)
        assert plane.weights("tax") is None


def test_a_rule_that_goes_between_two_looks_is_no_failure() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "describe_rules", {"Rules": [{"RuleArn": RULE, "Priority": "1", "IsDefault": False}]})
        refuse(stubber, "describe_tags", "RuleNotFound", "gone")
        show(stubber, there=False)
        assert plane.weights("tax") is None


def test_a_rule_that_is_gone_already_is_retired() -> None:
    with asked() as (plane, stubber):
        show(stubber)
        refuse(stubber, "delete_rule", "RuleNotFound", "gone")
        show(stubber, there=False)
        plane.retire("tax")


def test_a_listener_that_asks_callers_to_log_in_is_not_passed_by() -> None:
    login = {"Type": "authenticate-cognito", "Order": 1}
    with asked() as (plane, stubber):
        show(stubber, there=False)
        show_listener(stubber, login, {"Type": "forward", "TargetGroupArn": LEGACY, "Order": 2})
        with pytest.raises(RemoteError, match="begins with authenticate-cognito"):
            plane.ensure(ROUTE)
