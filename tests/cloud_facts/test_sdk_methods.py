"""What stands in the files about the SDK is what the installed SDK does."""

from __future__ import annotations

import boto3
import pytest
from boto3.resources.model import ResourceModel
from botocore import xform_name
from botocore.session import get_session

from migrator.cloud_facts.sdk_methods import service_methods, service_names, services_with
from tools.sdk_facts import main

SESSION = get_session()
SOME = ("s3", "dynamodb", "ec2", "iam", "sqs", "stepfunctions", "rds", "wafv2", "qldb", "sdb")


def test_the_services_are_those_of_the_sdk() -> None:
    assert service_names() == set(SESSION.get_available_services())


@pytest.mark.parametrize("name", [name for name in SOME if name in service_names()])
def test_methods_are_those_of_its_client(name: str) -> None:
    client = boto3.client(name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    methods = service_methods(name)
    assert methods is not None
    assert dict(methods.methods) == dict(client.meta.method_to_api_mapping)
    assert methods.paginators == {method for method in methods.methods if client.can_paginate(method)}
    assert sorted(methods.waiters) == sorted(client.waiter_names)


@pytest.mark.parametrize("name", ["s3", "sqs", "dynamodb", "ec2", "iam"])
def test_resources_have_what_boto3_gives_them(name: str) -> None:
    resource = boto3.resource(name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    methods = service_methods(name)
    assert methods is not None
    model: ResourceModel = resource.meta.resource_model
    own = methods.resources[""]
    assert set(own.has) == {each.name for each in model.subresources}
    assert set(own.many) == {each.name for each in model.collections}
    for sub in model.subresources:
        theirs = sub.resource.model
        ours = methods.resources[sub.resource.type]
        theirs.load_rename_map(_shape(resource, theirs.shape))
        assert set(ours.actions) == {each.name for each in theirs.actions}
        assert set(ours.many) == {each.name for each in theirs.collections}
        assert set(ours.has) == {each.name for each in (*theirs.subresources, *theirs.references)}
        assert ours.identifiers == tuple(xform_name(each.name) for each in theirs.identifiers)


def test_a_method_that_one_service_has_says_which() -> None:
    assert services_with("purge_queue") == ("sqs",)
    assert len(services_with("tag_resource")) > 10
    assert services_with("frobnicate") == ()


@pytest.mark.thorough
def test_the_files_are_those_of_the_installed_sdk() -> None:
    assert main(["--check"]) == 0


def _shape(resource: object, name: str | None) -> object:
    return resource.meta.client.meta.service_model.shape_for(name) if name else None  # type: ignore[attr-defined]
