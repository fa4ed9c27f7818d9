"""A function of the sample shop on its two sides: in the shop, and cut out, in one process of AWS's Lambda emulator.

In: a `PlannedSlice`, a `ShopWorld` for each side, inputs. Out: how each input ended, in the same words on both sides:
`["answered", status, headers, body]`, `["done"]` (with arguments and delay of each message by which the task sent
itself), `["again", seconds]`, `["failed", class]`, `["returned", value]`, `["raised", class]`; and at the end the modules that the function's process has imported.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from ruamel.yaml import YAML

from migrator.adapters.runtime import http_api, load_functions
from migrator.adapters.runtime.environment import start_environment
from migrator.adapters.runtime.outcomes import FunctionError, Result
from migrator.adapters.runtime.rie import find_rie
from migrator.adapters.runtime.routes import RouteTable
from migrator.artifacts.aws_events import queue_event
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.plan.delivery.deliveries import Convention
from migrator.resources import sample_root
from tests.support.shop_inputs import Asked
from tests.support.shop_world import ShopWorld

Json = Any

SUPPORT = Path(__file__).resolve().parent
# Hands every event on, and says at the end what has been imported.
PROBE = """\
import sys

from {module} import handler as own


def handler(event, context):
    return sorted(sys.modules) if event == "modules" else own(event, context)
"""


def kind_of(planned: PlannedSlice) -> str:
    """How the function is called: request, task, call or event."""
    match planned.delivery.convention:
        case Convention.REQUEST:
            return "request"
        case Convention.EVENT:
            return "event"
        case _:
            return "task" if planned.delivery.source is EventSource.QUEUE else "call"


class Legacy:
    """The function in the shop."""

    def __init__(self, planned: PlannedSlice, world: ShopWorld) -> None:
        self._kind, self._planned = kind_of(planned), planned
        self._process = subprocess.Popen(
            [sys.executable, str(SUPPORT / "legacy_shop.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SHOP_"))},
                **world.environment,
                "AWS_ACCESS_KEY_ID": "local",
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_DEFAULT_REGION": "us-east-1",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=sample_root(),
        )

    def ask(self, batch: Sequence[Asked]) -> list[Json]:
        """How each input of a batch ends."""
        return [self._ask(asked) for asked in batch]

    def _ask(self, asked: Asked) -> Json:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        entry = self._planned.entry
        said: dict[str, Json] = {"kind": self._kind, "module": entry.module, "name": entry.name}
        match self._kind:
            case "request":
                said |= dict(zip(("method", "path"), asked.call, strict=True))
            case "event":
                said["event"] = asked.call
            case _:
                said |= {"args": [], "kwargs": asked.call, "retries": asked.retries}
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if answer[0] == "answered":
            status, headers, body = answer[1:]
            # What an exception becomes here leaves the function there, and the front makes a 502 of it.
            return ["failed"] if status == 500 else answered(status, headers, base64.b64decode(body))
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


class Canary:
    """The function of a service folder, in one environment of the emulator."""

    def __init__(self, planned: PlannedSlice, service: Path, world: ShopWorld) -> None:
        self._kind, self._task = kind_of(planned), planned.delivery.queue.task if planned.delivery.queue else ""
        [function] = load_functions(service, environment=world.environment)
        (function.code / "probe.py").write_text(PROBE.format(module=function.handler.partition(".")[0]))
        self._routes = RouteTable(function.routes)
        folder = world.folder / "lambda"
        folder.mkdir()
        self._environment = start_environment(replace(function, handler="probe.handler"), folder, rie=find_rie())
        failed = self._environment.initialize()
        assert failed is None, (failed, self._environment.init_logs)
        self._count = 0
        # What the clock sends, as the template says it.
        resources = YAML(typ="rt").load((service / "template.yaml").read_text("utf-8"))["Resources"]
        self._timetable = [
            json.loads(each["Properties"]["Target"]["Input"])
            for each in resources.values()
            if each["Type"] == "AWS::Scheduler::Schedule"
        ]

    def reaches(self, asked: Asked) -> bool:
        """Whether the gateway passes it on: what it does not, the router does not send there."""
        if self._kind != "request":
            return True
        method, target = asked.call
        return self._routes.match(method, unquote(target.partition("?")[0])) is not None

    def ask(self, batch: Sequence[Asked]) -> list[Json]:
        """How each input of a batch ends: messages come together, anything else comes alone."""
        return self._messages(batch) if self._kind == "task" else [self._ask(asked) for asked in batch]

    def _ask(self, asked: Asked) -> Json:
        match self._kind:
            case "request":
                return self._request(*asked.call)
            case "call":
                self._count += 1
                event = {"id": str(self._count), "args": [], "kwargs": asked.call}
                kind, value = self._outcome(event)
                return [kind, value["result"] if kind == "returned" else value]
            case _:
                return list(self._outcome(asked.call))

    def modules(self) -> frozenset[str]:
        """What its process has imported so far."""
        _, found = self._outcome("modules")
        return frozenset(found) - {"probe"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._environment.stop()

    def _outcome(self, event: Json) -> tuple[str, Json]:
        match self._environment.invoke(json.dumps(event).encode()):
            case Result(payload):
                return "returned", json.loads(payload)
            case FunctionError(kind=kind):
                return "raised", kind
            case other:
                raise AssertionError((other, self._environment.journal.own_lines()))

    def _request(self, method: str, target: str) -> Json:
        path, _, query = target.partition("?")
        matched = self._routes.match(method, unquote(path))
        assert matched is not None
        route, parameters = matched
        event = http_api.event(
            method=method,
            raw_path=path,
            raw_query=query,
            headers=[("Host", "localhost")],
            body=b"",
            client="127.0.0.1",
            route=route,
            path_parameters=parameters,
        )
        kind, value = self._outcome(event)
        if kind == "raised":
            return ["failed"]
        made = http_api.answer(json.dumps(value).encode())
        return answered(made.status, dict(made.headers), made.body)

    def _messages(self, batch: Sequence[Asked]) -> list[Json]:
        event: Json = queue_event([json.dumps(self._body(asked)) for asked in batch])
        for record, asked in zip(event["Records"], batch, strict=True):
            record["attributes"]["ApproximateReceiveCount"] = str(asked.retries + 1)
        _, answer = self._outcome(event)
        said = [json.loads(line) for line in self._environment.journal.own_lines().splitlines() if line[:1] == "{"]
        ends = []
        for record in event["Records"]:
            own = [each for each in said if each.get("message_id") == record["messageId"]]
            [end] = [each for each in own if each["message"] in ("task done", "task runs again", "task given up")]
            match end["message"]:
                case "task given up":
                    ends.append(["failed", end["exception_name"]])
                case "task runs again":
                    ends.append(["again", end["delay_s"]])
                case _:
                    unsent = [each for each in own if each["message"].startswith("not sent: on the emulator")]
                    ends.append(["done", *(self._sent(json.loads(each["body"]), each["delay_s"]) for each in unsent)])
        # On the emulator there are no dead letters: what is given up is returned too.
        returned = [record["messageId"] for record, end in zip(event["Records"], ends, strict=True) if end[0] != "done"]
        assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == returned
        return ends

    def _body(self, asked: Asked) -> Json:
        self._count += 1
        for due in self._timetable:
            if (due["args"], due["kwargs"]) == ([], asked.call):
                return {**due, "id": due["id"].replace("<aws.scheduler.scheduled-time>", f"run-{self._count}")}
        return {"task": self._task, "id": f"run-{self._count}", "args": [], "kwargs": asked.call}

    def _sent(self, body: Json, delay_s: float) -> Json:
        assert (body["task"], bool(body["id"])) == (self._task, True)
        return [body["args"], body["kwargs"], delay_s]


_NOT_COMPARED = frozenset({"content-length", "x-migrator-cold-start"})
"""The length follows from the body; the other one is for the router, which keeps it from callers."""


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Json:
    """An answer as both sides have it: the length is whoever sends it who says, JSON is compared by its value."""
    told = {name.lower(): value for name, value in headers.items() if name.lower() not in _NOT_COMPARED}
    is_json = re.fullmatch(r"application/json(;.*)?", told.get("content-type", ""))
    return ["answered", status, told, json.loads(body) if is_json else body]
