"""Functions of a template worked out, and templates that are wrong in every place."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from migrator.adapters.checks import limits, permissions
from migrator.adapters.checks.deploying import deploy_command
from migrator.adapters.checks.template import Resolver
from migrator.domain.checks import Check
from tests.adapters.checks.small_service import TEMPLATE, make_service

RESOURCES: dict[str, Any] = {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-jobs"}}},
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Topic": {"Type": "AWS::SNS::Topic"},
}
PARAMETERS: dict[str, Any] = {
    "Stage": {"Type": "String", "Default": "dev"},
    "StreamArn": {"Type": "String", "AllowedPattern": "arn:[a-z-]+:dynamodb:.*/stream/.*"},
    "KeyArn": {"Type": "String", "Default": "", "AllowedPattern": "^$|arn:[a-z-]+:kms:.*"},
    "Level": {"Type": "String", "AllowedValues": ["HIGH", "LOW"]},
    "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>", "Default": "a,b"},
    "TopicArn": {"Type": "String"},
    "Size": {"Type": "Number"},
}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Level"}, "HIGH"),
        ({"Ref": "Subnets"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "KeyArn"}, "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"),
        ({"Ref": "TopicArn"}, "arn:aws:sns:us-east-1:123456789012:name"),
        ({"Ref": "Size"}, "1"),
        ({"Ref": "Queue"}, "https://sqs.us-east-1.amazonaws.com/123456789012/stack-jobs"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:us-east-1:123456789012:stack-jobs"),
        ({"Fn::GetAtt": "Table.StreamArn"}, "arn:aws:dynamodb:us-east-1:123456789012:table/Table/stream/2026-01-01"),
        ({"Ref": "Topic"}, "arn:aws:sns:us-east-1:123456789012:Topic"),
        ({"Fn::Sub": "${Queue.Arn}/${!Kept}/${Stage}"}, "arn:aws:sqs:us-east-1:123456789012:stack-jobs/${Kept}/dev"),
        ({"Fn::Sub": ["${A}-${Stage}", {"A": {"Ref": "Level"}}]}, "HIGH-dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, "a-dev"),
        ({"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"Ref": "Stage"}]}, "dev"),
        ([{"Ref": "AWS::NoValue"}, "a"], ["a"]),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::ImportValue": "x"}, "value"),
    ],
)  # fmt: skip
def test_a_value_is_worked_out(node: Any, value: Any) -> None:
    assert Resolver(PARAMETERS, RESOURCES).value(node) == value


def test_a_parameter_gets_a_value_that_it_would_take() -> None:
    assert "/stream/" in Resolver(PARAMETERS, RESOURCES).text({"Ref": "StreamArn"})


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_multi_constructor("!", lambda loader, suffix, node: {f"Fn::{suffix}": "Queue.Arn"})


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(12, 400))]
)
def test_a_template_that_is_wrong_somewhere_ends_no_check(seed: int, tmp_path: Path) -> None:
    drawn = random.Random(seed)
    document = yaml.load(TEMPLATE, _Loader)
    for _ in range(drawn.randint(1, 3)):
        _spoil(document, drawn)
    service = make_service(tmp_path / "service")
    (service / "template.yaml").write_text(yaml.safe_dump(document))
    for check in (limits.check, permissions.check):
        assert isinstance(check(service), Check)
    assert isinstance(deploy_command(service), str)


def _spoil(node: Any, drawn: random.Random) -> None:
    """Put something else where something is."""
    others = [None, 7, "text", [], {}, ["a"], {"a": 1}, {"Ref": "Nobody"}, {"Fn::GetAtt": ["Nobody", "Arn"]}, True]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    if not keys:
        return
    key = drawn.choice(keys)
    if isinstance(node[key], (dict, list)) and node[key] and drawn.random() < 0.8:
        _spoil(node[key], drawn)
    else:
        node[key] = drawn.choice(others)
