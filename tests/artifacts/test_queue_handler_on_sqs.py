"""A generated queue handler against an SQS and a DynamoDB that check what they are asked (moto's, on loopback)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from migrator.artifacts import write
from migrator.domain.effects import Effect
from tests.artifacts.event_services import service

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")

# It notes its runs in a file of the test's own, and could send mail, so that its handler remembers what was done.
TASK = """
import os
import smtplib
from celery import Celery
app = Celery("x")

class Busy(Exception):
    pass

@app.task(autoretry_for=(Busy,), default_retry_delay=700, max_retries=1)
def work(how: str):
    with open(os.environ["RAN"], "a") as file:
        file.write(how + "\\n")
    if how == "busy":
        raise Busy
    if how == "broken":
        raise ValueError("no")
    if how == "mail":
        smtplib.SMTP("mail.example").sendmail("a@example.com", "b@example.com", "hello")
"""
# It asks for another run of itself as long as something is left.
AGAIN = """
from celery import Celery
app = Celery("x")

@app.task
def work(left: int):
    if left:
        work.apply_async((left - 1,), countdown=4)
"""
RUN = """
import json, sys
sys.path.insert(0, "src"); sys.path.insert(0, sys.argv[1])
from tests.artifacts.events import CONTEXT
CONTEXT.get_remaining_time_in_millis = lambda: 60_000
from app import handler
for line in sys.stdin:
    print("ANSWER", json.dumps(handler(json.loads(line), CONTEXT)), flush=True)
"""
ACCEPTED = dict.fromkeys((Effect.LOCAL_DISK_WRITE, Effect.ENVIRONMENT), "the test looks at it")
REGION = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}


@pytest.fixture
def aws() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # What it holds belongs to the process, and would be there again.
    httpx.post(f"http://{host}:{port}/moto-api/reset", trust_env=False).raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()


class Stack:
    """The queue, the dead letters and the table, as the template has them."""

    def __init__(self, url: str, template: dict[str, Any]) -> None:
        self.url = url
        resources = template["Resources"]
        self.sqs = boto3.client("sqs", endpoint_url=url, **REGION)
        self.table = boto3.client("dynamodb", endpoint_url=url, **REGION)
        self.queue = self.sqs.create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "1800"})["QueueUrl"]
        self.dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        wanted = resources["Idempotency"]["Properties"]
        self.table.create_table(
            TableName="done",
            BillingMode=wanted["BillingMode"],
            AttributeDefinitions=[dict(each) for each in wanted["AttributeDefinitions"]],
            KeySchema=[dict(each) for each in wanted["KeySchema"]],
        )
        self.lives_until = wanted["TimeToLiveSpecification"]["AttributeName"]

    def send(self, name: str, how: str) -> None:
        body = {"task": "m.work", "id": name, "args": [], "kwargs": {"how": how}}
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps(body))

    def delayed(self) -> int:
        """How many messages wait for their time."""
        wanted = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        return int(wanted["Attributes"]["ApproximateNumberOfMessagesDelayed"])

    def event(self) -> dict[str, Any]:
        """What the event source mapping would hand over."""
        got = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, AttributeNames=["All"])
        return {
            "Records": [
                {
                    "messageId": each["MessageId"],
                    "receiptHandle": each["ReceiptHandle"],
                    "body": each["Body"],
                    "attributes": each["Attributes"],
                    "messageAttributes": {},
                    "md5OfBody": each["MD5OfBody"],
                    "eventSource": "aws:sqs",
                    "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
                    "awsRegion": "us-east-1",
                }
                for each in got.get("Messages", [])
            ]
        }

    def hidden(self) -> int:
        wanted = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])
        return int(wanted["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


def run(folder: Path, stack: Stack, *events: dict[str, Any]) -> list[dict[str, Any]]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POWERTOOLS_"))},
        "AWS_ENDPOINT_URL": stack.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "POWERTOOLS_SERVICE_NAME": "work",
        "POWERTOOLS_METRICS_NAMESPACE": "tests",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "QUEUE_URL": stack.queue,
        "DEAD_LETTERS_URL": stack.dead,
        "IDEMPOTENCY_TABLE": "done",
        "RAN": str(folder / "ran"),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(Path(__file__).resolve().parents[2])],
        input="\n".join(json.dumps(event) for event in events) + "\n",
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # What the queue refuses is only logged: the message comes again all the same.
    assert "could not be held back" not in done.stdout
    return [json.loads(line.removeprefix("ANSWER ")) for line in done.stdout.splitlines() if line.startswith("ANSWER")]


def test_messages_are_done_once_held_back_or_given_up(aws: str, tmp_path: Path) -> None:
    made = service(tmp_path / "monolith", {"m.py": TASK}, "m.work", accepted=ACCEPTED)
    folder = tmp_path / "service"
    write(made, folder)
    stack = Stack(aws, YAML(typ="rt").load(made.files["template.yaml"]))
    for name, how in (("1", "well"), ("2", "busy"), ("3", "broken"), ("1", "well")):
        stack.send(name, how)
    event = stack.event()
    [answer] = run(folder, stack, event)

    busy = next(each["messageId"] for each in event["Records"] if '"busy"' in each["body"])
    assert answer == {"batchItemFailures": [{"itemIdentifier": busy}]}
    assert (folder / "ran").read_text().split() == ["well", "busy", "broken"]
    [dead] = stack.sqs.receive_message(QueueUrl=stack.dead, MaxNumberOfMessages=10, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert json.loads(dead["Body"])["kwargs"] == {"how": "broken"}
    assert dead["MessageAttributes"]["error"]["StringValue"] == "ValueError: no"
    items = stack.table.scan(TableName="done")["Items"]
    assert [item["status"]["S"] for item in items] == ["COMPLETED"]
    assert int(items[0][stack.lives_until]["N"]) > 0
    assert stack.hidden() == 4


def test_a_task_that_sends_itself_finds_its_message_in_its_own_queue(aws: str, tmp_path: Path) -> None:
    made = service(tmp_path / "monolith", {"m.py": AGAIN}, "m.work", accepted=ACCEPTED)
    folder = tmp_path / "service"
    write(made, folder)
    stack = Stack(aws, YAML(typ="rt").load(made.files["template.yaml"]))
    body = {"task": "m.work", "id": "first", "args": [1], "kwargs": {}}
    stack.sqs.send_message(QueueUrl=stack.queue, MessageBody=json.dumps(body))
    assert run(folder, stack, stack.event()) == [{"batchItemFailures": []}]
    assert stack.delayed() == 1

    # The server counts in real seconds, and waits no longer than the message has to.
    got = stack.sqs.receive_message(QueueUrl=stack.queue, WaitTimeSeconds=10, AttributeNames=["All"])["Messages"]
    [again] = [json.loads(each["Body"]) for each in got]
    assert again == {"task": "m.work", "id": again["id"], "args": [0], "kwargs": {}}
    assert again["id"] != "first"
