"""The part of the template: rendered, read back as YAML, and held against the permissions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import loads

from migrator.artifacts.permissions import SettingsShown, permissions_shown
from migrator.artifacts.sam_parts import sam_parts
from migrator.domain.permissions import Permissions
from migrator.domain.sdk_calls import SdkCall
from tests.artifacts.permissions.calls import allowed, call

_SETTINGS = SettingsShown(
    {"QUEUE_URL": "QueueUrlSetting", "BUCKET": "BucketSetting", "TABLE": "TableSetting"},
    {"BucketSetting": "HasBucketSetting", "TableSetting": "HasTableSetting"},
)


def written(permissions: Permissions) -> Mapping[str, Any]:
    """The sections of the part, as a document."""
    parts = sam_parts(("permissions",), {"permissions": permissions_shown(permissions)})
    sections = {
        "Metadata": parts.metadata,
        "Parameters": parts.parameters,
        "Conditions": parts.conditions,
        "Statement": parts.statements,
    }
    text = "\n".join(f"{name}:\n" + "\n".join(texts) for name, texts in sections.items() if texts)
    document: Mapping[str, Any] = loads(text or "{}")
    return document


def statements(*calls: SdkCall) -> Any:
    """The statements that are written for calls."""
    return written(allowed(*calls, settings=_SETTINGS))["Statement"]


def test_a_statement_is_what_the_permissions_say() -> None:
    made = statements(call("s3", "ListObjectsV2", Bucket="shop", Prefix="orders/|<day>"))
    assert made == [
        {
            "Sid": "S3ListBucket",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [{"Fn::Sub": "arn:${AWS::Partition}:s3:::shop"}],
            "Condition": {"StringLike": {"s3:prefix": ["orders/*"]}},
        }
    ]


def test_account_and_name_are_cut_out_of_the_address_of_a_queue() -> None:
    (made,) = statements(call("sqs", "SendMessage", QueueUrl="$QUEUE_URL"))
    (resource,) = made["Resource"]
    text, names = resource["Fn::Sub"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(names)
    cut = {"Fn::Select": [4, {"Fn::Split": ["/", {"Ref": "QueueUrlSetting"}]}]}
    assert names["QueueUrlSettingPart4"] == cut


def test_a_statement_on_what_may_be_unset_is_left_out_then() -> None:
    (made,) = statements(call("s3", "GetObject", Bucket="$BUCKET", Key="<key>"))
    condition, statement, nothing = made["Fn::If"]
    assert (condition, nothing) == ("HasBucketSetting", {"Ref": "AWS::NoValue"})
    assert statement["Action"] == ["s3:GetObject"]


def test_several_that_may_be_unset_have_a_condition_together() -> None:
    document = written(allowed(call("dynamodb", "GetItem", TableName="$TABLE|-|$BUCKET"), settings=_SETTINGS))
    name = document["Statement"][0]["Fn::If"][0]
    assert name not in ("HasBucketSetting", "HasTableSetting")
    assert document["Conditions"][name] == {
        "Fn::And": [{"Condition": "HasBucketSetting"}, {"Condition": "HasTableSetting"}]
    }


def test_what_is_asked_for_is_a_parameter_without_default_that_takes_one_resource() -> None:
    made = allowed(call("s3", "GetObject", Bucket="<bucket>"), call("kms", "Decrypt"))
    parameters = written(made)["Parameters"]
    assert set(parameters) == {"RunBucket", "RunKeyArn"}
    assert not any("Default" in each for each in parameters.values())
    fits = re.compile(parameters["RunKeyArn"]["AllowedPattern"]).fullmatch
    assert fits("arn:aws:kms:eu-west-1:123456789012:key/abc")
    assert not fits("arn:aws:kms:eu-west-1:123456789012:key/*")
    assert not fits("arn:aws:kms:eu-west-1:123456789012:alias/abc")
    assert not re.fullmatch(parameters["RunBucket"]["AllowedPattern"], "*")


def test_a_call_without_a_statement_is_marked_in_the_metadata() -> None:
    document = written(allowed(call("s3", "InventedOperation", line=7)))
    assert document["Metadata"]["Migrator"]["Unresolved"] == [
        {
            "Call": "s3.InventedOperation",
            "Reason": "AWS lists no action for InventedOperation of s3",
            "Location": "shop.py:7:1",
        }
    ]
    assert "Statement" not in document or document["Statement"] is None


@pytest.mark.parametrize("hostile", ['a"b', "a\\b", "a: b # c", "a\nb", "x${AWS::AccountId}", "*/ {{ x }}"])
def test_names_from_the_code_are_inert(hostile: str) -> None:
    (made,) = statements(call("s3", "GetObject", Bucket="shop", Key=hostile))
    (resource,) = made["Resource"]
    assert resource["Fn::Sub"].replace("${!", "${") == "arn:${AWS::Partition}:s3:::shop/" + hostile


def test_what_every_role_allows_is_not_allowed_twice() -> None:
    assert not written(allowed(call("xray", "PutTraceSegments")))


def test_the_comment_names_some_places_and_counts_the_others() -> None:
    made = allowed(*(call("s3", "GetObject", line=line, Bucket="a", Key="b") for line in range(1, 8)))
    (statement,) = permissions_shown(made).statements
    assert statement.comments == ("Asked for at shop.py:1:1, shop.py:2:1, shop.py:3:1, and 4 more.",)
