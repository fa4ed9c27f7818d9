"""What holds of recorded traffic whatever the logs are: order and files do not matter, and no bytes end a run."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.bootstrap.usages import with_traffic
from migrator.domain.assessments import Analysis
from migrator.domain.recordings import TrafficSummary
from migrator.errors import InputError
from tests.support.traffic import access_line, analyzed, assessed, http, queue

SHOP = analyzed(
    [
        assessed("shop.show", http("/orders/<reference>", "GET"), rank=1, score=0.9),
        assessed("shop.place", http("/orders", "POST"), rank=2, score=0.8),
        assessed("shop.mail", queue("mail"), rank=3, score=0.7),
        assessed("shop.never", http("/never", "GET"), rank=4, score=0.7),
    ]
)
REQUESTS = st.builds(
    access_line,
    st.sampled_from(["/orders/7", "/orders/8?x=1", "/orders", "/wp/1", "/wp/2", "/x", "/y"]),
    method=st.sampled_from(["GET", "POST", "OPTIONS"]),
    minute=st.integers(0, 20_000),
    status=st.sampled_from([200, 301, 404, 500]),
    size=st.integers(0, 10**7) | st.just("-"),
    time=st.sampled_from(["", "0.000", "0.250", "31.5", "1500000"]),
)
EVENTS = st.builds(
    lambda kind, uuid, at, runtime: json.dumps(
        {
            "type": f"task-{kind}", "uuid": uuid, "timestamp": 1.7e9 + at,
            **({"name": "mail"} if kind == "received" else {}),
            **({"runtime": runtime} if kind == "succeeded" else {}),
        }
    ),
    st.sampled_from(["received", "started", "succeeded", "retried", "failed", "revoked"]),
    st.sampled_from("abcdef"),
    st.integers(0, 10**6),
    st.sampled_from([0.1, 2.5]),
)  # fmt: skip
DAMAGED = st.sampled_from(["garbage", "", "\x00", '{"type"'])
LOGS = st.lists(REQUESTS, min_size=1, max_size=30), st.lists(EVENTS, min_size=1, max_size=30)


def read(files: list[list[str]], *, packed: bool = False) -> tuple[Analysis, TrafficSummary]:
    with tempfile.TemporaryDirectory() as folder:
        names: list[str] = []
        for number, lines in enumerate(files):
            path = Path(folder) / f"{number:03}.log"
            text = "".join(f"{line}\n" for line in lines).encode()
            path.write_bytes(gzip.compress(text) if packed else text)
            names.append(str(path))
        return with_traffic(SHOP, names)


def told(found: tuple[Analysis, TrafficSummary]) -> object:
    """All that does not name files."""
    analysis, summary = found
    lines = sum(file.lines for file in summary.files), sum(file.damaged for file in summary.files)
    return analysis, lines, summary.requests, summary.runs, summary.days, summary.timeless, summary.nameless


@settings(max_examples=40, deadline=None)
@given(*LOGS, st.lists(DAMAGED, max_size=3), st.data())
def test_neither_the_order_of_lines_nor_their_files_matter(
    requests: list[str], events: list[str], damaged: list[str], data: st.DataObject
) -> None:
    whole = read([requests, events])
    lines = {id(log): [*data.draw(st.permutations(log))] for log in (requests, events)}
    assert told(read([lines[id(requests)], lines[id(events)]])) == told(whole)
    parts: list[list[str]] = []
    for log in (requests, events):
        at = data.draw(st.integers(0, len(log)))
        parts += [log[:at], log[at:]]
    order = data.draw(st.permutations(range(len(parts))))
    assert told(read([parts[number] for number in order], packed=True)) == told(whole)
    # Damage is counted, and changes nothing else.
    analysis, summary = read([[*requests, *damaged], events])
    assert analysis == whole[0]
    assert sum(file.damaged for file in summary.files) == sum(1 for line in damaged if line)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(max_size=60)
        | REQUESTS.map(str.encode)
        | EVENTS.map(str.encode)
        | st.binary(max_size=20).map(lambda data: b'1 - - [10/Oct/2000:13:55:36 +0000] "GET /' + data + b'" 200 1'),
        max_size=8,
    ),
    st.sampled_from([b"\n", b"\r\n", b""]),
    st.sampled_from(["", "combined:", "alb:", "celery:", "celery-log:", "otlp:", "json:", "uvicorn:"]),
    st.sampled_from([b"", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\xef\xbb\xbf", b"[", b"{"]),
)
def test_no_bytes_end_a_run(pieces: list[bytes], end: bytes, named: str, begin: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.log"
        path.write_bytes(begin + end.join(pieces))
        try:
            analysis, summary = with_traffic(SHOP, [f"{named}{path}"])
        except InputError as error:
            assert str(path) in error.location
            return
    assert len(analysis.candidates) == len(SHOP.candidates)
    (file,) = summary.files
    assert file.records == summary.requests.calls + summary.runs.calls or file.format == "celery"
    assert file.lines >= file.other + file.damaged - 1
