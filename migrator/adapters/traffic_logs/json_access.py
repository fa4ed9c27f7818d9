"""Access logs as lines of JSON, by whichever of the usual writers.

In: lines. Out: requests. Which names a writer uses stands in `json_writers`. A line that is JSON and no request, such as
another message of the same program, tells of no call and is no damage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from migrator.adapters.traffic_logs.formats import DamagedLine, Example
from migrator.adapters.traffic_logs.json_lines import object_of
from migrator.adapters.traffic_logs.json_writers import Writer, request_of, writer_of
from migrator.domain.records import Record, Request

_LONGEST_SHAPE: Final = 20_000  # characters of a line whose names are remembered
_SHAPES: Final = 1_000
"""Sets of names of which it is remembered who writes so."""

_AT: Final = 1_763_632_800.0  # 2025-11-20T10:00:00Z


@dataclass(slots=True)
class _Reader:
    nameless: int = 0
    _known: dict[tuple[str, ...], Writer] = field(default_factory=dict)

    def read(self, line: str) -> Sequence[Record]:
        entry = object_of(line)
        shape = tuple(entry)
        writer = self._known.get(shape)
        request = request_of(entry, writer) if writer else None
        if request is None:
            writer = writer_of(entry)
            request = request_of(entry, writer) if writer else None
        if writer is None or request is None:
            return ()
        if len(self._known) < _SHAPES and len(line) < _LONGEST_SHAPE:
            self._known[shape] = writer
        return (request,)

    def finish(self) -> Sequence[Record]:
        return ()


@dataclass(frozen=True, slots=True)
class _JsonAccess:
    name: str = "json"
    title: str = "access log in lines of JSON"
    whole_of: str = "http"
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        try:
            entry = object_of(line)
        except DamagedLine:
            return False
        writer = writer_of(entry)
        return writer is not None and request_of(entry, writer) is not None

    def reader(self) -> _Reader:
        return _Reader()


def _example(title: str, entry: Mapping[str, Any], *records: Record) -> Example:
    return Example(title, (json.dumps(entry),), records)


FORMAT = _JsonAccess(
    examples=(
        _example(
            "Caddy",
            {
                "level": "info", "ts": _AT, "logger": "http.log.access", "msg": "handled request",
                "request": {"remote_ip": "127.0.0.1", "proto": "HTTP/2.0", "method": "GET", "host": "localhost",
                            "uri": "/a?b=1"},
                "bytes_read": 0, "duration": 0.25, "size": 10900, "status": 200,
            },
            Request(_AT, "GET", "/a?b=1", 200, 0.25, 10900),
        ),
        _example(
            "Traefik",
            {
                "DownstreamContentSize": 75, "DownstreamStatus": 404, "Duration": 2_000_000_000,
                "OriginContentSize": 75, "OriginDuration": 1_500_000_000, "OriginStatus": 404, "RequestContentSize": 0,
                "RequestMethod": "GET", "RequestPath": "/a", "StartUTC": "2025-11-20T10:00:00.000000000Z",
            },
            Request(_AT, "GET", "/a", 404, 1.5, 75),
        ),
        _example(
            "Envoy, with the names of Istio's mesh",
            {
                "start_time": "2025-11-20T10:00:00.000Z", "method": "POST", "path": "/a", "protocol": "HTTP/2",
                "response_code": 200, "response_flags": "-", "bytes_received": 900, "bytes_sent": 17, "duration": 250,
                "upstream_service_time": "249", "x_forwarded_for": None, "authority": "shop",
            },
            Request(_AT, "POST", "/a", 200, 0.25, 900),
        ),
        _example(
            "Elastic Common Schema, nested",
            {
                "@timestamp": "2025-11-20T10:00:00.000Z", "event": {"duration": 250_000_000},
                "http": {"request": {"method": "get"}, "response": {"status_code": 200, "body": {"bytes": 57}}},
                "url": {"path": "/a"},
            },
            Request(_AT, "GET", "/a", 200, 0.25, 57),
        ),
        _example(
            "Elastic Common Schema, with points in the names",
            {
                "@timestamp": "2025-11-20T10:00:00.000Z", "event.duration": 250_000_000, "http.request.method": "GET",
                "http.response.status_code": 200, "url.original": "/a?b=1",
            },
            Request(_AT, "GET", "/a?b=1", 200, 0.25),
        ),
        _example(
            "nginx, a field a variable",
            {
                "time_iso8601": "2025-11-20T10:00:00+00:00", "request_method": "GET", "request_uri": "/a?b=1",
                "status": "200", "body_bytes_sent": "57", "request_time": "0.250", "upstream_response_time": "0.1, 0.1",
            },
            Request(_AT, "GET", "/a?b=1", 200, 0.25, 57),
        ),
        _example(
            "nginx, with the request's line",
            {"time_local": "20/Nov/2025:10:00:00 +0000", "request": "GET /a HTTP/1.1", "status": 200,
             "body_bytes_sent": 57, "request_time": 0.25},
            Request(_AT, "GET", "/a", 200, 0.25, 57),
        ),
        _example(
            "Google Cloud",
            {
                "timestamp": "2025-11-20T10:00:00Z",
                "httpRequest": {"requestMethod": "GET", "requestUrl": "https://shop.example/a", "status": 200,
                                "responseSize": "57", "latency": "0.25s"},
            },
            Request(_AT, "GET", "https://shop.example/a", 200, 0.25, 57),
        ),
        _example(
            "Datadog's standard attributes",
            {"timestamp": 1_763_632_800_000, "http": {"method": "GET", "status_code": 200, "url": "http://shop/a"},
             "duration": 250_000_000},
            Request(_AT, "GET", "http://shop/a", 200, 0.25),
        ),
        _example(
            "gunicorn, by the letters of its format",
            {"t": "[20/Nov/2025:10:00:00 +0000]".strip("[]"), "r": "GET /a HTTP/1.1", "s": "200", "b": "57",
             "D": 250_000},
            Request(_AT, "GET", "/a", 200, 0.25, 57),
        ),
        _example(
            "django-structlog",
            {"timestamp": "2025-11-20T10:00:00Z", "event": "request_finished", "request": "GET /a", "code": 200},
            Request(_AT, "GET", "/a", 200),
        ),
        _example(
            "an application of its own; `duration` alone has no unit and is not read",
            {"time": "2025-11-20T10:00:00Z", "method": "GET", "path": "/a", "status": 200, "duration": 250,
             "duration_ms": 250.0, "bytes": 57},
            Request(_AT, "GET", "/a", 200, 0.25, 57),
        ),
        _example("another message of the same program", {"level": "info", "message": "listening on :8000"}),
    )
)  # fmt: skip
