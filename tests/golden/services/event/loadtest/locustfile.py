"""The example events of `events/`, by invocation, by invokers as in `budget.toml`.

    make load STAGE=staging
    LOAD_FUNCTION=NAME make load

An event goes to the function itself, past what hands it on in production. A function error, and
a call that is not taken, count as failed.

The function remembers an event that it has seen to its end: from the second time on, what is
measured is that it does. Put more events into `events/` to measure more.

Each event does what the function does, so run it where that hurts nobody:

- object-storage
"""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import boto3
import limits  # noqa: F401 (it listens for the end of the test, and judges)
import stack
from locust import User, constant_throughput, events, task

EVENTS = Path(__file__).parent.parent / "events"
FUNCTION = os.environ.get("LOAD_FUNCTION") or stack.output("FunctionName")
ALIAS = "live"

functions = boto3.client("lambda")


def fresh(event: Any) -> bytes:
    """The event as one that never came before, where it has an id of its own."""
    if isinstance(event, dict) and {"id", "args", "kwargs"} <= event.keys():
        event = {**event, "id": str(uuid.uuid4())}
    return json.dumps(event).encode()


class Invoker(User):
    """Sends every example in turn, one a second."""

    wait_time = constant_throughput(1)

    def on_start(self) -> None:
        """Begin with the first example."""
        self.examples = [
            (path.stem, json.loads(path.read_text("utf-8")))
            for path in sorted(EVENTS.glob("*.json"))
        ]
        self.sent = 0

    @task
    def invoke(self) -> None:
        """The next example."""
        name, event = self.examples[self.sent % len(self.examples)]
        self.sent += 1
        begun = time.perf_counter()
        error: Exception | None = None
        length = 0
        try:
            answer = functions.invoke(FunctionName=FUNCTION, Qualifier=ALIAS, Payload=fresh(event))
            said = answer["Payload"].read()
            length = len(said)
            if answer.get("FunctionError"):
                error = RuntimeError(said[:300].decode(errors="replace"))
        except Exception as failed:  # whatever it is, it is counted
            error = failed
        events.request.fire(
            request_type="Invoke",
            name=name,
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=length,
            exception=error,
            context={},
        )
