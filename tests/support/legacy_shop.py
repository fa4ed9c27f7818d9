"""Runs functions of the sample shop where the shop itself would, in a process of its own, one line after the other.

Run with the shop's folder as the current one: `python legacy_shop.py`. Each line in is a JSON object with `kind` and
what the kind needs, each line out the answer as JSON:

    request  method, path                       ["answered", status, headers, body in base64]
    task     module, name, args, kwargs, retries  ["done"] | ["again", seconds] | ["failed", name of the class], and
                                                [args, kwargs, seconds from now] of each message by which it sent itself
    call     module, name, args, kwargs         ["returned", value] | ["raised", name of the class]
    event    module, name, event                the same

A task is run by Celery's own tracer, as a worker would run it: what it sends goes to the broker, nothing is eager.
"""

from __future__ import annotations

import base64
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

Json = Any


def main() -> None:
    sys.path.insert(0, ".")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from shop.app import create_app  # type: ignore[import-not-found]

    application = create_app()
    client = application.test_client()

    def request(said: Mapping[str, Json]) -> Json:
        answer = client.open(said["path"], method=said["method"])
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return ["answered", answer.status_code, headers, base64.b64encode(answer.get_data()).decode()]

    kinds: Mapping[str, Callable[[Mapping[str, Json]], Json]] = {
        "request": request,
        "task": run_task,
        "call": lambda said: called(said, said["args"], said["kwargs"]),
        "event": lambda said: called(said, [said["event"], None], {}),
    }
    for line in sys.stdin:
        said = json.loads(line)
        with application.app_context():
            answer = kinds[said["kind"]](said)
        print(json.dumps(answer, default=str), file=answers, flush=True)


def found(said: Mapping[str, Json]) -> Any:
    return getattr(import_module(said["module"]), said["name"])


def called(said: Mapping[str, Json], args: Json, kwargs: Json) -> Json:
    function = found(said)
    if hasattr(function, "callback"):  # of a command the function behind it, without its context
        function = inspect.unwrap(function.callback)
    try:
        return ["returned", function(*args, **kwargs)]
    except Exception as error:
        return ["raised", type(error).__name__]


def run_task(said: Mapping[str, Json]) -> Json:
    from celery.app.trace import build_tracer  # type: ignore[import-untyped]
    from celery.signals import before_task_publish  # type: ignore[import-untyped]

    task = found(said)
    task = getattr(task, "_get_current_object", lambda: task)()
    request = {
        "args": said["args"],
        "kwargs": said["kwargs"],
        "retries": said["retries"],
        "delivery_info": {"exchange": "", "routing_key": "celery"},
        "hostname": "worker@legacy",
        "is_eager": False,
    }
    sent: list[Json] = []

    def remember(body: Json, headers: Mapping[str, Json], **_: Any) -> None:
        if not headers["retries"]:
            due = datetime.fromisoformat(headers["eta"]) if headers["eta"] else datetime.now(UTC)
            sent.append([list(body[0]), body[1], round((due - datetime.now(UTC)).total_seconds())])

    tracer = build_tracer(task.name, task, app=task.app)
    before_task_publish.connect(remember, sender=task.name)
    _, info, _, _ = tracer(str(uuid4()), said["args"], said["kwargs"], request)
    before_task_publish.disconnect(remember, sender=task.name)
    if info is None:
        return ["done", *sent]
    if info.state == "RETRY":
        return ["again", info.retval.when]
    return ["failed", type(info.retval).__name__]


if __name__ == "__main__":
    main()
