"""What the arguments of calls name: texts that are put together, settings, each caller's own."""

from __future__ import annotations

import pytest

from tests.model.sdk.programs import Case, check

CASES = (
    Case(
        "plain",
        """
        import boto3
        s3 = boto3.client("s3")
        def start(number):
            s3.put_object(Bucket="orders", Key=f"invoices/{number}.pdf", Body=b"")
        """,
        calls=("s3 put_object Bucket=orders Key=invoices/<>.pdf",),
    ),
    Case(
        "django",
        """
        # shop.storage
        import boto3
        from django.conf import settings
        class Storage:
            def __init__(self, bucket=None):
                self.bucket_name = bucket or settings.UPLOAD_BUCKET
            @property
            def bucket(self):
                return boto3.resource("s3").Bucket(self.bucket_name)
            def save(self, name, content):
                self.bucket.Object(self._path(name)).put(Body=content)
            def _path(self, name):
                return "{}/{}".format(settings.PREFIX, name)
        # app
        from shop.storage import Storage
        from flask import current_app
        import os, boto3
        from os.path import join
        def start(n):
            Storage().save("a/%s.txt" % n, b"")
            boto3.client("s3").get_object(Bucket=current_app.config["B"], Key=join("x", n))
            boto3.client("s3").get_object(Bucket=os.getenv("C", "dflt"), Key="/".join(["x", str(n), "y"]))
        """,
        calls=(
            "s3 Object.put Bucket=${UPLOAD_BUCKET} Key=${PREFIX}/a/<>.txt",
            "s3 get_object Bucket=${B} Key=x/<>",
            "s3 get_object Bucket=${C} Key=x/<>/y",
        ),
    ),
    Case(
        "pydantic",
        """
        # conf
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            bucket: str
            table: str = "t"
            class Config:
                env_prefix = "SHOP_"
        settings = Settings()
        # app
        import boto3
        from conf import settings
        from decouple import config
        Q = config("QUEUE")
        def start():
            boto3.client("s3").put_object(Bucket=settings.bucket, Key="k")
            boto3.resource("dynamodb").Table(settings.table).scan()
            boto3.client("sqs").send_message(QueueUrl=Q, MessageBody="")
        """,
        calls=(
            "dynamodb Table.scan TableName=${SHOP_TABLE}",
            "s3 put_object Bucket=${SHOP_BUCKET} Key=k",
            "sqs send_message MessageBody= QueueUrl=${QUEUE}",
        ),
    ),
    Case(
        "texts",
        """
        import boto3, os
        from enum import Enum
        from pathlib import PurePosixPath
        class Bucket(str, Enum):
            FILES = "files"
        class Keys:
            PREFIX = "p/"
        STAGE = os.environ.get("STAGE", "dev")
        CONF = {"a": {"bucket": "deep"}, **{"b": "flat"}}
        def name(*parts):
            return "-".join(parts)
        def key(*, kind, id):
            return f"{kind}/{id:06d}.json"
        def start(n, x=None):
            c = boto3.client("s3")
            c.get_object(Bucket=Bucket.FILES, Key=Keys.PREFIX + str(n))
            c.get_object(Bucket=Bucket.FILES.value, Key="%(a)s/%(b)s" % {"a": "A", "b": n})
            c.get_object(Bucket=f"{STAGE}-files", Key="{0}/{k}".format("zero", k=n))
            c.get_object(Bucket=CONF["a"]["bucket"], Key=CONF.get("b"))
            c.get_object(Bucket=name("a", "b", STAGE), Key=key(kind="inv", id=n))
            c.get_object(Bucket="Up".lower(), Key=str(PurePosixPath("x") / n))
            c.get_object(Bucket=os.path.join("a/", "b"), Key=x or "dflt")
            c.get_object(Bucket="t" if n else "f", Key=n.strip())
            c.put_object(**{"Bucket": "sp", "Key": "k"})
            args = dict(Bucket="dd")
            args.update(Key="upd")
            c.put_object(**args)
            bucket, prefix = "tup", "le"
            c.put_object(Bucket=bucket, Key=prefix)
        """,
        calls=(
            "s3 get_object Bucket=${STAGE}-files Key=zero/<>",
            "s3 get_object Bucket=a-b-${STAGE} Key=inv/<>.json",
            "s3 get_object Bucket=a/b Key=<>|dflt",
            "s3 get_object Bucket=deep Key=flat",
            "s3 get_object Bucket=files Key=A/<>",
            "s3 get_object Bucket=files Key=p/<>",
            "s3 get_object Bucket=f|t Key=<>",
            "s3 get_object Bucket=up Key=x/<>",
            "s3 put_object Bucket=dd Key=upd",
            "s3 put_object Bucket=sp Key=k",
            "s3 put_object Bucket=tup Key=le",
        ),
    ),
    Case(
        "callers apart",
        """
        # store
        import boto3
        s3 = boto3.client("s3")
        def put(bucket, key, body=b""):
            _send(bucket=bucket, key=key, body=body)
        def _send(*, bucket, key, **rest):
            s3.put_object(Bucket=bucket, Key=key)
        def unused():
            put("never", "never")
        # app
        from store import put
        def invoice(n):
            put("invoices", f"{n}.pdf")
        def start(n):
            invoice(n)
            put("orders", "all.json")
        """,
        calls=(
            "s3 put_object Bucket=invoices Key=<>.pdf",
            "s3 put_object Bucket=orders Key=all.json",
        ),
    ),
    Case(
        "recursion",
        """
        import boto3
        def walk(prefix, token=None):
            page = boto3.client("s3").list_objects_v2(Bucket="b", Prefix=prefix, ContinuationToken=token)
            for each in page["CommonPrefixes"]:
                walk(each["Prefix"], page["Next"])
        def start():
            walk("root/")
        class A:
            def __init__(self): self.b = B(self)
        class B:
            def __init__(self, a): self.a = a; self.c = boto3.client("sqs")
        """,
        calls=(
            "s3 list_objects_v2 Bucket=b ContinuationToken=<> Prefix=<>",
            "s3 list_objects_v2 Bucket=b Prefix=root/",
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_program_asks_for_what_it_says(case: Case) -> None:
    check(case)
