"""Statements for calls made by hand: what the small programs of `tests/accuracy/permissions` do not show."""

from __future__ import annotations

import random

import pytest

from migrator.artifacts.permissions import SettingsShown, permissions_shown
from migrator.artifacts.permissions.allowing import permissions_for_use
from migrator.cloud_facts.iam.reference import prefixes
from migrator.cloud_facts.sdk_methods import service_methods
from migrator.domain.plans import EventSource
from migrator.domain.sdk_calls import SdkUse
from tests.artifacts.permissions.calls import allowed, call, lines

_P, _R, _A = "${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}"

_OFTEN_USED = [
    "apigateway",
    "athena",
    "batch",
    "bedrock-runtime",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "comprehend",
    "dynamodb",
    "dynamodbstreams",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "events",
    "firehose",
    "glue",
    "iam",
    "iot-data",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "polly",
    "rds-data",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "ses",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
    "textract",
    "translate",
    "xray",
]


@pytest.mark.parametrize("service", _OFTEN_USED)
def test_no_operation_makes_a_pattern_of_actions_or_everything_without_its_reason(service: str) -> None:
    methods = service_methods(service)
    assert methods is not None
    for operation in sorted(set(methods.methods.values())):
        for arguments in ({}, {"Name": "<name>", "ResourceArn": "<arn>", "Bucket": "<bucket>"}):
            made = allowed(call(service, operation, **arguments))
            for statement in made.statements:
                assert not any("*" in action for action in statement.actions), (operation, statement)
                for resource in statement.resources:
                    assert resource.pattern != "*" or resource.because, (operation, statement)


def test_a_variable_that_may_be_unset_takes_its_statement_with_it() -> None:
    settings = SettingsShown(
        {"BUCKET": "BucketSetting", "OTHER": "OtherSetting"}, {"BucketSetting": "HasBucketSetting"}
    )
    made = allowed(
        call("s3", "GetObject", Bucket="$BUCKET", Key="<key>"),
        call("s3", "GetObject", Bucket="$OTHER", Key="<key>"),
        settings=settings,
    )
    assert {(each.resources[0].pattern, each.resources[0].needs) for each in made.statements} == {
        (f"arn:{_P}:s3:::${{BucketSetting}}/*", ("HasBucketSetting",)),
        (f"arn:{_P}:s3:::${{OtherSetting}}/*", ()),
    }


def test_an_attribute_is_asked_for_once_in_its_class_and_a_local_name_in_its_function() -> None:
    made = allowed(
        call("s3", "GetObject", function="shop.Store.read", Bucket="<self.bucket>", Key="<key>"),
        call("s3", "PutObject", function="shop.Store.write", Bucket="<self.bucket>", Key="<key>"),
        call("s3", "GetObject", function="shop.read", Bucket="<bucket>", Key="<key>"),
        call("s3", "GetObject", function="shop.find", Bucket="<bucket>", Key="<key>"),
    )
    assert [each.parameter for each in made.named] == ["FindBucket", "ReadBucket", "StoreBucket"]


def test_the_bucket_that_an_event_tells_of_is_the_one_that_the_template_asks_for() -> None:
    made = permissions_for_use(
        SdkUse(
            (
                call("s3", "GetObject", Bucket="<an item of event.records.s3.bucket.name>", Key="<key>"),
                call("s3", "PutObject", Bucket="<event.detail.bucket.name>", Key="done/|<key>"),
            )
        ),
        SettingsShown(),
        EventSource.OBJECT_STORE,
    )
    assert made.named == ()
    assert lines(made) == [
        f"s3:GetObject arn:{_P}:s3:::${{BucketName}}/*",
        f"s3:PutObject arn:{_P}:s3:::${{BucketName}}/done/*",
    ]
    # The first one is what the role of such a service allows by itself.
    assert [each.actions for each in permissions_shown(made).statements] == [("s3:PutObject",)]


def test_a_part_of_any_other_event_is_asked_for_once_in_the_service() -> None:
    made = allowed(
        call("s3", "GetObject", function="shop.read", Bucket="<event.files.bucket>", Key="<key>"),
        call("s3", "PutObject", function="shop.write", Bucket="<event.files.bucket>", Key="<key>"),
    )
    assert [each.parameter for each in made.named] == ["FilesBucketBucket"]


def test_names_of_two_things_that_are_asked_for_are_kept_apart() -> None:
    made = allowed(
        call("s3", "GetObject", function="shop.a.read", Bucket="<bucket>", Key="<key>"),
        call("s3", "GetObject", function="shop.b.read", Bucket="<bucket>", Key="<key>"),
    )
    names = [each.parameter for each in made.named]
    assert len(set(names)) == len(names) == 2
    alone = allowed(call("s3", "GetObject", function="shop.a.read", Bucket="<bucket>", Key="<key>"))
    assert alone.named[0].parameter in names


def test_a_setting_that_the_template_does_not_set_is_asked_for_by_its_name() -> None:
    made = allowed(call("s3", "GetObject", Bucket="$AWS_STORAGE_BUCKET_NAME", Key="<key>"))
    assert [each.parameter for each in made.named] == ["AwsStorageBucketNameBucket"]


def test_order_of_the_calls_changes_nothing() -> None:
    calls = [
        call("s3", "GetObject", line=1, Bucket="a", Key="x"),
        call("s3", "PutObject", line=2, Bucket="a", Key="x"),
        call("sqs", "SendMessage", line=3, QueueUrl="<url>"),
        call("s3", "GetObject", line=4, Bucket="b", Key="<key>"),
        call("dynamodb", "Query", line=5, TableName="t", IndexName="i"),
    ]
    first = allowed(*calls)
    for seed in range(5):
        shuffled = random.Random(seed).sample(calls, len(calls))
        assert allowed(*shuffled) == first


def test_statements_have_ids_of_their_own() -> None:
    made = allowed(
        call("s3", "GetObject", Bucket="a", Key="x"),
        call("s3", "GetObject", Bucket="b", Key="x"),
        call("s3", "PutObject", Bucket="b", Key="x"),
        call("kms", "Encrypt", KeyId="alias/a"),
        call("kms", "Encrypt", KeyId="alias/b"),
    )
    ids = [each.id for each in made.statements]
    assert len(set(ids)) == len(ids)
    assert all(each.isalnum() for each in ids)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            call("sqs", "SendMessage", QueueUrl="https://sqs.|<region>|.amazonaws.com/|<account>|/orders"),
            f"sqs:SendMessage arn:{_P}:sqs:{_R}:{_A}:orders",
        ),
        (
            call("sqs", "SendMessage", QueueUrl="https://queue.amazonaws.com/123456789012/orders"),
            f"sqs:SendMessage arn:{_P}:sqs:{_R}:123456789012:orders",
        ),
        (
            call("lambda", "Invoke", FunctionName="arn:aws:lambda:eu-west-1:123456789012:function:f", Qualifier="live"),
            "lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:f:live",
        ),
        (
            call("logs", "FilterLogEvents", logGroupName="/shop"),
            f"logs:FilterLogEvents arn:{_P}:logs:{_R}:{_A}:log-group:/shop:*",
        ),
        (
            call("ecs", "DescribeTaskDefinition", taskDefinition="web:7"),
            "ecs:DescribeTaskDefinition *",
        ),
        (
            call("ecs", "RunTask", taskDefinition="web:7", cluster="<cluster>"),
            f"ecs:RunTask arn:{_P}:ecs:{_R}:{_A}:task-definition/web:7",
        ),
        (
            call("s3", "GetObject", Bucket="a", Key="x${y}"),
            f"s3:GetObject arn:{_P}:s3:::a/x${{!y}}",
        ),
        (
            call("dynamodb", "ExecuteStatement", Statement='SELECT * FROM "|<table>|"."by-day" WHERE id = ?'),
            "dynamodb:PartiQLSelect ${RunTableArn}/index/by-day",
        ),
        (
            call("dynamodb", "ExecuteStatement", Statement="insert into orders value {}"),
            f"dynamodb:PartiQLInsert arn:{_P}:dynamodb:{_R}:{_A}:table/orders",
        ),
        (
            call("apigateway", "GetStages", restApiId="abc123"),
            f"apigateway:GET arn:{_P}:apigateway:{_R}::/restapis/abc123/stages",
        ),
        (
            call("dynamodb", "GetItem", region="eu-central-1", TableName="t"),
            f"dynamodb:GetItem arn:{_P}:dynamodb:eu-central-1:{_A}:table/t",
        ),
        (
            call("bedrock-runtime", "InvokeModel", modelId="eu.amazon.nova-lite-v1:0"),
            f"bedrock:InvokeModel arn:{_P}:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_forms_of_names(made: object, expected: str) -> None:
    assert expected in lines(allowed(made))  # type: ignore[arg-type]


def test_copy_source_may_be_one_text() -> None:
    made = allowed(call("s3", "CopyObject", Bucket="b", Key="x", CopySource="a/|<key>"))
    assert lines(made) == [f"s3:GetObject arn:{_P}:s3:::a/*", f"s3:PutObject arn:{_P}:s3:::b/x"]


def test_a_prefix_that_is_not_known_makes_no_condition() -> None:
    made = allowed(call("s3", "ListObjectsV2", Bucket="a", Prefix="x/;<prefix>"))
    assert lines(made) == [f"s3:ListBucket arn:{_P}:s3:::a"]


def test_a_role_that_is_only_looked_at_is_not_passed() -> None:
    assert not any(
        "PassRole" in line for line in lines(allowed(call("scheduler", "ListSchedules", RoleArn="arn:aws:x")))
    )
    made = lines(allowed(call("scheduler", "CreateSchedule", Name="n", Target__RoleArn="arn:aws:iam::1:role/r")))
    assert any(line.startswith("iam:PassRole arn:aws:iam::1:role/r") for line in made)


def test_an_operation_that_aws_lists_no_action_for_is_a_mark_and_no_guess() -> None:
    made = allowed(call("s3", "InventedOperation", Bucket="a"))
    assert made.statements == ()
    assert [each.reason for each in made.unallowed] == ["AWS lists no action for InventedOperation of s3"]


def test_reference_knows_the_services() -> None:
    assert {"s3", "sqs", "states", "execute-api"} <= set(prefixes())
