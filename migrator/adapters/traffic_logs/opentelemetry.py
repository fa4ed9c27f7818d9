"""Traces of OpenTelemetry in OTLP's JSON: an export request a line, as the collector's file exporter writes them.

In: lines. Out: requests and runs. A span counts by its kind: SERVER and CONSUMER spans are calls from outside, an
INTERNAL one that names its function ran inside of another call. Names of attributes are those of the semantic
conventions (HTTP, messaging and source code), the present ones and those of before, and those of
`opentelemetry-instrumentation-celery`. Traces are usually sampled: their counts are a part of what ran.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.traffic_logs.formats import DamagedLine, Example
from migrator.adapters.traffic_logs.json_lines import object_of
from migrator.domain.records import Record, Request, Run

_SERVER: Final = frozenset({2, "2", "SPAN_KIND_SERVER"})
_CONSUMER: Final = frozenset({5, "5", "SPAN_KIND_CONSUMER"})
_INTERNAL: Final = frozenset({0, 1, "0", "1", "SPAN_KIND_INTERNAL", "SPAN_KIND_UNSPECIFIED", None})
_ERROR: Final = frozenset({2, "2", "STATUS_CODE_ERROR"})
"""Numbers of trace.proto. OTLP says that enums are numbers in JSON; exporters that write their names are in use."""

_METHOD: Final = ("http.request.method", "http.method")
_TARGET: Final = ("url.path", "http.target", "url.full", "http.url")
_STATUS: Final = ("http.response.status_code", "http.status_code")
_SIZES: Final = (
    "http.request.body.size", "http.response.body.size", "http.request.size", "http.response.size",
    "http.request_content_length", "http.response_content_length",
    "messaging.message.body.size", "messaging.message.payload_size_bytes", "messaging.message_payload_size_bytes",
)  # fmt: skip
_TASK: Final = ("celery.task_name",)
_OPERATION: Final = ("messaging.operation.type", "messaging.operation")
_DESTINATION: Final = ("messaging.destination.name", "messaging.destination")
_NO_RUN: Final = frozenset({"receive", "settle", "publish", "send", "create"})
"""What a consumer does beside processing a message; asking for some is not running anything."""


@dataclass(frozen=True, slots=True)
class _Reader:
    nameless: int = 0

    def read(self, line: str) -> Sequence[Record]:
        document = object_of(line)
        resources = document.get("resourceSpans", ())
        if not isinstance(resources, list | tuple):
            raise DamagedLine("resourceSpans is no list")
        records = [_record(span) for resource in resources for span in _spans(resource)]
        return [record for record in records if record is not None]

    def finish(self) -> Sequence[Record]:
        return ()


def _spans(resource: object) -> Iterator[Mapping[str, Any]]:
    # `instrumentationLibrarySpans` is what scopes were called before.
    for key in ("scopeSpans", "instrumentationLibrarySpans"):
        for scope in _objects(resource, key):
            yield from _objects(scope, "spans")


def _objects(parent: object, key: str) -> Iterable[Mapping[str, Any]]:
    found = parent.get(key) if isinstance(parent, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else ()


def _record(span: Mapping[str, Any]) -> Record | None:
    kind = span.get("kind")
    said = _attributes(span)
    began, ended = _nanoseconds(span.get("startTimeUnixNano")), _nanoseconds(span.get("endTimeUnixNano"))
    seconds = None if began is None or ended is None or ended < began else (ended - began) / 1e9
    at = None if began is None else began / 1e9
    status = span.get("status")
    failed = isinstance(status, dict) and _hashable(status.get("code")) in _ERROR
    size = max((found for name in _SIZES if (found := _whole(said.get(name))) is not None), default=None)
    code = _code(said)
    if _hashable(kind) in _SERVER:
        method, target, route = _first(said, _METHOD), _first(said, _TARGET), _first(said, ("http.route",))
        if not method or not (target or route):
            return None
        answered = next((found for name in _STATUS if (found := _whole(said.get(name))) is not None), 0)
        return Request(at, method.upper(), target, answered, seconds, size, route, code, failed)
    if _hashable(kind) in _CONSUMER:
        operation = _first(said, _OPERATION)
        names = (_first(said, _TASK), code, _first(said, _DESTINATION))
        named = tuple(dict.fromkeys(name for name in names if name))
        return Run(at, named, seconds, failed, size) if named and operation not in _NO_RUN else None
    if _hashable(kind) in _INTERNAL and code:
        return Run(at, (code,), seconds, failed, size, inside=True)
    return None


def _code(said: Mapping[str, object]) -> str:
    """The dotted name of the function: whole in `code.function.name`, in two parts before."""
    whole = _first(said, ("code.function.name",))
    if whole:
        return whole
    name, space = _first(said, ("code.function",)), _first(said, ("code.namespace",))
    return f"{space}.{name}" if name and space else name


def _attributes(span: Mapping[str, Any]) -> dict[str, object]:
    """Names with texts and numbers; lists and maps are left out."""
    said: dict[str, object] = {}
    for entry in _objects(span, "attributes"):
        name, value = entry.get("key"), entry.get("value")
        if isinstance(name, str) and isinstance(value, dict):
            for kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
                if kind in value:
                    said[name] = value[kind]
    return said


def _first(said: Mapping[str, object], names: Sequence[str]) -> str:
    return next((value for name in names if isinstance(value := said.get(name), str) and value), "")


def _whole(value: object) -> int | None:
    """A number of bytes or a status; 64-bit integers are texts in OTLP's JSON."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 15:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15 else None


def _nanoseconds(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**19 else None


def _hashable(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else ""


@dataclass(frozen=True, slots=True)
class _OpenTelemetry:
    name: str = "otlp"
    title: str = "traces of OpenTelemetry (OTLP in JSON)"
    whole_of: str = ""
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        try:
            document = object_of(line)
        except DamagedLine:
            return False
        return isinstance(document.get("resourceSpans"), list)

    def reader(self) -> _Reader:
        return _Reader()


_AT: Final = 1_763_632_800.0  # 2025-11-20T10:00:00Z


def _request(*spans: Mapping[str, Any], key: str = "scopeSpans") -> tuple[str, ...]:
    return (json.dumps({"resourceSpans": [{"resource": {"attributes": []}, key: [{"scope": {}, "spans": spans}]}]}),)


def _span(kind: object, attributes: Mapping[str, str | int], *, failed: bool = False) -> Mapping[str, Any]:
    return {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "a", "kind": kind,
        "startTimeUnixNano": "1763632800000000000", "endTimeUnixNano": "1763632800250000000",
        "attributes": [
            {"key": name, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
            for name, value in attributes.items()
        ],
        "status": {"code": 2} if failed else {},
    }  # fmt: skip


FORMAT = _OpenTelemetry(
    examples=(
        Example(
            "a request, in the stable names",
            _request(
                _span(
                    2,
                    {
                        "http.request.method": "GET", "url.path": "/orders/7", "http.route": "/orders/<reference>",
                        "http.response.status_code": 200, "http.response.body.size": 57,
                        "code.function.name": "shop.web.orders.show",
                    },
                )
            ),
            (Request(_AT, "GET", "/orders/7", 200, 0.25, 57, "/orders/<reference>", "shop.web.orders.show"),),
        ),
        Example(
            "a request that failed, in the names of before",
            _request(
                _span(
                    "SPAN_KIND_SERVER",
                    {
                        "http.method": "POST", "http.target": "/orders?x=1", "http.status_code": 500,
                        "http.request_content_length": 900, "code.function": "place", "code.namespace": "shop.web",
                    },
                    failed=True,
                ),
                key="instrumentationLibrarySpans",
            ),
            (Request(_AT, "POST", "/orders?x=1", 500, 0.25, 900, "", "shop.web.place", True),),
        ),
        Example(
            "a task of Celery, and sending it, which is no run",
            _request(
                _span(4, {"celery.action": "apply_async", "celery.task_name": "shop.tasks.mail.send"}),
                _span(5, {"celery.action": "run", "celery.task_name": "shop.tasks.mail.send",
                          "messaging.destination": "celery"}),
            ),
            (Run(_AT, ("shop.tasks.mail.send", "celery"), 0.25, False),),
        ),
        Example(
            "another consumer that processes a message, and one that only asks for some",
            _request(
                _span(5, {"messaging.operation.type": "process", "messaging.destination.name": "parcels",
                          "messaging.message.body.size": 512}, failed=True),
                _span(5, {"messaging.operation.type": "receive", "messaging.destination.name": "parcels"}),
            ),
            (Run(_AT, ("parcels",), 0.25, True, 512),),
        ),
        Example(
            "a function within another call",
            _request(_span(1, {"code.function.name": "shop.signals.write_audit_entry"})),
            (Run(_AT, ("shop.signals.write_audit_entry",), 0.25, False, None, True),),
        ),
        Example("metrics in the same file", (json.dumps({"resourceMetrics": []}),), ()),
    )
)  # fmt: skip
