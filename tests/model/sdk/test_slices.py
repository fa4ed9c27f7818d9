"""Which code counts: what the candidate reaches, and what runs when the modules that travel are imported."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.sdk.programs import calls_of, modules_of, operations_of, unfollowed_of, use_of
from tests.support.programs import model_of

SHOP = """
# shop.aws
import boto3
s3 = boto3.client("s3")
def read(key):
    return s3.get_object(Bucket="shop", Key=key)
def drop(key):
    s3.delete_object(Bucket="shop", Key=key)
CONFIG = read("config.json")
OTHER = boto3.client("ssm").get_parameter(Name="/shop/other")
# app
from shop.aws import drop
def start(key):
    drop(key)
def other():
    from shop.aws import s3
    s3.list_buckets()
"""


def test_what_the_candidate_does_not_reach_does_not_count() -> None:
    assert calls_of(model_of(modules_of(SHOP)).sdk_use("app.start", {})) == ["s3 delete_object Bucket=shop Key=<>"]


def test_what_runs_on_import_counts_where_its_line_travels() -> None:
    model = model_of(modules_of(SHOP))
    whole = calls_of(model.sdk_use("app.start", {"shop.aws": None}))
    part = calls_of(model.sdk_use("app.start", {"shop.aws": frozenset(range(1, 8))}))
    assert part == ["s3 delete_object Bucket=shop Key=<>", "s3 get_object Bucket=shop Key=config.json"]
    assert whole == [*part, "ssm get_parameter Name=/shop/other"]


def test_a_program_without_the_sdk_asks_for_nothing() -> None:
    use = use_of("def start(client):\n    client.put_object(Bucket='b', Key='k')\n")
    assert use.calls == () and use.unfollowed == ()


def test_calls_stand_in_the_order_of_their_places() -> None:
    places = [call.location for call in use_of(SHOP).calls]
    assert len(places) > 1 and places == sorted(places)


def test_the_region_of_the_client_is_that_of_the_call() -> None:
    use = use_of("""
        import boto3
        session = boto3.Session(region_name="eu-west-1")
        def start():
            boto3.client("sqs", region_name="us-east-1").list_queues()
            session.resource("dynamodb").Table("t").scan()
            session.client("sns", "ap-south-1").list_topics()
            boto3.client("kms").list_keys()
        """)
    regions = {call.service: ["".join(part.text for part in text) for text in call.region] for call in use.calls}
    assert regions == {"sqs": ["us-east-1"], "dynamodb": ["eu-west-1"], "sns": ["ap-south-1"], "kms": []}


def test_the_order_of_the_files_does_not_matter() -> None:
    modules = modules_of(SHOP)
    orders = [dict(order) for order in itertools.permutations(modules.items())]
    assert len({repr(use_of(order)) for order in orders}) == 1


CALLS = (
    "s3.put_object(Bucket='a', Key=key)",
    "put = s3.get_object; put(Bucket='b', Key=key)",
    "for each in s3.get_paginator('list_objects_v2').paginate(Bucket='c'): pass",
    "getattr(s3, key)()",
    "helper(boto3.client('sqs'), key)",
    "boto3.resource('s3').Bucket(key).objects.all().delete()",
    "key = 'x/' + key",
    "s3 = boto3.client('s3')",
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(CALLS), max_size=5), st.sampled_from(CALLS[:6]), st.integers(0, 5))
def test_another_call_never_removes_one(before: list[str], added: str, at: int) -> None:
    after = [*before[:at], added, *before[at:]]
    less, more = (use_of({"app": _program(lines)}) for lines in (before, after))
    assert set(operations_of(less)) <= set(operations_of(more))
    assert len(unfollowed_of(less)) <= len(unfollowed_of(more))


def _program(lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in ["s3 = boto3.client('s3')", *lines])
    return f"import boto3\ndef helper(queue, url):\n    queue.purge_queue(QueueUrl=url)\ndef start(key):\n{body}"
