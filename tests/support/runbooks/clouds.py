"""A deployed service on moto's books: the stack of its template, under the name that its runbook asks for.

In: a service folder. Out: nothing; what commands of the AWS CLI read is there. moto makes no alias from a template, so that
is made beside it.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.control_planes import REGION, ControlPlane
from tests.support.stacks import translated, unsupported, without
from tests.support.surroundings import surround

TOOLS = Path(__file__).resolve().parents[3] / ".venv-tools/bin"


def require_aws_cli() -> None:
    """Skip where it is not installed; under CI that fails."""
    if not (TOOLS / "aws").is_file():
        message = "the AWS CLI is not installed: make setup installs it"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def deploy(plane: ControlPlane, folder: Path, stack: str, function: str) -> None:
    """Create the stack, as `sam deploy --config-env prod` would name it."""
    storage = plane.client("s3")
    storage.create_bucket(Bucket="packages")
    storage.put_object(Bucket="packages", Key="empty", Body=_zip())
    template = translated(folder, "s3://packages/empty")
    known = template.get("Parameters", {})
    given = {**surround(plane, known), "Stage": "prod", "GradualDeployment": "false"}
    if "ScheduleState" in known:
        given["ScheduleState"] = "DISABLED"
    formation = plane.client("cloudformation")
    formation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(without(template, unsupported(plane, template) | _conditional(template))),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    assert formation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    functions = plane.client("lambda")
    if not any(alias["Name"] == "live" for alias in functions.list_aliases(FunctionName=function)["Aliases"]):
        version = functions.publish_version(FunctionName=function)["Version"]
        functions.create_alias(FunctionName=function, Name="live", FunctionVersion=version)


def _conditional(template: Mapping[str, Any]) -> set[str]:
    """What is switched off by default; moto stumbles over it when it is asked for another resource."""
    return {name for name, resource in template["Resources"].items() if "Condition" in resource}


def environment(plane: ControlPlane) -> Mapping[str, str]:
    """What the AWS CLI, and the tool, take from the environment to ask this plane."""
    return {
        "AWS_ENDPOINT_URL": plane.url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return None\n")
    return packed.getvalue()


def messages(plane: ControlPlane, queue: str) -> int:
    """How many messages wait in a queue, by a part of its name."""
    client: Any = plane.client("sqs")
    (url,) = (each for each in client.list_queues()["QueueUrls"] if queue in each)
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])
