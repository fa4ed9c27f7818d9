"""The clients, resources and sessions of which methods are called, wherever they are made and kept."""

from __future__ import annotations

import pytest

from tests.model.sdk.programs import Case, check

CASES = (
    Case(
        "session set from outside",
        """
        class Api:
            def __init__(self):
                self.session = None
            def close(self, connection):
                client = self.session.client("apigatewaymanagementapi", endpoint_url="https://x")
                client.delete_connection(ConnectionId=connection)
        import botocore.config
        def start(given):
            Api().close("c")
            given.client("kms").list_keys()
            given.client.put("nothing of the SDK")
            given.client(given.name).fetch("neither")
        """,
        calls=("apigatewaymanagementapi delete_connection ConnectionId=c", "kms list_keys"),
    ),
    Case(
        "across",
        """
        # shop.clients
        import boto3
        from functools import lru_cache
        from shop.config import REGION
        _session = boto3.Session()
        @lru_cache
        def client(service, **kw):
            return _session.client(service, region_name=REGION, **kw)
        # shop.config
        import os
        REGION = "eu-central-1"
        BUCKET = os.environ["BUCKET"]
        PREFIX = "a/"
        # shop.store
        from shop.clients import client
        from shop import config
        class Store:
            def __init__(self, bucket=None):
                self._client = None
                self.bucket = bucket or config.BUCKET
            @property
            def client(self):
                if self._client is None:
                    self._client = client("s3")
                return self._client
            def save(self, key, body):
                self.client.put_object(Bucket=self.bucket, Key=config.PREFIX + key, Body=body)
        # app
        from shop.store import Store
        from shop.clients import client
        store = Store()
        def start(n):
            store.save("x/%s" % n, b"")
            Store("other").save("y", b"")
            client(service="sqs").send_message(QueueUrl="https://sqs/1/orders", MessageBody="")
        """,
        calls=(
            "s3 put_object Bucket=${BUCKET} Key=a/x/<>",
            "s3 put_object Bucket=other Key=a/y",
            "sqs send_message MessageBody= QueueUrl=https://sqs/1/orders",
        ),
    ),
    Case(
        "default session",
        """
        import boto3, botocore.session
        boto3.setup_default_session(region_name="x")
        def start():
            boto3.DEFAULT_SESSION.client("sts").get_caller_identity()
            botocore.session.get_session().create_client("ssm", region_name="eu-west-1").get_parameter(Name="/a")
            boto3.Session(profile_name="p").resource("sqs").get_queue_by_name(QueueName="n").send_message(MessageBody="x")
        """,
        calls=(
            "sqs Queue.send_message MessageBody=x QueueUrl=<>/n",
            "sqs get_queue_by_name QueueName=n",
            "ssm get_parameter Name=/a",
            "sts get_caller_identity",
        ),
    ),
    Case(
        "aio",
        """
        import aioboto3
        session = aioboto3.Session()
        async def start(k):
            async with session.client("s3") as s3:
                await s3.put_object(Bucket="b", Key=k)
            async with session.resource("dynamodb") as d:
                table = await d.Table("t")
                await table.put_item(Item={})
        """,
        calls=(
            "dynamodb Table.put_item TableName=t",
            "s3 put_object Bucket=b Key=<>",
        ),
    ),
    Case(
        "dict of clients",
        """
        import boto3
        CLIENTS = {name: boto3.client(name) for name in ("s3", "sqs")}
        MORE = {"sns": boto3.client("sns")}
        NAMES = {"mail": "ses"}
        _cache = {}
        def cached(name):
            if name not in _cache:
                _cache[name] = boto3.client(name)
            return _cache[name]
        def start():
            CLIENTS["sqs"].delete_message(QueueUrl="q", ReceiptHandle="r")
            MORE["sns"].publish(TopicArn="t")
            boto3.client(NAMES["mail"]).send_email(Source="a@b")
            cached("kms").encrypt(KeyId="alias/k")
            cached("events").put_events(Entries=[{"EventBusName": "bus"}])
        """,
        calls=(
            "events put_events Entries.EventBusName=bus",
            "kms encrypt KeyId=alias/k",
            "ses send_email Source=a@b",
            "sns publish TopicArn=t",
            "sqs delete_message QueueUrl=q ReceiptHandle=r",
        ),
    ),
    Case(
        "class attr",
        """
        # base
        import boto3
        class Service:
            name = None
            @property
            def client(self):
                return boto3.client(self.name)
        class Mixin:
            def store(self, key):
                self.client.put_object(Bucket=self.bucket, Key=key)
        class Other(Service):
            name = "sqs"
        # app
        from base import Service, Mixin, Other
        class Files(Mixin, Service):
            name = "s3"
            bucket = "files"
        def start(key):
            Files().store(key)
            Other().client.purge_queue(QueueUrl="u")
        """,
        calls=(
            "s3 put_object Bucket=files Key=<>",
            "sqs purge_queue QueueUrl=u",
        ),
    ),
    Case(
        "super init",
        """
        # base
        import boto3
        class Aws:
            def __init__(self, service, region=None):
                self._c = boto3.client(service, region_name=region)
        class Store(Aws):
            def __init__(self, bucket):
                super().__init__("s3")
                self.bucket = bucket
            def put(self, k):
                self._c.put_object(Bucket=self.bucket, Key=k)
        class Queue(Aws):
            def __init__(self, url):
                Aws.__init__(self, service="sqs")
                self.url = url
            def send(self):
                self._c.send_message(QueueUrl=self.url, MessageBody="")
        # app
        from base import Store, Queue
        A = Store("a")
        def start(k):
            A.put("x/" + k)
            Store("b").put("y/" + k)
            Queue("https://q").send()
        """,
        calls=(
            "s3 put_object Bucket=a Key=x/<>",
            "s3 put_object Bucket=b Key=y/<>",
            "sqs send_message MessageBody= QueueUrl=https://q",
        ),
    ),
    Case(
        "dataclass",
        """
        from dataclasses import dataclass, field
        import boto3
        @dataclass
        class Repo:
            table: str
            client: object = field(default_factory=lambda: boto3.client("dynamodb"))
            def get(self, i):
                return self.client.get_item(TableName=self.table, Key={"id": {"S": i}})
        @dataclass
        class Svc:
            repo: Repo
            def run(self, i):
                return self.repo.get(i)
        def start(i):
            Svc(Repo("orders")).run(i)
            Repo(table="users", client=boto3.client("dynamodb")).get(i)
        """,
        calls=(
            "dynamodb get_item TableName=orders",
            "dynamodb get_item TableName=users",
        ),
    ),
    Case(
        "lazy global",
        """
        import boto3, threading
        _s3 = None
        _local = threading.local()
        def s3():
            global _s3
            if _s3 is None:
                _s3 = boto3.client("s3")
            return _s3
        def sqs():
            if not hasattr(_local, "sqs"):
                _local.sqs = boto3.client("sqs")
            return _local.sqs
        def start():
            s3().delete_object(Bucket="b", Key="k")
            sqs().send_message(QueueUrl="u", MessageBody="")
        """,
        calls=(
            "s3 delete_object Bucket=b Key=k",
            "sqs send_message MessageBody= QueueUrl=u",
        ),
    ),
    Case(
        "cached property",
        """
        from functools import cached_property, partial
        import boto3
        class A:
            def __init__(self, settings):
                self.settings = settings
            @cached_property
            def client(self):
                return boto3.client("s3")
            @property
            def put(self):
                return partial(self.client.put_object, Bucket=self.settings["bucket"])
            def run(self, key):
                self.put(Key=key)
        class Lazy:
            _client = None
            @classmethod
            def get(cls):
                if cls._client is None:
                    cls._client = boto3.client("kinesis")
                return cls._client
        def start(k):
            A({"bucket": "conf"}).run(k)
            Lazy.get().put_record(StreamName="s", Data=b"", PartitionKey="p")
        """,
        calls=(
            "kinesis put_record PartitionKey=p StreamName=s",
            "s3 put_object Bucket=conf Key=<>",
        ),
    ),
    Case(
        "context",
        """
        from contextlib import contextmanager, closing
        import boto3
        @contextmanager
        def client(name):
            c = boto3.client(name)
            try:
                yield c
            finally:
                c.close()
        class Tx:
            def __enter__(self):
                self.c = boto3.client("sns")
                return self.c
            def __exit__(self, *a): ...
        def gen():
            for n in ("a", "b"):
                yield n
        def start():
            with client("s3") as c:
                for n in gen():
                    c.head_object(Bucket="b", Key=n)
            with Tx() as t:
                t.publish(TopicArn="t")
            with closing(boto3.client("kms")) as k:
                k.decrypt(CiphertextBlob=b"")
        """,
        calls=(
            "kms decrypt",
            "s3 head_object Bucket=b Key=a|b",
            "sns publish TopicArn=t",
        ),
    ),
    Case(
        "typed",
        """
        from mypy_boto3_s3 import S3Client
        from mypy_boto3_sqs.service_resource import Queue
        import boto3
        def start(client: S3Client, q: Queue, session: boto3.Session):
            client.get_object(Bucket="b", Key="k")
            q.send_message(MessageBody="")
            session.client("ec2").describe_instances()
        """,
        calls=(
            "ec2 describe_instances",
            "s3 get_object Bucket=b Key=k",
            "sqs Queue.send_message MessageBody=",
        ),
    ),
    Case(
        "threads",
        """
        import boto3, asyncio
        from threading import Thread
        from concurrent.futures import ThreadPoolExecutor
        s3 = boto3.client("s3")
        def work(key, bucket="w"):
            s3.put_object(Bucket=bucket, Key=key)
        def retry(fn, *args, **kw):
            return fn(*args, **kw)
        async def start(keys):
            Thread(target=work, args=("t1",)).start()
            with ThreadPoolExecutor() as ex:
                ex.submit(work, "t2", bucket="w2")
                list(ex.map(lambda k: s3.get_object(Bucket="m", Key=k), keys))
            await asyncio.to_thread(s3.delete_object, Bucket="d", Key="d")
            loop = asyncio.get_event_loop()
            await loop.run_in_executor(None, lambda: s3.head_object(Bucket="h", Key="h"))
            retry(s3.copy_object, Bucket="r", Key="r")
        """,
        calls=(
            "s3 copy_object Bucket=r Key=r",
            "s3 delete_object Bucket=d Key=d",
            "s3 get_object Bucket=m Key=<>",
            "s3 head_object Bucket=h Key=h",
            "s3 put_object Bucket=w Key=t1",
            "s3 put_object Bucket=w2 Key=t2",
        ),
    ),
    Case(
        "fastapi dep",
        """
        from fastapi import Depends
        import boto3
        def get_s3():
            return boto3.client("s3")
        def start(s3=Depends(get_s3)):
            s3.get_object(Bucket="b", Key="k")
        """,
        calls=("s3 get_object Bucket=b Key=k",),
    ),
    Case(
        "reexported",
        """
        # shop
        from .aws import *
        # shop.aws
        from .clients import s3 as storage
        from . import names
        # shop.clients
        try:
            import boto3
        except ImportError:
            boto3 = None
        s3 = boto3.client("s3")
        # shop.names
        BUCKET = "shop-" + "files"
        # app
        import shop
        from shop import aws
        def start():
            shop.storage.get_object(Bucket=aws.names.BUCKET, Key="k")
        """,
        calls=("s3 get_object Bucket=shop-files Key=k",),
    ),
    Case(
        "proxy",
        """
        import boto3
        class Traced:
            def __init__(self, inner):
                self._inner = inner
            def __getattr__(self, name):
                return getattr(self._inner, name)
        class Proxy:
            def __init__(self, make):
                self._make = make
            def __call__(self):
                return self._make()
        def traced(client):
            return Traced(client)
        c = traced(boto3.client("sns"))
        get = Proxy(lambda: boto3.client("kms"))
        def start():
            c.publish(TopicArn="t")
            get().sign(KeyId="k")
        """,
        calls=(
            "kms sign KeyId=k",
            "sns publish TopicArn=t",
        ),
    ),
    Case(
        "optional client",
        """
        import boto3
        class Repo:
            def __init__(self, table, client=None):
                self.client = client or boto3.client("dynamodb")
                self.table = table
            def get(self):
                return self.client.get_item(TableName=self.table)
        def make(table):
            def inner():
                return Repo(table)
            return inner
        def start():
            make("a")().get()
        """,
        calls=("dynamodb get_item TableName=a",),
    ),
    Case(
        "module attribute",
        """
        # state
        s3 = None
        queue = {}
        # setup
        import boto3
        import state
        def configure():
            state.s3 = boto3.client("s3")
            state.queue["c"] = boto3.client("sqs")
        # app
        import state
        import setup
        def start():
            setup.configure()
            state.s3.delete_object(Bucket="b", Key="k")
            state.queue["c"].purge_queue(QueueUrl="q")
        """,
        calls=(
            "s3 delete_object Bucket=b Key=k",
            "sqs purge_queue QueueUrl=q",
        ),
    ),
    Case(
        "list of",
        """
        import boto3
        clients = []
        clients.append(boto3.client("s3"))
        jobs = [("s3", "list_buckets"), ("sqs", "list_queues")]
        def start():
            for c in clients:
                c.list_buckets()
            for service, op in jobs:
                getattr(boto3.client(service), op)()
            s3, sns = map(boto3.client, ("s3", "sns"))
            [boto3.client("sqs").send_message(QueueUrl=u) for u in ("a", "b")]
            s3b, kms = boto3.client("s3"), boto3.client("kms")
            kms.decrypt()
        """,
        calls=(
            "kms decrypt",
            "s3 list_buckets",
            "sqs list_queues",
            "sqs send_message QueueUrl=a|b",
        ),
    ),
    Case(
        "decorated",
        """
        import boto3, functools
        def with_s3(f):
            @functools.wraps(f)
            def inner(*a, **k):
                return f(boto3.client("s3"), *a, **k)
            return inner
        @with_s3
        def work(s3, key):
            s3.get_object(Bucket="b", Key=key)
        def start():
            work("kk")
        """,
        calls=("s3 get_object Bucket=b Key=<>",),
    ),
    Case(
        "keyed",
        """
        import boto3
        OPS = {"a": "put_object", "b": "get_object"}
        def start(which, x):
            c = boto3.client("s3")
            getattr(c, OPS[which])(Bucket="b")
            for name in ("sns", "sqs"):
                boto3.client(name).close()
            table = "orders" if x else "archive"
            boto3.resource("dynamodb").Table(table).get_item(Key={})
            svc = boto3.client("s3" if x else "sqs")
            svc.delete_object(Bucket="q", Key="z")
            key = "a"
            key += "/b"
            if x:
                key = key + "/" + x
            c.get_object(Bucket=f"shop-{x}-files", Key=key)
        """,
        calls=(
            "dynamodb Table.get_item TableName=archive|orders",
            "s3 delete_object Bucket=q Key=z",
            "s3 get_object Bucket=b",
            "s3 get_object Bucket=shop-<>-files Key=a/b|a/b/<>",
            "s3 put_object Bucket=b",
        ),
    ),
    Case(
        "wrapper",
        """
        import boto3
        def call(service, method, **kw):
            return getattr(boto3.client(service), method)(**kw)
        def start(x):
            call("sns", "publish", TopicArn="arn:t")
            call("sqs", "get_queue_url", QueueName="qq")
            q = boto3.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
            boto3.client("sqs").send_message(QueueUrl=q)
        """,
        calls=(
            "sns publish TopicArn=arn:t",
            "sqs get_queue_url QueueName=orders",
            "sqs get_queue_url QueueName=qq",
            "sqs send_message QueueUrl=<>/orders",
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_program_asks_for_what_it_says(case: Case) -> None:
    check(case)
