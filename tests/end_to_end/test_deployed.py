"""Generated services as stacks on local control planes: what the template asks for is there, and the function answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.processes import wait_until
from migrator.artifacts import write
from tests.artifacts.event_services import service
from tests.support.control_planes import ControlPlane, ministack_plane, moto_plane
from tests.support.stacks import Stack, create

pytestmark = pytest.mark.local_stack

# It keeps each receipt in a bucket that a variable names, on a timetable and on demand.
KEEP = {
    "shop/__init__.py": "",
    "shop/storage.py": "import os\n\nimport boto3\n\nBUCKET = os.environ['RECEIPTS']\ns3 = boto3.client('s3')\n",
    "shop/jobs.py": """
import uuid

from celery import Celery
from celery.schedules import crontab

from shop.storage import BUCKET, s3

app = Celery("shop")
app.conf.beat_schedule = {"weekly": {"task": "shop.keep", "schedule": crontab(hour=7, minute=0, day_of_week="mon")}}


@app.task(name="shop.keep", max_retries=2)
def keep(number: str = "weekly") -> None:
    s3.put_object(Bucket=BUCKET, Key=f"receipts/{number}/{uuid.uuid4()}", Body=number.encode())
""",
    "requirements.txt": "boto3==1.44.5\n",
}
QUOTE = {
    "shop/__init__.py": "",
    "shop/web.py": """
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/double/<int:number>")
def double(number: int):
    return jsonify(doubled=2 * number)
""",
    "requirements.txt": "flask==3.1.3\n",
}


LACKS = {
    "ministack": {"AWS::CloudWatch::Alarm (metric math)", "AWS::CodeDeploy::DeploymentConfig"},
    "moto": {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Alarm (metric math)",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Version",
        "AWS::SQS::QueuePolicy",
        "AWS::Scheduler::Schedule",
    },
}
"""What a plane cannot make, of the types that these templates ask for."""


def lacks(stack: Stack, plane: str) -> set[str]:
    """What was not made, of what the plane can make."""
    return stack.missing() - LACKS[plane]


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ministack_plane(tmp_path_factory.mktemp("ministack")) as plane:
        yield plane


def written(folder: Path, files: dict[str, str], name: str) -> Path:
    target = folder / name.replace(".", "-")
    write(service(folder / "monolith", files, name), target)
    return target


def test_a_route_answers_through_the_alias_of_its_stack(tmp_path: Path, ministack: ControlPlane) -> None:
    folder = written(tmp_path, QUOTE, "shop.web.double")
    stack = create(ministack, folder)
    assert (stack.status, lacks(stack, "ministack")) == ("CREATE_COMPLETE", set())
    event = json.loads((folder / "events/get-1.json").read_text())
    number = int(event["pathParameters"]["number"])
    answer = invoked(ministack, stack.outputs["FunctionName"], event)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"doubled": 2 * number})


def test_a_message_to_the_queue_of_a_stack_runs_the_task_once(tmp_path: Path, ministack: ControlPlane) -> None:
    storage = ministack.client("s3")
    storage.create_bucket(Bucket="receipts-of-a-test")
    stack = create(ministack, written(tmp_path, KEEP, "shop.jobs.keep"), {"ReceiptsSetting": "receipts-of-a-test"})
    assert (stack.status, lacks(stack, "ministack")) == ("CREATE_COMPLETE", set())
    queue = stack.resources["Queue"].physical
    sender = ministack.client("sqs")
    body = json.dumps({"task": "shop.keep", "id": "one", "args": ["A-17"], "kwargs": {}})

    def kept() -> int:
        found: int = storage.list_objects_v2(Bucket="receipts-of-a-test", Prefix="receipts/A-17/")["KeyCount"]
        return found

    for _ in range(2):  # SQS may deliver a message twice
        sender.send_message(QueueUrl=queue, MessageBody=body)
        assert wait_until(kept, 30)
        assert wait_until(lambda: waiting(sender, queue) == 0, 30)
    assert kept() == 1
    assert waiting(sender, stack.resources["DeadLetters"].physical) == 0


def test_the_books_of_another_plane_have_what_it_knows(tmp_path: Path) -> None:
    with moto_plane() as plane:
        stack = create(plane, written(tmp_path, KEEP, "shop.jobs.keep"))
    assert (stack.status, lacks(stack, "moto")) == ("CREATE_COMPLETE", set())
    assert {"AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::DynamoDB::Table"} <= {
        each.kind for each in stack.resources.values() if each.physical
    }


def waiting(sender: Any, queue: str) -> int:
    """Messages in a queue, those under way among them."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = sender.get_queue_attributes(QueueUrl=queue, AttributeNames=list(names))["Attributes"]
    return sum(int(found[name]) for name in names)


def invoked(plane: ControlPlane, name: str, event: object) -> Any:
    """What the live version of a function answers."""
    answer = plane.client("lambda").invoke(FunctionName=name, Qualifier="live", Payload=json.dumps(event).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())
