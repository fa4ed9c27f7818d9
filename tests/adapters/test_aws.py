"""AWS's refusals in this program's words: what was asked, what it needs, whether to try again, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.aws import SETTLE_S, TRIES, AwsError, AwsService, settled
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior, HttpServer
from tests.support.stubbed import refuse, stubbed

REGION = "eu-central-1"


def refused(code: str, message: str = "", status: int = 400) -> AwsError:
    with stubbed("elbv2") as (service, stubber):
        refuse(stubber, "create_rule", code, message, status)
        with pytest.raises(AwsError) as caught:
            service.call("CreateRule", ListenerArn="arn", Conditions=[], Priority=1, Actions=[])
    assert caught.value.code == code
    return caught.value


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "TooManyRequestsException"])
def test_a_throttled_call_may_be_tried_again(code: str) -> None:
    error = refused(code, "Rate exceeded")
    assert error.retryable
    assert "AWS throttles elasticloadbalancing:CreateRule" in error.message


def test_a_forbidden_call_names_the_permission_that_is_missing() -> None:
    said = "User: arn:aws:iam::1:user/a is not authorized to perform: elasticloadbalancing:AddTags on resource: arn:b"
    error = refused("AccessDenied", said, 403)
    assert not error.retryable
    assert "the role or user needs elasticloadbalancing:AddTags" in error.hint
    assert "the role or user needs elasticloadbalancing:CreateRule" in refused("AccessDenied", "no", 403).hint


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidClientTokenId", "ExpiredToken"])
def test_what_aws_repeats_of_a_refused_signature_is_not_shown(code: str) -> None:
    error = refused(code, "The Canonical String should have been x-amz-security-token:SECRET", 403)
    assert "SECRET" not in f"{error.message} {error.hint}"
    assert error.hint


def test_a_failure_of_aws_may_be_tried_again_and_a_refusal_not() -> None:
    assert refused("InternalFailure", "oops", 500).retryable
    error = refused("ValidationError", "Priority must be between 1 and 50000.")
    assert not error.retryable
    assert error.message.endswith("ValidationError: Priority must be between 1 and 50000")
    page = refused("502", "<html>\n" + "<p>Bad Gateway</p>\n" * 100, 502).message
    assert "\n" not in page
    assert len(page) < 500


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No region, no profile, no credentials, from nowhere."""
    for name in ("PROFILE", "REGION", "DEFAULT_REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(f"AWS_{name}", str(tmp_path / name))


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(
    ("service", "says", "hint"),
    [
        (AwsService("lambda"), "no region is known for lambda:GetAlias", "AWS_REGION"),
        (AwsService("lambda", region=REGION), "no credentials for lambda:GetAlias", "aws sso login"),
        (AwsService("lambda", region=REGION, endpoint="nowhere"), "'nowhere' is no address", "http://HOST:PORT"),
    ],
)
def test_what_is_missing_is_said_with_the_mend(service: AwsService, says: str, hint: str) -> None:
    with pytest.raises(AwsError, match=says) as caught:
        service.call("GetAlias", FunctionName="tax", Name="live")
    assert hint in caught.value.hint
    service.close()


@pytest.mark.usefixtures("nobody")
def test_a_profile_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "shop-admin")
    with pytest.raises(AwsError, match="shop-admin"):
        AwsService("lambda", region=REGION).call("GetAlias", FunctionName="tax", Name="live")


def test_a_service_that_is_down_is_asked_four_times_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with HttpServer("aws") as server:
        server.behavior = Behavior(status=503)
        service = AwsService("lambda", region=REGION, endpoint=server.url)
        with pytest.raises(AwsError) as caught:
            service.call("GetAlias", FunctionName="tax", Name="live")
        service.close()
        assert caught.value.retryable
        assert server.count() == TRIES


def test_looking_ends_with_what_is_sought_or_with_the_time() -> None:
    clock, seen = FakeClock(), iter(range(100))
    assert settled(lambda: next(seen), lambda number: number == 3, clock) == (3, True)
    assert 0 < sum(clock.slept) < SETTLE_S
    patient = FakeClock()
    assert settled(lambda: "old", lambda now: now == "new", patient) == ("old", False)
    assert sum(patient.slept) == pytest.approx(SETTLE_S)
