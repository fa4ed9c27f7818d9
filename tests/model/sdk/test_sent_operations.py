"""What the methods of clients, resources, paginators, waiters and transfers send."""

from __future__ import annotations

import pytest

from tests.model.sdk.programs import Case, check

CASES = (
    Case(
        "resource",
        """
        import boto3
        dynamodb = boto3.resource("dynamodb")
        table = dynamodb.Table("orders")
        s3 = boto3.resource("s3")
        def start(n):
            table.put_item(Item={"a": 1})
            with table.batch_writer() as w:
                w.put_item(Item={})
            bucket = s3.Bucket("uploads")
            bucket.objects.filter(Prefix="tmp/").delete()
            for o in bucket.objects.filter(Prefix="x/").limit(4):
                o.size
                o.get()
            obj = s3.Object("uploads", "k")
            obj.content_length
            bucket.Object("z").upload_file("/tmp/x")
            s3.meta.client.download_file("b", "k", "/tmp/k")
        """,
        calls=(
            "dynamodb Table.batch_writer TableName=orders",
            "dynamodb Table.put_item Item.a=1 TableName=orders",
            "s3 Bucket.objects Bucket=uploads Prefix=tmp/",
            "s3 Bucket.objects Bucket=uploads Prefix=x/",
            "s3 Bucket.objects.delete Bucket=uploads",
            "s3 Object.content_length Bucket=uploads Key=k",
            "s3 Object.upload_file Bucket=uploads Key=z",
            "s3 ObjectSummary.get Bucket=uploads Key=<>",
            "s3 download_file Bucket=b Key=k",
        ),
    ),
    Case(
        "misc",
        """
        import boto3, functools
        from concurrent.futures import ThreadPoolExecutor
        c = boto3.client("s3")
        def start(name, svc):
            put = c.put_object
            put(Bucket="a", Key="b")
            with ThreadPoolExecutor() as ex:
                ex.submit(c.delete_object, Bucket="q", Key=name)
            functools.partial(c.get_object, Bucket="pp")(Key="k")
            getattr(c, "head_object")(Bucket="g", Key="h")
            getattr(c, name)(Bucket="g")
            kw = {"Bucket": "kw"}
            kw["Key"] = "kk"
            c.copy_object(**kw)
            boto3.client(svc).do_it()
            for page in c.get_paginator("list_objects_v2").paginate(Bucket="pg"):
                pass
            c.get_waiter("object_exists").wait(Bucket="w", Key="x")
            c.generate_presigned_url("get_object", Params={"Bucket": "sg", "Key": name})
            c.upload_fileobj(None, "u", "k/" + name)
            c.copy({"Bucket": "src", "Key": "k1"}, "dst", "k2")
            print(c)
            foo(c)
            try:
                pass
            except c.exceptions.NoSuchKey:
                pass
        """,
        calls=(
            "s3 copy Bucket=dst CopySource.Bucket=src CopySource.Key=k1 Key=k2",
            "s3 copy Bucket=src Key=k1",
            "s3 copy_object Bucket=kw Key=kk",
            "s3 delete_object Bucket=q Key=<>",
            "s3 generate_presigned_url(get_object) Bucket=sg Key=<>",
            "s3 get_object Bucket=pp Key=k",
            "s3 head_object Bucket=g Key=h",
            "s3 paginate(list_objects_v2) Bucket=pg",
            "s3 put_object Bucket=a Key=b",
            "s3 upload_fileobj Bucket=u Key=k/<>",
            "s3 wait(object_exists) Bucket=w Key=x",
        ),
        unfollowed=(
            "getattr(…)(…): which operation it is, is known only when it runs",
            "boto3.client(…).do_it(): the service is not known: svc",
            "foo(…): hands a client of s3 to foo, of which nobody says what it calls",
        ),
    ),
    Case(
        "resources",
        """
        import boto3
        s3 = boto3.resource("s3")
        ec2 = boto3.resource("ec2")
        sqs = boto3.resource("sqs")
        def start():
            for b in s3.buckets.all():
                b.delete()
            s3.Bucket("w").wait_until_exists()
            s3.Bucket("w").objects.all().delete()
            for s in s3.Bucket("x").objects.all():
                print(s.key, s.size, s.last_modified)
            s3.ObjectSummary("y", "k").size
            s3.Object("o", "k").Acl().put(ACL="private")
            ec2.instances.filter(Filters=[{"Name": "tag:x", "Values": ["y"]}]).stop()
            ec2.Instance("i-1").create_tags(Tags=[])
            q = sqs.Queue("https://q")
            for m in q.receive_messages(MaxNumberOfMessages=1):
                m.delete()
            q.attributes
            boto3.resource("sns").create_topic(Name="news").publish(Message="x")
            boto3.resource("cloudwatch").Metric("NS", "m").put_data(MetricData=[])
            boto3.resource("iam").Role("r").name
            boto3.resource("dynamodb").create_table(TableName="n").wait_until_exists()
        """,
        calls=(
            "cloudwatch Metric.put_data MetricData.MetricName=m Namespace=NS",
            "dynamodb Table.wait_until_exists TableName=<>",
            "dynamodb create_table TableName=n",
            "ec2 Instance.create_tags Resources=i-1",
            "ec2 instances Filters.Name=tag:x Filters.Values=y",
            "ec2 instances.stop",
            "s3 Bucket.delete Bucket=<>",
            "s3 Bucket.objects Bucket=w",
            "s3 Bucket.objects Bucket=x",
            "s3 Bucket.objects.delete Bucket=w",
            "s3 Bucket.wait_until_exists Bucket=w",
            "s3 ObjectAcl.put ACL=private Bucket=o Key=k",
            "s3 ObjectSummary.size Bucket=y Key=k",
            "s3 buckets",
            "sns Topic.publish Message=x TopicArn=<>:news",
            "sns create_topic Name=news",
            "sqs Message.delete QueueUrl=https://q ReceiptHandle=<>",
            "sqs Queue.attributes QueueUrl=https://q",
            "sqs Queue.receive_messages MaxNumberOfMessages=1 QueueUrl=https://q",
        ),
    ),
    Case(
        "silent",
        """
        import boto3
        def start():
            c = boto3.client("s3")
            c.can_paginate("list_objects_v2")
            c.meta.region_name
            c.exceptions.NoSuchKey
            c.get_paginator("list_objects_v2")
            c.get_waiter("object_exists")
            c.close()
            boto3.resource("s3").Bucket("b").Object("k")
            boto3.resource("s3").Bucket("b").name
            print(c, isinstance(c, object))
        """,
        calls=(),
    ),
    Case(
        "transfer",
        """
        import boto3
        from boto3.s3.transfer import S3Transfer, TransferConfig
        from s3transfer.manager import TransferManager
        c = boto3.client("s3")
        def start(p):
            S3Transfer(c).upload_file(p, "b1", "k1")
            with TransferManager(c) as tm:
                tm.download("b2", "k2", p)
            c.upload_file(p, "b3", "k3", ExtraArgs={"ACL": "public-read"}, Config=TransferConfig())
            boto3.resource("s3").Bucket("b4").download_file("k4", p)
            boto3.resource("s3").meta.client.copy(CopySource={"Bucket": "s", "Key": "t"}, Bucket="d", Key="e")
        """,
        calls=(
            "s3 Bucket.download_file Bucket=b4 Key=k4",
            "s3 copy Bucket=d CopySource.Bucket=s CopySource.Key=t Key=e",
            "s3 copy Bucket=s Key=t",
            "s3 download Bucket=b2 Key=k2",
            "s3 upload_file ACL=public-read Bucket=b3 Key=k3",
            "s3 upload_file Bucket=b1 Key=k1",
        ),
    ),
    Case(
        "powertools",
        """
        from aws_lambda_powertools.utilities import parameters
        from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
        layer = DynamoDBPersistenceLayer(table_name="idem")
        def start():
            parameters.get_parameter("/a/b")
            parameters.get_secret("s")
        """,
        calls=(
            "dynamodb DynamoDBPersistenceLayer TableName=idem",
            "secretsmanager get_secret SecretId=s",
            "ssm get_parameter Name=/a/b",
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_program_asks_for_what_it_says(case: Case) -> None:
    check(case)
