"""What AWS refuses of an alias and a server in its place does not: botocore's Stubber, against the model of Lambda."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.dataplanes.lambda_alias import AliasDataPlane
from migrator.adapters.dataplanes.lambda_alias.record import Record, record_in, with_record, without_record
from migrator.adapters.dataplanes.lambda_alias.routing import RESOLUTION, routing, weight_of
from migrator.domain.routes import AliasRoute, Weight
from migrator.errors import RemoteError
from migrator.router.weights import effective
from tests.support.fake_clock import FakeClock
from tests.support.stubbed import answer, refuse, stubbed

ROUTE = AliasRoute("tax", "tax", "live", "3", "4", 5)


@contextmanager
def asked() -> Iterator[tuple[AliasDataPlane, Any]]:
    with stubbed("lambda") as (service, stubber):
        yield AliasDataPlane([ROUTE], service=service, clock=FakeClock()), stubber


def alias(percent: float, *, recorded: float | None = None, revision: str = "r1") -> dict[str, Any]:
    noted = Weight(percent if recorded is None else recorded)
    return {
        "Name": "live",
        "RevisionId": revision,
        "Description": with_record("", Record("tax", "3", "4", noted)),
        **routing("3", "4", Weight(percent)),
    }


def test_a_shift_is_one_change_under_the_revision_that_was_read() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5), {"FunctionName": "tax", "Name": "live"})
        change = {
            "FunctionName": "tax",
            "Name": "live",
            "RevisionId": "r1",
            "FunctionVersion": "3",
            "RoutingConfig": {"AdditionalVersionWeights": {"4": 0.25}},
            "Description": "[migrator route=tax legacy=3 canary=4 weight=25]",
        }
        answer(stubber, "update_alias", {}, change)
        answer(stubber, "get_alias", alias(25, revision="r2"))
        assert plane.shift("tax", Weight(25)) == Weight(25)


def test_a_change_whose_answer_was_lost_is_refused_when_repeated_and_is_live_all_the_same() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5))
        refuse(stubber, "update_alias", "PreconditionFailedException", "The Revision Id provided does not match", 412)
        answer(stubber, "get_alias", alias(25, revision="r2"))
        answer(stubber, "get_alias", alias(25, revision="r2"))
        assert plane.shift("tax", Weight(25)) == Weight(25)


def test_a_change_of_somebody_else_in_this_moment_is_not_written_over() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5))
        refuse(stubber, "update_alias", "PreconditionFailedException", "The Revision Id provided does not match", 412)
        answer(stubber, "get_alias", alias(50, revision="r2"))
        with pytest.raises(RemoteError, match="somebody else changed the alias live of tax in this moment") as caught:
            plane.shift("tax", Weight(25))
    assert caught.value.retryable


def test_a_weight_that_aws_rounds_is_no_success() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5))
        answer(stubber, "update_alias", {})
        for _ in range(10):
            stubber.add_response("get_alias", alias(0, recorded=0.4))
        with pytest.raises(RemoteError, match="did not keep what was set: it sends calls to version 3"):
            plane.shift("tax", Weight(0.4))


def test_a_shift_that_aws_throttles_may_be_tried_again() -> None:
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5))
        refuse(stubber, "update_alias", "TooManyRequestsException", "Rate exceeded", 429)
        with pytest.raises(RemoteError, match="throttles lambda:UpdateAlias") as caught:
            plane.shift("tax", Weight(25))
    assert caught.value.retryable


def test_a_shift_without_permission_names_it() -> None:
    said = "User: arn:a is not authorized to perform: lambda:UpdateAlias on resource: arn:b"
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", alias(5))
        refuse(stubber, "update_alias", "AccessDeniedException", said, 403)
        with pytest.raises(RemoteError) as caught:
            plane.shift("tax", Weight(25))
    assert not caught.value.retryable
    assert "lambda:UpdateAlias" in caught.value.hint


@pytest.mark.parametrize(
    ("canary", "says", "retryable"),
    [
        ({"Role": "other"}, "another execution role", False),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-central-1:1:dead"}}, "another dead-letter queue", False),
        ({"State": "Pending"}, "it is pending", True),
        ({"State": "Failed"}, "it is failed", False),
    ],
)
def test_versions_that_may_not_share_an_alias_are_refused(canary: dict[str, Any], says: str, retryable: bool) -> None:
    plain = {"Role": "role", "State": "Active"}
    with asked() as (plane, stubber):
        answer(stubber, "get_alias", {"Name": "live", "RevisionId": "r1", "FunctionVersion": "3"})
        answer(stubber, "get_function_configuration", plain, {"FunctionName": "tax", "Qualifier": "3"})
        answer(stubber, "get_function_configuration", {**plain, **canary}, {"FunctionName": "tax", "Qualifier": "4"})
        with pytest.raises(RemoteError, match=says) as caught:
            plane.ensure(ROUTE)
    assert caught.value.retryable is retryable


@given(st.floats(0, 100))
def test_a_share_is_a_fraction_that_aws_takes_and_comes_back_as_the_weight(percent: float) -> None:
    weight = effective(Weight(percent), RESOLUTION)
    made = routing("3", "4", weight)
    shares = made["RoutingConfig"]["AdditionalVersionWeights"]
    assert all(0 < share < 1 for share in shares.values())
    assert bool(shares) == (weight.canary not in (0, 100))
    assert weight_of(made, "3", "4") == weight


@given(
    said=st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip),
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10),
    percent=st.floats(0, 100),
)
def test_a_record_comes_back_whatever_stands_around_it(said: str, name: str, percent: float) -> None:
    record = Record(name, "3", "4", effective(Weight(percent), RESOLUTION))
    text = with_record(said, record)
    assert record_in(text) == record
    assert without_record(text) == said
    assert with_record(text, record) == text
