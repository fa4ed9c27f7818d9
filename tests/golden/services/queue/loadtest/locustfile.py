"""The example messages of `events/`, each with an id of its own, by senders as in `budget.toml`.

    make load STAGE=staging
    LOAD_QUEUE_URL=URL make load

The test fails where messages cannot be sent, where one waits in the queue for too long, where the
queue is not worked off in time, and where the dead letters grow. A message that is no task is not
sent: it belongs to the dead letters.

Each message does what the task does, so run it where that hurts nobody:

- email
- enqueue
"""

from __future__ import annotations

import json
import os
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import limits
import stack
from locust import User, constant_throughput, events, task

EVENTS = Path(__file__).parent.parent / "events"
QUEUE = os.environ.get("LOAD_QUEUE_URL") or stack.output("QueueUrl")
DEAD_LETTERS = os.environ.get("LOAD_DEAD_LETTERS_URL") or (
    stack.output("DeadLettersUrl") if os.environ.get("LOAD_STACK") else ""
)
POLL_S = 2

queues = boto3.client("sqs")
started = datetime.now(UTC)


def tasks() -> list[dict[str, Any]]:
    """The bodies of the examples that are calls of the task."""
    found: list[dict[str, Any]] = []
    for path in sorted(EVENTS.glob("*.json")):
        for record in json.loads(path.read_text("utf-8"))["Records"]:
            try:
                body = json.loads(record["body"])
            except ValueError:
                continue
            if (
                isinstance(body, dict)
                and {"task", "id", "args", "kwargs"} <= body.keys()
                and body not in found
            ):
                found.append(body)
    return found


def count(queue: str) -> int:
    """Messages in a queue, those that are being worked on included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)


def worked_off() -> str:
    """Wait for the queue to be empty."""
    until = time.monotonic() + limits.BUDGET["drained_s"]
    while left := count(QUEUE):
        if time.monotonic() > until:
            return (
                f"{left} messages are left {limits.BUDGET['drained_s']} s after the last was sent"
            )
        time.sleep(POLL_S)
    return ""


def none_waited() -> str:
    """How long the oldest message waited, as CloudWatch has it, which knows it minutes later."""
    points = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": QUEUE.rpartition("/")[2]}],
        StartTime=started - timedelta(minutes=1),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    if not points:
        print("how long the oldest message waited is unknown: CloudWatch has no figure yet")
        return ""
    oldest = max(point["Maximum"] for point in points)
    most = limits.BUDGET["oldest_s"]
    return f"the oldest message waited {oldest:.0f} s, {most} s it may" if oldest > most else ""


def none_given_up() -> str:
    """Whether dead letters came while the test ran."""
    if not DEAD_LETTERS:
        print("dead letters were not looked at: LOAD_DEAD_LETTERS_URL says where they are")
        return ""
    more = count(DEAD_LETTERS) - dead_before
    return f"{more} messages came to the dead letters" if more > 0 else ""


dead_before = count(DEAD_LETTERS) if DEAD_LETTERS else 0
limits.conditions.extend([worked_off, none_waited, none_given_up])


class Sender(User):
    """Sends every example in turn, one a second."""

    wait_time = constant_throughput(1)

    def on_start(self) -> None:
        """Begin with the first example."""
        self.tasks_sent = tasks()
        self.sent = 0

    @task
    def send(self) -> None:
        """The next example, as a message that never came before."""
        body = self.tasks_sent[self.sent % len(self.tasks_sent)]
        self.sent += 1
        begun = time.perf_counter()
        error: Exception | None = None
        try:
            queues.send_message(
                QueueUrl=QUEUE, MessageBody=json.dumps({**body, "id": str(uuid.uuid4())})
            )
        except Exception as failed:  # whatever it is, it is counted
            error = failed
        events.request.fire(
            request_type="SQS",
            name=body["task"],
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=0,
            exception=error,
            context={},
        )
