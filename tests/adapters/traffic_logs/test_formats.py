"""Each format reads its own examples, and is told from the others by them."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.adapters.traffic_logs import FORMATS, DamagedLine, Example, LogFormat
from migrator.adapters.traffic_logs.timestamps import any_time, common_time, iso_time
from migrator.domain.records import Record, Request, Run

CASES = [(log, example) for log in FORMATS for example in log.examples]
AMONG_OTHERS = ("celery-log", "uvicorn")
"""Formats whose lines stand among what else a program prints, so that no other line is damage."""
NAMED = {log.name: log for log in FORMATS}


def records_of(log: LogFormat, lines: tuple[str, ...]) -> tuple[Record, ...]:
    reader = log.reader()
    told = [record for line in lines for record in reader.read(line)]
    return (*told, *reader.finish())


@pytest.mark.parametrize(("log", "example"), CASES, ids=[f"{log.name}: {example.title}" for log, example in CASES])
def test_an_example_says_what_is_read(log: LogFormat, example: Example) -> None:
    assert records_of(log, example.lines) == example.records


@pytest.mark.parametrize(("log", "example"), CASES, ids=[f"{log.name}: {example.title}" for log, example in CASES])
def test_a_format_is_recognized_by_lines_that_tell_of_calls(log: LogFormat, example: Example) -> None:
    others = [other for other in FORMATS if other is not log]
    if example.records:
        assert any(map(log.recognizes, example.lines))
    assert not any(other.recognizes(line) for other in others for line in example.lines)


@pytest.mark.parametrize("log", [log for log in FORMATS if log.name not in AMONG_OTHERS], ids=lambda log: log.name)
@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        "[",
        "[]",
        '"a"',
        '{"a": 1',
        "\x00\x01",
        '1.2.3.4 - - [99/Foo/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1',
        "[" * 5_000,
    ],
)
def test_what_is_not_whole_is_damage_in_every_format(log: LogFormat, line: str) -> None:
    with pytest.raises(DamagedLine):
        log.reader().read(line)


@given(st.sampled_from(FORMATS), st.text() | st.sampled_from([e.lines[0] for _, e in CASES if e.lines]), st.data())
def test_no_line_ends_a_reader(log: LogFormat, line: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line)))
    cut = line[:at] + data.draw(st.text(max_size=3)) + line[at + data.draw(st.integers(0, 3)) :]
    reader = log.reader()
    for text in (line, cut):
        log.recognizes(text)
        try:
            reader.read(text)
        except DamagedLine:
            continue
    list(reader.finish())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KEYS = [
    "resourceSpans",
    "scopeSpans",
    "spans",
    "attributes",
    "key",
    "value",
    "kind",
    "stringValue",
    "intValue",
    "status",
    "startTimeUnixNano",
    "type",
    "uuid",
    "runtime",
    "timestamp",
    "request",
    "uri",
    "method",
    "path",
    "duration",
    "http.request.method",
    "http",
    "RequestPath",
    "r",
    "s",
    "t",
    "latency",
    "size",
]


@given(
    st.sampled_from(["json", "otlp", "celery"]),
    st.dictionaries(
        st.sampled_from(_KEYS), json_values | st.dictionaries(st.sampled_from(_KEYS), json_values), max_size=5
    ),
)
def test_no_json_ends_a_reader(name: str, entry: dict[str, object]) -> None:
    reader = NAMED[name].reader()
    try:
        told = reader.read(json.dumps(entry))
    except DamagedLine:
        return
    for record in told:
        assert record.seconds is None or record.seconds >= 0
        assert record.size is None or record.size >= 0


def test_what_celery_prints_itself_is_read() -> None:
    dumper = pytest.importorskip("celery.events.dumper")
    out = io.StringIO()
    printed = dumper.Dumper(out)
    common = {"hostname": "celery@w1", "timestamp": 1_763_632_800.5, "utcoffset": 0, "pid": 4, "clock": 9}
    printed.on_event({"type": "worker-online", "freq": 2.0, "sw_ident": "py-celery", **common})
    for uuid, end in (
        ("a-1", {"type": "task-succeeded", "result": "'runtime=9'", "runtime": 1.5e-05}),
        ("a-2", {"type": "task-failed", "exception": "E('x, runtime=3')", "traceback": "Traceback:\\n  x"}),
    ):
        named = {"name": "shop.mail.send", "args": "('a) args=', 1)", "kwargs": "{'runtime=': 7}"}
        printed.on_event({"type": "task-received", "uuid": uuid, "eta": None, "retries": 0, **named, **common})
        printed.on_event({"type": "task-started", "uuid": uuid, **common})
        printed.on_event({"uuid": uuid, **end, **common})
    at = 1_763_632_800.5
    assert records_of(NAMED["celery"], tuple(out.getvalue().splitlines())) == (
        Run(at, ("shop.mail.send",), 1.5e-05, False),
        Run(at, ("shop.mail.send",), None, True),
    )  # fmt: skip


def test_what_celery_logs_itself_is_read() -> None:
    trace = pytest.importorskip("celery.app.trace")
    defaults = pytest.importorskip("celery.app.defaults")
    task = {"name": "shop.mail.send", "id": "a-1", "return_value": "None", "runtime": 0.25, "exc": "E('x')"}
    messages = [
        trace.LOG_RECEIVED % task,
        trace.LOG_SUCCESS % task,
        trace.LOG_RETRY % task,
        *(
            policy.format % {**task, "description": policy.description}
            for policy in (
                trace.log_policy_unexpected, trace.log_policy_expected, trace.log_policy_internal,
                trace.log_policy_ignore,
            )
        ),
    ]  # fmt: skip
    around = {"asctime": "2025-11-20 10:00:00,123", "levelname": "INFO", "processName": "MainProcess"}
    lines = tuple(defaults.DEFAULT_PROCESS_LOG_FMT % {**around, "message": message} for message in messages)
    assert all(map(NAMED["celery-log"].recognizes, lines))
    told = [(record.seconds, record.failed) for record in records_of(NAMED["celery-log"], lines)]
    assert told == [(0.25, False), (None, True), (None, True), (None, True), (None, True), (None, False)]


def test_what_uvicorn_prints_itself_is_read() -> None:
    printed = pytest.importorskip("uvicorn.logging")
    default = pytest.importorskip("uvicorn.config").LOGGING_CONFIG["formatters"]["access"]["fmt"]
    lines = tuple(
        printed.AccessFormatter(default, use_colors=False).format(
            logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', arguments, None)
        )
        for arguments in (("[::1]:7", "GET", "/a?b=1", "1.1", 200), ("", "PUT", "/b%20c", "1.0", 599))
    )
    assert records_of(NAMED["uvicorn"], lines) == (
        Request(None, "GET", "/a?b=1", 200), Request(None, "PUT", "/b%20c", 599)
    )  # fmt: skip


def test_events_of_a_task_are_joined_in_any_order_and_across_runs_that_are_not_known() -> None:
    lines = NAMED["celery"].examples[2].lines
    assert records_of(NAMED["celery"], lines[::-1]) == records_of(NAMED["celery"], (*lines[3:], *lines[:3]))
    reader = NAMED["celery"].reader()
    assert reader.read(lines[-1]) == ()
    assert list(reader.finish()) == []
    assert reader.nameless == 1


def test_tasks_are_forgotten_before_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.adapters.traffic_logs.celery_runs.REMEMBERED", 2)
    reader = NAMED["celery"].reader()
    begun = [json.dumps({"type": "task-received", "uuid": str(n), "name": "a", "timestamp": 1e9 + n}) for n in range(4)]
    told = [record for line in begun for record in reader.read(line)]
    assert told == [Run(1e9, ("a",)), Run(1e9 + 1, ("a",))]
    assert list(reader.finish()) == [Run(1e9 + 2, ("a",)), Run(1e9 + 3, ("a",))]


@pytest.mark.parametrize(
    ("rest", "seconds"),
    [
        ("", None),
        (' "-" "curl/8.1"', None),
        (' "-" "curl/8.1 1.5"', None),
        (' "-" "a" 0.5', 0.5),
        (' "-" "a" rt=0.5', 0.5),
        (' "-" "a" "10.0.0.1"', None),
        (' "-" "a" 1500000', 1.5),
        (' "-" "a" D=1500000', 1.5),
        (' "-" "a" 1500 1600', None),
        (' "-" "a" 4 "router" "http://10.0.0.1:80" 1500ms', 1.5),
        (' "-" "a" -', None),
    ],
)
def test_a_time_is_known_by_how_it_is_written(rest: str, seconds: float | None) -> None:
    line = f'::1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 -{rest}'
    (record,) = NAMED["combined"].reader().read(line)
    assert record.seconds == seconds


@pytest.mark.parametrize(
    ("request_", "method", "target"),
    [
        ("GET /a HTTP/1.1", "GET", "/a"),
        ("GET /a b HTTP/1.1", "GET", "/a b"),
        ("GET /a", "GET", "/a"),
        ("OPTIONS * HTTP/1.1", "OPTIONS", "*"),
        ("VERSION-CONTROL /a HTTP/1.1", "VERSION-CONTROL", "/a"),
        ("CONNECT shop.example:443 HTTP/1.1", "CONNECT", "shop.example:443"),
        ("\\x16\\x03\\x01\\x02", "", ""),
        ("get /a HTTP/1.1", "", ""),
        ("-", "", ""),
        ("", "", ""),
    ],
)
def test_the_first_line_of_a_request(request_: str, method: str, target: str) -> None:
    line = f'::1 - - [10/Oct/2000:13:55:36 -0700] "{request_}" 400 0'
    (record,) = NAMED["combined"].reader().read(line)
    assert isinstance(record, Request)
    assert (record.method, record.target) == (method, target)


def test_times_are_known_in_the_units_that_programs_write() -> None:
    assert {any_time(1_763_632_800 * unit) for unit in (1, 10**3, 10**6, 10**9)} == {1_763_632_800.0}
    assert any_time("1763632800.250") == 1_763_632_800.25
    assert any_time("20/Nov/2025:10:00:00 +0000") == any_time("2025-11-20T10:00:00.000000000Z") == 1_763_632_800.0
    assert iso_time("2025-11-20T10:00:00") == iso_time("2025-11-20T12:00:00+02:00")
    assert common_time("20/Nov/2025:10:00:00 +0000") == common_time("20/Nov/2025:11:30:00 +0130")
    nothings: list[object] = [
        "",
        "x",
        "31/Foo/2025:10:00:00 +0000",
        "01/Jan/0000:00:00:00 +0000",
        7,
        True,
        None,
        [],
        1e300,
    ]
    for nothing in nothings:
        assert any_time(nothing) is None
