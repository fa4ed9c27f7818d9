"""The example requests of `events/`, again and again, by callers as in `budget.toml`.

    LOAD_URL=http://127.0.0.1:8080 make load
    make load STAGE=staging

An answer of 429, of 500 and above, or none at all counts as failed. Arguments of examples are
made up: what answers 404 to them is not at fault. But edit the events until something answers
below 400, or the test shows nothing.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import limits
import stack
from locust import HttpUser, constant_throughput, task

EVENTS = Path(__file__).parent.parent / "events"
# Examples of what no route takes: how they are answered says nothing of the function.
LEFT_OUT = frozenset(())
# The client and the front set these by themselves.
UNSENT = (
    "host",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-amzn-trace-id",
)

# Answers below 400, by example.
answered: dict[str, int] = {}


def call_of(event: dict[str, Any]) -> dict[str, Any]:
    """The request that a front makes this event of: the arguments of `requests`."""
    context = event["requestContext"]
    headers = {
        **event.get("headers", {}),
        **{name: ",".join(all_) for name, all_ in _many(event, "multiValueHeaders")},
    }
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    body = event.get("body") or ""
    return {
        "method": event.get("httpMethod") or context["http"]["method"],
        "url": _path(event, context),
        "headers": {name: value for name, value in headers.items() if name.lower() not in UNSENT},
        "data": base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
    }


def _path(event: dict[str, Any], context: dict[str, Any]) -> str:
    path = event.get("path") or context["http"]["path"]
    pairs = [
        (name, value)
        for name, all_ in _many(event, "multiValueQueryStringParameters")
        for value in all_
    ]
    # A load balancer hands on the query as it came, a REST API without its escapes.
    query = (
        "&".join(f"{name}={value}" for name, value in pairs)
        if "elb" in context
        else urlencode(pairs)
    )
    query = event.get("rawQueryString") or query
    return f"{path}?{query}" if query else path


def _many(event: dict[str, Any], key: str) -> list[tuple[str, list[str]]]:
    return list((event.get(key) or {}).items())


def something_answered() -> str:
    """Whether any example was answered well."""
    return "" if answered else "no example was answered below 400: edit the events until one is"


limits.conditions.append(something_answered)


class Caller(HttpUser):
    """Asks every example in turn, one a second."""

    host = os.environ.get("LOAD_URL") or stack.output("Url")
    wait_time = constant_throughput(1)

    def on_start(self) -> None:
        """Begin with the first example."""
        self.calls = [
            (path.stem, call_of(json.loads(path.read_text("utf-8"))))
            for path in sorted(EVENTS.glob("*.json"))
            if path.stem not in LEFT_OUT
        ]
        self.asked = 0

    @task
    def ask(self) -> None:
        """The next example."""
        name, call = self.calls[self.asked % len(self.calls)]
        self.asked += 1
        with self.client.request(
            name=name, catch_response=True, allow_redirects=False, **call
        ) as answer:
            status = answer.status_code
            if status == 429 or status >= 500 or status == 0:
                answer.failure(f"status {status}")
                return
            if status < 400:
                answered[name] = answered.get(name, 0) + 1
            answer.success()
