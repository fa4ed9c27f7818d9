"""Parts of a template that hang on what the function asks of AWS and on what it leaves behind."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from migrator.artifacts.endpoints import addresses
from migrator.artifacts.recursion import loops_of
from migrator.artifacts.service import make_template
from migrator.domain.locations import Location
from migrator.domain.plans import Dropped, EventSource
from migrator.domain.sdk_calls import PartKind, SdkCall, SdkUse, Text, TextPart, UnfollowedSdkCall
from migrator.plan import PlannedSlice, make_plan
from tests.artifacts.event_services import EVENT
from tests.artifacts.test_event_services import VARIANTS
from tests.support.jobs import planned_job
from tests.support.slices import assessed, monolith
from tools.templates.checking import by_library

PLACE = Location("shop.py", 13)


def asked(service: str, operation: str, **arguments: Text) -> SdkCall:
    return SdkCall(service, operation, (operation,), PLACE, "f", {name: (text,) for name, text in arguments.items()})


def said(text: str, kind: PartKind = PartKind.LITERAL) -> Text:
    return (TextPart(kind, text),)


def with_sdk(planned: PlannedSlice, *calls: SdkCall) -> PlannedSlice:
    return replace(planned, plan=replace(planned.plan, sdk=SdkUse(calls)))


def read(text: str) -> Any:
    return YAML(typ="rt").load(text)


def test_a_function_that_writes_where_its_files_come_from_has_to_keep_them_apart(tmp_path: Path) -> None:
    planned = planned_job(tmp_path / "monolith", EVENT, "shop.stored", accepted_unresolved="seen")
    text = make_template(with_sdk(planned, asked("s3", "PutObject", Bucket=said("seen"))))
    assert (
        '!Or\n          - !Not [!Equals [!Ref BucketName, "seen"]]\n          - !Not [!Equals [!Ref KeyPrefix, ""]]'
        in text
    )
    assert list(read(text)["Rules"]) == ["NoLoop1"]
    folder = tmp_path / "service"
    (folder / "src").mkdir(parents=True)
    (folder / "template.yaml").write_text(text)
    assert list(by_library([folder])) == []
    only_reads = make_template(with_sdk(planned, asked("s3", "GetObject", Bucket=said("seen"))))
    assert "Rules" not in read(only_reads)


def test_a_bucket_that_nobody_knows_may_be_the_one() -> None:
    written = asked("s3", "PutObject", Bucket=said("seen"))
    by_setting = asked("s3", "CopyObject", Bucket=said("TARGET", PartKind.SETTING))
    known = loops_of(SdkUse((written, by_setting)), {"TARGET": "TargetSetting"})
    assert [each.bucket for each in known] == ["!Ref TargetSetting", '"seen"']
    for unknown in (
        SdkUse((written, asked("s3", "PutObject", Bucket=said("event['b']", PartKind.RUNTIME)))),
        SdkUse((written, asked("s3", "PutObject", Bucket=said("OTHER", PartKind.SETTING)))),
        SdkUse((written,), (UnfollowedSdkCall("getattr(s3, name)()", "the operation", PLACE, "f", "s3"),)),
    ):
        assert [each.bucket for each in loops_of(unknown, {})] == [""]


def test_endpoints_are_those_of_the_services_that_are_used(tmp_path: Path) -> None:
    name, source = VARIANTS["a cache in a private network"]
    planned = planned_job(tmp_path, {"m.py": source}, name, accepted_unresolved="seen")
    calls = (asked("s3", "GetObject"), asked("stepfunctions", "StartExecution"), asked("polly", "SynthesizeSpeech"))
    text = make_template(with_sdk(planned, *calls))
    resources = read(text)["Resources"]
    kinds = {
        re.sub(r".*\.", "", str(each["Properties"]["ServiceName"].value)): each["Properties"]["VpcEndpointType"]
        for each in resources.values()
        if each["Type"] == "AWS::EC2::VPCEndpoint"
    }
    assert kinds == {"s3": "Gateway", "sqs": "Interface", "states": "Interface"}
    assert "RouteTableIds" in read(text)["Parameters"]
    assert "RouteTableIds" not in read(make_template(planned))["Parameters"]


def test_nobody_in_no_network_pays_for_endpoints(tmp_path: Path) -> None:
    planned = planned_job(tmp_path, EVENT, "shop.stored", accepted_unresolved="seen")
    text = make_template(with_sdk(planned, asked("s3", "GetObject", Bucket=said("seen"))))
    assert "VPCEndpoint" not in text


def test_addresses_are_few() -> None:
    """One interface holds 65,000 connections, of two subnets each has half."""
    assert [(each.environments, each.interfaces) for each in addresses()] == [(100, 1), (1_000, 1), (10_000, 1)]


WEB = "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef work():\n    return '1'\n"


@pytest.mark.parametrize("front", [EventSource.HTTP_API, EventSource.REST_API])
def test_what_turned_requests_away_is_named_where_an_authorizer_belongs(front: EventSource, tmp_path: Path) -> None:
    tree = monolith(tmp_path, {"m.py": WEB})
    planned = make_plan(tree, assessed(tree, "m.work", registered="@app.get"), front=front)
    checks = (Dropped("shop/web.py:3:1: before_request\n  evil: true", "it may turn requests away"),)
    text = make_template(replace(planned, plan=replace(planned.plan, access_checks=checks)))
    assert "  # - shop/web.py:3:1: before_request" in text
    assert "evil" not in read(text)["Resources"]
    assert read(text)["Resources"].keys() == read(make_template(planned))["Resources"].keys()
    assert "authorizer" not in make_template(planned)


def test_a_dead_letter_queue_takes_from_its_own_queue_only(tmp_path: Path) -> None:
    name, source = VARIANTS["a task that writes"]
    resources = read(make_template(planned_job(tmp_path, {"m.py": source}, name, accepted_unresolved="seen")))[
        "Resources"
    ]
    allowed = resources["DeadLetters"]["Properties"]["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    queue = resources["Queue"]["Properties"]["QueueName"].value
    assert [str(each.value).rpartition(":")[2] for each in allowed["sourceQueueArns"]] == [queue]


@pytest.mark.parametrize("data_class", ["KinesisStreamEvent", "DynamoDBStreamEvent", "KafkaEvent"])
def test_records_can_be_passed_over_before_they_cost_anything(data_class: str, tmp_path: Path) -> None:
    source = EVENT["shop.py"].replace("S3Event", data_class)
    planned = planned_job(
        tmp_path / "monolith", {**EVENT, "shop.py": source}, "shop.stored", accepted_unresolved="seen"
    )
    text = make_template(planned)
    document = read(text)
    assert document["Parameters"]["RecordFilter"]["Default"] == "", "all records come unless somebody says so"
    assert "FilterCriteria: !If [HasRecordFilter, {Filters: [{Pattern: !Ref RecordFilter}]}, !Ref AWS::NoValue]" in text
    folder = tmp_path / "service"
    (folder / "src").mkdir(parents=True)
    (folder / "template.yaml").write_text(text)
    assert list(by_library([folder])) == []
