"""A plan says what its slice asks of the cloud's SDK, under the names of its own settings."""

from __future__ import annotations

from pathlib import Path

from migrator.bootstrap import planned_slice
from migrator.documents.plan import CODEC
from migrator.domain.sdk_calls import PartKind
from tests.support.slices import monolith

FILES = {
    "shop/__init__.py": "",
    "shop/config.py": """
        import os

        BUCKET = os.environ["SHOP_BUCKET"]
        """,
    "shop/aws.py": """
        import boto3

        from shop.config import BUCKET

        s3 = boto3.client("s3")
        RATES = s3.get_object(Bucket=BUCKET, Key="rates.json")
        QUEUES = boto3.client("sqs").list_queues()


        def store(key, body):
            s3.put_object(Bucket=BUCKET, Key=f"invoices/{key}", Body=body)


        def drop(key):
            s3.delete_object(Bucket=BUCKET, Key=key)
        """,
    "shop/views.py": """
        from flask import Flask

        from shop.aws import RATES, store

        app = Flask(__name__)


        @app.route("/invoice/<number>", methods=["POST"])
        def invoice(number):
            store(number, RATES["rate"])
            return "ok"
        """,
}


def test_a_plan_has_the_calls_of_what_travels_and_of_nothing_else(tmp_path: Path) -> None:
    monolith(tmp_path, FILES)
    plan = planned_slice(
        tmp_path, "shop.views.invoice", strategy="function", jobs=1, accept={"unresolved": "read"}
    ).plan
    assert {(call.service, *call.operations) for call in plan.sdk.calls} == {("s3", "PutObject"), ("s3", "GetObject")}
    assert plan.sdk.unfollowed == ()
    settings = {part.text for call in plan.sdk.calls for text in call.arguments["Bucket"] for part in text}
    assert settings == {"SHOP_BUCKET"} == {setting.name for setting in plan.settings}
    assert {part.kind for call in plan.sdk.calls for text in call.arguments["Bucket"] for part in text} == {
        PartKind.SETTING
    }


def test_with_the_whole_module_all_that_it_does_on_import_counts(tmp_path: Path) -> None:
    monolith(tmp_path, FILES)
    plan = planned_slice(tmp_path, "shop.views.invoice", strategy="module", jobs=1, accept={"unresolved": "read"}).plan
    assert {call.operations[0] for call in plan.sdk.calls} == {"PutObject", "GetObject", "ListQueues"}


def test_the_calls_stand_in_the_document_of_the_plan(tmp_path: Path) -> None:
    monolith(tmp_path, FILES)
    plan = planned_slice(tmp_path, "shop.views.invoice", jobs=1, accept={"unresolved": "read"}).plan
    assert plan.sdk.calls
    assert CODEC.load_text(CODEC.dump_text(plan)) == plan
