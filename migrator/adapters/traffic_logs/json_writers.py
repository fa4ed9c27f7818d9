"""Under which names the usual writers of access logs in JSON tell of a request: a table, and how one row is read.

In: an object of JSON. Out: the row that fits, and the request it tells of. The first row whose marks are all there is
taken. Names with points are looked up as they are and then level by level, since both are written. A duration is read
only under a name whose unit is known: one that is guessed is worse than none.

Sources, read 2026-11: Caddy, "How Logging Works"; Traefik, "Access Logs"; Envoy, "Access logging", and the default
format of Istio's mesh; Elastic Common Schema, HTTP, URL and event fields; nginx, ngx_http_log_module and
ngx_http_core_module; Google Cloud, LogEntry.HttpRequest; Datadog, "Default standard attributes"; gunicorn,
"access_log_format"; django-structlog, "Request finished".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.traffic_logs.request_lines import split_request
from migrator.adapters.traffic_logs.timestamps import any_time
from migrator.domain.records import Request

_NUMBER: Final = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,12})?)(ns|us|µs|ms|s)?\s*(?:,|:|\Z)")
_UNITS: Final[Mapping[str, float]] = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0}

S, MS, US, NS = 1.0, 1e-3, 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class Writer:
    """How one program writes.

    Attributes:
        name: of the program, for people.
        marks: names that tell it from the others.
        target: names of the path or URL, the first that is there counts; so for all others.
        line: names of a whole request line, where method and target do not stand alone.
        durations: names with the length of their unit in seconds.
        sizes: names of bytes; the largest counts.
    """

    name: str
    marks: tuple[str, ...]
    method: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    durations: tuple[tuple[str, float], ...] = ()
    sizes: tuple[str, ...] = ()


_AT: Final = ("@timestamp", "timestamp", "time", "ts", "datetime", "date", "asctime", "t")
_NAMED_DURATIONS: Final = (
    *((f"{what}_{unit}", length) for what in ("duration", "elapsed", "latency", "response_time", "request_time", "took")
      for unit, length in (("ms", MS), ("s", S), ("seconds", S), ("us", US), ("ns", NS), ("in_ms", MS))),
    ("durationMs", MS), ("latencyMs", MS), ("elapsedMs", MS), ("responseTimeMs", MS),
)  # fmt: skip

WRITERS: Final[tuple[Writer, ...]] = (
    Writer(
        "Caddy",
        ("request.uri",),
        method=("request.method",),
        target=("request.uri",),
        status=("status",),
        at=("ts", "time"),
        durations=(("duration", S),),
        sizes=("size", "bytes_read"),
    ),
    Writer(
        "Traefik",
        ("RequestPath",),
        method=("RequestMethod",),
        target=("RequestPath",),
        status=("DownstreamStatus", "OriginStatus"),
        at=("StartUTC", "time"),
        durations=(("OriginDuration", NS), ("Duration", NS)),
        sizes=("DownstreamContentSize", "OriginContentSize", "RequestContentSize"),
    ),
    Writer(
        "Google Cloud",
        ("httpRequest.requestUrl",),
        method=("httpRequest.requestMethod",),
        target=("httpRequest.requestUrl",),
        status=("httpRequest.status",),
        at=("timestamp",),
        durations=(("httpRequest.latency", S),),
        sizes=("httpRequest.responseSize", "httpRequest.requestSize"),
    ),
    Writer(
        "Elastic Common Schema",
        ("http.request.method",),
        method=("http.request.method",),
        target=("url.original", "url.path", "url.full"),
        status=("http.response.status_code",),
        at=("@timestamp",),
        durations=(("event.duration", NS),),
        sizes=("http.response.body.bytes", "http.response.bytes", "http.request.body.bytes", "http.request.bytes"),
    ),
    Writer(
        "Datadog",
        ("http.method", "http.status_code"),
        method=("http.method",),
        target=("http.url_details.path", "http.url", "http.target", "http.path"),
        status=("http.status_code",),
        at=_AT,
        durations=(("duration", NS),),
        sizes=("network.bytes_written", "network.bytes_read"),
    ),
    Writer(
        "Envoy",
        ("response_code", "method"),
        method=("method", ":method"),
        target=("x-envoy-original-path", "x-envoy-origin-path", "path", ":path"),
        status=("response_code",),
        at=("start_time", *_AT),
        durations=(("duration", MS),),
        sizes=("bytes_sent", "bytes_received"),
    ),
    Writer(
        "nginx",
        ("request_uri",),
        method=("request_method", "method"),
        target=("request_uri",),
        status=("status",),
        at=("time_iso8601", "msec", "time_local", *_AT),
        durations=(("request_time", S), ("upstream_response_time", S)),
        sizes=("body_bytes_sent", "bytes_sent", "request_length"),
    ),
    Writer(
        "gunicorn, by the letters of its format",
        ("r", "s"),
        line=("r",),
        status=("s",),
        at=("t", *_AT),
        durations=(("L", S), ("M", MS), ("D", US)),
        sizes=("B", "b"),
    ),
    Writer(
        "a request line",
        ("request",),
        line=("request",),
        status=("status", "status_code", "code", "response"),
        at=("time_iso8601", "msec", "time_local", *_AT),
        durations=(("request_time", S), *_NAMED_DURATIONS),
        sizes=("body_bytes_sent", "bytes_sent", "bytes", "request_length"),
    ),
    *(
        Writer(
            "an application",
            (method, target),
            method=(method,),
            target=(target,),
            status=("status", "status_code", "statusCode", "code", "response_status", "http_status"),
            at=("time_iso8601", "msec", "time_local", *_AT),
            durations=(*_NAMED_DURATIONS, ("request_time", S)),
            sizes=(
                "body_bytes_sent",
                "bytes_sent",
                "bytes",
                "size",
                "response_size",
                "content_length",
                "request_length",
            ),
        )
        for method in ("method", "request_method", "http_method", "verb")
        for target in ("path", "uri", "url", "request_path", "full_path", "target", "endpoint_path")
    ),
)
"""The surest first."""


def value_of(entry: Mapping[str, Any], name: str) -> Any:
    """What stands under a name, or None."""
    found = entry.get(name)
    if found is not None or "." not in name:
        return found
    first, _, rest = name.partition(".")
    below = entry.get(first)
    return value_of(below, rest) if isinstance(below, Mapping) else None


def writer_of(entry: Mapping[str, Any]) -> Writer | None:
    """The row that an entry is written by; None for one that tells of no request."""
    for writer in WRITERS:
        if all(isinstance(value_of(entry, mark), str | int) for mark in writer.marks):
            return writer
    return None


def request_of(entry: Mapping[str, Any], writer: Writer) -> Request | None:
    """The request that an entry tells of; None where it has no method and target."""
    method = _text(entry, writer.method)
    target = _text(entry, writer.target)
    if writer.line:
        method, target = split_request(_text(entry, writer.line))
        if not method:
            return None
    if not target:
        return None
    sizes = [size for name in writer.sizes if (size := _whole(value_of(entry, name))) is not None]
    return Request(
        next((at for name in writer.at if (at := any_time(value_of(entry, name))) is not None), None),
        method.upper(),
        target,
        next((status for name in writer.status if (status := _whole(value_of(entry, name)))), 0),
        next((s for name, unit in writer.durations if (s := _seconds(value_of(entry, name), unit)) is not None), None),
        max(sizes, default=None),
    )


def _text(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := value_of(entry, name), str) and value), "")


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 15:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return int(value)


def _seconds(value: object, unit: float) -> float | None:
    """A text may say its own unit, and more than one time (nginx tells each upstream's): the first counts."""
    if isinstance(value, str):
        found = _NUMBER.match(value)
        return float(found[1]) * (_UNITS[found[2]] if found[2] else unit) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        return None
    return value * unit
