"""`migrator compare` as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.adapters.comparisons.files import FileComparisons
from migrator.adapters.processes import free_port, wait_until
from migrator.documents.comparison import CODEC
from migrator.domain.comparisons import Comparison
from migrator.domain.http import Request
from tests.support.http_servers import HttpServer
from tests.support.local_lambda import require_local_lambda, service_folder
from tests.support.processes import alive, descendants
from tests.support.recordings import tax_requests, write_recording

ROUTER = """
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}}
routes:
  - name: tax
    match: {{http: {{methods: [GET], path: "/api/tax/{{country}}/{{category}}/{{buyer}}/{{cents}}"}}}}
    legacy: {{url: "{legacy}"}}
    canary: {{lambda: tax, alias: live, url: "{canary}"}}
    weight: 0
"""

# Answers as the server that stands for legacy does.
HANDLER = """
import json, time

def handler(event, context):
    time.sleep(float((event.get("queryStringParameters") or {}).get("sleep", 0)))
    body = {"side": "one", "path": event["rawPath"], "body": ""}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
"""

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Tax:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src/, Handler: app.handler, Timeout: 10}
"""


@pytest.fixture
def legacy() -> Iterator[HttpServer]:
    with HttpServer("one") as server:
        yield server


@pytest.fixture
def canary() -> Iterator[HttpServer]:
    with HttpServer("one") as server:
        yield server


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "tax.jsonl", tax_requests())


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migrator", "compare", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def remembered(folder: Path, route: str = "tax") -> Comparison:
    kept = FileComparisons(folder / "state" / "migrator" / "comparisons").latest(route)
    assert isinstance(kept, Comparison), kept
    return kept


def test_sides_that_are_alike(tmp_path: Path, recording: Path, legacy: HttpServer, canary: HttpServer) -> None:
    done = run(tmp_path, "tax", "--recording", recording, "--legacy", legacy.url, "--canary", canary.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["tax: alike in 90 requests", "equal 90, different 0"]
    assert "next: migrator rollout start tax" in done.stderr
    assert remembered(tmp_path).same
    assert legacy.count() == canary.count() == 90


def test_a_difference_is_shown_remembered_and_exit_1(
    tmp_path: Path, recording: Path, legacy: HttpServer, canary: HttpServer
) -> None:
    canary.name = "two \x1b[31m"
    canary.behavior.status = 201
    (tmp_path / "router.yaml").write_text(ROUTER.format(legacy=legacy.url, canary=canary.url))
    done = run(tmp_path, "tax", "--recording", recording)
    assert done.returncode == 1
    assert "tax: not alike in 90 requests" in done.stdout
    assert "  $.side  differs  (90 requests)\n      GET /api/tax/DE/books/consumer/1\n" in done.stdout
    assert '      legacy  "one"\n      canary  "two' in done.stdout
    assert "\x1b" not in done.stdout
    assert remembered(tmp_path).different == 90
    done = run(tmp_path, "tax", "--recording", recording, "--ignore", "$.side", "--ignore", "status", "--no-save")
    assert done.returncode == 0, done.stdout
    assert remembered(tmp_path).different == 90, "--no-save leaves the last one"


def test_as_json(tmp_path: Path, recording: Path, legacy: HttpServer, canary: HttpServer) -> None:
    canary.name = "two"
    done = run(
        tmp_path, "tax", "--recording", recording, "--legacy", legacy.url, "--canary", canary.url, "--json", "--jobs", 4
    )
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["schema"] == "migrator.comparison/1"
    assert CODEC.load(document) == remembered(tmp_path)
    assert [difference["path"] for difference in document["differences"]] == ["$.side"]


def test_a_side_that_is_down(tmp_path: Path, recording: Path, legacy: HttpServer) -> None:
    down = f"http://127.0.0.1:{free_port()}"
    done = run(tmp_path, "tax", "--recording", recording, "--legacy", legacy.url, "--canary", down)
    assert done.returncode == 1
    assert "not answered by the canary 90" in done.stdout
    assert "ConnectError" in done.stdout


def test_requests_for_other_routes_are_left_out(tmp_path: Path, legacy: HttpServer, canary: HttpServer) -> None:
    (tmp_path / "router.yaml").write_text(ROUTER.format(legacy=legacy.url, canary=canary.url))
    requests = [*tax_requests()[:3], Request("POST", "/api/tax/DE/books/consumer/1"), Request("GET", "/api/orders")]
    recording = write_recording(tmp_path / "r.jsonl", requests)
    done = run(tmp_path, "tax", "--recording", recording)
    assert done.returncode == 0
    assert "left out 2 requests of the recording" in done.stdout
    assert legacy.count() == 3
    recording = write_recording(tmp_path / "r.jsonl", requests[3:])
    done = run(tmp_path, "tax", "--recording", recording)
    assert (done.returncode, legacy.count()) == (3, 3)
    assert "none of the 2 recorded requests is for the route tax" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["tax", "--recording", "none.jsonl", "--legacy", "http://127.0.0.1:1", "--canary", "http://127.0.0.1:2"], 3, "none.jsonl: cannot read"),
        (["tax", "--recording", "bad.jsonl", "--legacy", "http://127.0.0.1:1", "--canary", "http://127.0.0.1:2"], 3, "bad.jsonl:2:"),
        (["tax", "--recording", "empty.jsonl", "--legacy", "http://127.0.0.1:1", "--canary", "http://127.0.0.1:2"], 3, "no requests"),
        (["tax", "--recording", "good.jsonl", "--legacy", "http://127.0.0.1:1"], 3, "router.yaml: cannot read"),
        (["tux", "--recording", "good.jsonl", "--router", "r.yaml"], 2, "did you mean tax?"),
        (["tax", "--recording", "good.jsonl", "--legacy", "nowhere", "--canary", "http://127.0.0.1:2"], 2, "is no URL"),
        (["tax", "--recording", "good.jsonl", "--canary", "http://127.0.0.1:2", "--service", "."], 2, "both name the canary"),
        (["tax", "--recording", "good.jsonl", "--legacy", "http://127.0.0.1:1", "--service", "."], 3, "is not a service folder"),
        (["tax", "--recording", "good.jsonl", "--router", "r.yaml", "--ignore", "total"], 2, "is no path"),
    ],
)  # fmt: skip
def test_bad_input_is_named(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    (tmp_path / "good.jsonl").write_text('{"method": "GET", "path": "/"}\n')
    (tmp_path / "bad.jsonl").write_text('{"method": "GET", "path": "/"}\n{"method": }\n')
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "r.yaml").write_text(ROUTER.format(legacy="http://127.0.0.1:1", canary="http://127.0.0.1:2"))
    done = run(tmp_path, *arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.local_stack
@pytest.mark.xdist_group("lambda")
def test_a_service_folder_is_served_and_ended(tmp_path: Path, recording: Path, legacy: HttpServer) -> None:
    require_local_lambda()
    service = service_folder(tmp_path / "service", HANDLER, TEMPLATE)
    arguments = ("tax", "--recording", recording, "--legacy", legacy.url, "--service", service)
    done = run(tmp_path, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    (service / "src" / "app.py").write_text(HANDLER.replace('"one"', '"two"'))
    done = run(tmp_path, *arguments)
    assert done.returncode == 1
    assert "$.side  differs  (90 requests)" in done.stdout


@pytest.mark.local_stack
@pytest.mark.xdist_group("lambda")
def test_ctrl_c_ends_everything(tmp_path: Path, legacy: HttpServer) -> None:
    require_local_lambda()
    service = service_folder(tmp_path / "service", HANDLER, TEMPLATE)
    recording = write_recording(tmp_path / "r.jsonl", [Request("GET", "/", "sleep=8")])
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "migrator", "compare", "tax", "--recording", str(recording)),
            *("--legacy", legacy.url, "--service", str(service)),
        ],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert wait_until(lambda: len(descendants(process.pid)) >= 3, 30)
            below = descendants(process.pid)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert wait_until(lambda: not any(alive(pid) for pid in below), 5)
        finally:
            process.kill()
