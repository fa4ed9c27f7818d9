"""botocore's Stubber in place of AWS: each call is checked against the model of the service, and answered in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from migrator.adapters.aws import AwsService

REGION = "eu-central-1"


@contextmanager
def stubbed(name: str) -> Iterator[tuple[AwsService, Any]]:
    """A service and what answers for it; at the end every answer must have been asked for."""
    import boto3
    from botocore.stub import Stubber

    client = boto3.session.Session().client(
        name, region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none"
    )
    service = AwsService(name, client=client)
    with Stubber(client) as stubber:
        yield service, stubber
        stubber.assert_no_pending_responses()
    service.close()


def refuse(stubber: Any, operation: str, code: str, message: str = "", status: int = 400) -> None:
    """Answer the next call with an error of AWS."""
    stubber.add_client_error(operation, service_error_code=code, service_message=message, http_status_code=status)


def answer(stubber: Any, operation: str, said: Mapping[str, Any], expected: Mapping[str, Any] | None = None) -> None:
    """Answer the next call, which must have these arguments where they are given."""
    stubber.add_response(operation, dict(said), None if expected is None else dict(expected))
