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

from migrator.artifacts.runbook.deployed import read_deployed
from tests.support.control_planes import REGION, ControlPlane
from tests.support.stacks import translated, unsupported, without
from tests.support.surroundings import surround

TOOLS = Path(__file__).resolve().parents[3] / ".venv-tools/bin"


def require_aws_cli() -> None:
    """Skip where it is not installed; under CI that fails."""
    if not (TOOLS / "aws").is_file():
        message = "the AWS CLI is not installed: make setup installs it"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def deploy(plane: ControlPlane, folder: Path) -> None:
    """Create the stack of a service folder, as `sam deploy --config-env prod` would name it."""
    texts = [(folder / name).read_text("utf-8") for name in ("template.yaml", "samconfig.toml")]
    deployed = read_deployed(*texts)
    stack, function = deployed.stack, deployed.function
    storage = plane.client("s3")
    here = storage.meta.region_name
    elsewhere = {} if here == REGION else {"CreateBucketConfiguration": {"LocationConstraint": here}}
    storage.create_bucket(Bucket="packages", **elsewhere)
    storage.put_object(Bucket="packages", Key="empty", Body=_zip())
    template = translated(folder, "s3://packages/empty")
    known = template.get("Parameters", {})
    given = {**surround(plane, known), "Stage": "prod", "GradualDeployment": "false"}
    if "ScheduleState" in known:
        given["ScheduleState"] = "DISABLED"
    formation = plane.client("cloudformation")
    formation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(without(template, unsupported(plane, template) | _left_out(template))),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.2, "MaxAttempts": 150})
    functions = plane.client("lambda")
    if not any(alias["Name"] == "live" for alias in functions.list_aliases(FunctionName=function)["Aliases"]):
        version = functions.publish_version(FunctionName=function)["Version"]
        functions.create_alias(FunctionName=function, Name="live", FunctionVersion=version)


def _left_out(template: Mapping[str, Any]) -> set[str]:
    """What is switched off by default, over which moto stumbles when it is asked for another resource; alarms and shifts
    of versions, which ministack has no way to make."""
    gone = {"AWS::CloudWatch::Alarm", "AWS::CodeDeploy::DeploymentConfig"}
    resources = template["Resources"].items()
    return {name for name, resource in resources if "Condition" in resource or resource["Type"] in gone}


def aws_cli(folder: Path) -> Path:
    """A folder with the AWS CLI, as `aws`, that asks the plane for SQS too.

    Release 1 has a table of older names of that service, and takes those over what the environment says.
    """
    folder.mkdir()
    program = folder / "aws"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = sqs ] && set -- "$@" --endpoint-url "$AWS_ENDPOINT_URL"\nexec "{TOOLS / "aws"}" "$@"\n'
    )
    program.chmod(0o755)
    return folder


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
