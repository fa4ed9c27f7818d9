"""What a template expects to be there already: streams, topics, queues, on a control plane.

In: a plane and the parameters of a template. Out: values for those that have to be said; what only has to look right is
an example.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.control_planes import ControlPlane

_EXAMPLES: Mapping[str, str] = {
    "List<AWS::EC2::Subnet::Id>": "subnet-0a1b2c3d,subnet-1a2b3c4d",
    "List<AWS::EC2::SecurityGroup::Id>": "sg-0a1b2c3d",
    "AWS::EC2::VPC::Id": "vpc-0a1b2c3d",
    "Number": "1",
}


def _topic(plane: ControlPlane, name: str) -> str:
    return str(plane.client("sns").create_topic(Name=name)["TopicArn"])


def _queue(plane: ControlPlane, name: str) -> str:
    client = plane.client("sqs")
    url = client.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5400"})["QueueUrl"]
    return str(client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def _records(plane: ControlPlane, name: str) -> str:
    client = plane.client("kinesis")
    client.create_stream(StreamName=name, ShardCount=1)
    return str(client.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"])


def _changes(plane: ControlPlane, name: str) -> str:
    made = plane.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])


_MADE: Mapping[str, Callable[[ControlPlane, str], str]] = {
    ":dynamodb:": _changes,
    ":kinesis:": _records,
    ":sns:": _topic,
    ":sqs:": _queue,
}
"""By the service that the pattern of a parameter names."""


def surround(plane: ControlPlane, parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Make what the parameters without a default name, and say its names."""
    return {name: _value(plane, each) for name, each in parameters.items() if "Default" not in each}


def _value(plane: ControlPlane, parameter: Mapping[str, Any]) -> str:
    pattern = parameter.get("AllowedPattern", "")
    for service, make in _MADE.items():
        if service in pattern:
            return make(plane, f"beside-{uuid.uuid4().hex[:12]}")
    if allowed := parameter.get("AllowedValues"):
        return str(allowed[0])
    return _EXAMPLES.get(parameter["Type"], "example")
