"""The generated hook of a deployment: what it makes of a version's answer, and what CodeDeploy is told."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from migrator.artifacts.rendering import render

boto3 = pytest.importorskip("boto3")
stub = pytest.importorskip("botocore.stub")
response = pytest.importorskip("botocore.response")

EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}
VERSION = "arn:aws:lambda:us-east-1:123456789012:function:tax:7"


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("VERSION", VERSION)
    module = ModuleType("hook")
    exec(compile(render("hook/hook.py.j2", {"hook_patience_s": 30}), "hook.py", "exec"), module.__dict__)
    yield module
    sys.modules.pop("hook", None)


def told(hook: ModuleType, answer: dict[str, Any] | None) -> str:
    """What CodeDeploy is told where the version answers this; None is an error of the service."""
    with stub.Stubber(hook.functions) as functions, stub.Stubber(hook.deployments) as deployments:
        asked = {"FunctionName": VERSION, "Payload": json.dumps(hook.START).encode()}
        if answer is None:
            functions.add_client_error("invoke", "TooManyRequestsException", expected_params=asked)
        else:
            body = json.dumps(answer.pop("said")).encode()
            payload = response.StreamingBody(io.BytesIO(body), len(body))
            functions.add_response("invoke", {**answer, "Payload": payload}, asked)
        for status in ("Succeeded", "Failed"):
            expected = {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": status}
            deployments.add_response("put_lifecycle_event_hook_execution_status", {}, expected)
        try:
            hook.handler(EVENT, None)
        except stub.StubAssertionError:
            return "Failed"
        return "Succeeded"


def test_a_version_that_starts_gets_the_traffic(hook: ModuleType) -> None:
    assert told(hook, {"said": hook.STARTED}) == "Succeeded"


@pytest.mark.parametrize(
    "answer",
    [
        {"said": {"errorType": "Runtime.ImportModuleError"}, "FunctionError": "Unhandled"},
        {"said": {"migrator": "started"}, "FunctionError": "Unhandled"},
        {"said": {"statusCode": 404}},
        {"said": None},
        None,
    ],
    ids=["it cannot be imported", "an error that says the same", "another answer", "no answer", "throttled"],
)
def test_any_other_gets_none(hook: ModuleType, answer: dict[str, Any] | None) -> None:
    assert told(hook, answer) == "Failed"
