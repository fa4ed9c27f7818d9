"""`migrator invoke` as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support.local_lambda import TEMPLATE, require_local_lambda, service_folder

pytestmark = [pytest.mark.local_stack, pytest.mark.xdist_group("lambda")]


def run(folder: Path, *arguments: str, event: object = None, **variables: str) -> subprocess.CompletedProcess[str]:
    text = event if isinstance(event, str) else json.dumps(event)
    return subprocess.run(
        [sys.executable, "-m", "migrator", "invoke", str(folder), *arguments],
        input=text,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def service(tmp_path: Path) -> Path:
    require_local_lambda()
    return service_folder(tmp_path / "service")


def test_the_payload_on_stdout_and_the_rest_on_stderr(service: Path, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('\ufeff{"return": {"statusCode": 200, "body": "ü"}}')
    done = run(service, "--event", str(tmp_path / "event.json"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == '{"statusCode": 200, "body": "\\u00fc"}\n'
    assert "TaxFunction: returned, init " in done.stderr
    assert "MB" in done.stderr
    assert "  | module loaded\n  | wanted ['return']\n" in done.stderr
    assert "UnmarshalError" not in done.stderr
    assert sorted(path.name for path in service.rglob("*")) == ["app.py", "src", "template.yaml"], (
        "nothing is left behind"
    )


def test_as_json(service: Path) -> None:
    done = run(service, "--event", "-", "--json", event={"return": [1, 2.5]})
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "migrator.invocation/1"
    assert (document["function"], document["ending"], document["payload"]) == ("TaxFunction", "returned", [1, 2.5])
    assert document["failure"] is None
    assert 1 < document["init_ms"] < 10_000
    assert 0 < document["duration_ms"] < 2_000
    assert 5 < document["memory_mb"] < 200
    assert document["logs"] == "module loaded\nwanted ['return']\n"


def test_a_handler_that_raises(service: Path) -> None:
    done = run(service, "--event", "-", event={"raise": "no such \x1b[31mcountry"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "ValueError: no such \\x1b[31mcountry" in done.stderr
    assert 'raise ValueError(wanted["raise"])' in done.stderr
    done = run(service, "--event", "-", "--quiet", "--json", event={"raise": "no"})
    assert done.returncode == 1
    assert json.loads(done.stdout)["failure"]["type"] == "ValueError"


@pytest.mark.parametrize(
    ("event", "ending", "message"),
    [
        ({"sleep": 30}, "timed-out", "Task timed out after 2.00 seconds"),
        ({"exit": 3}, "crashed", "exit status 3"),
    ],
)
def test_a_handler_that_does_not_come_back(service: Path, event: object, ending: str, message: str) -> None:
    done = run(service, "--event", "-", "--json", event=event)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["ending"] == ending
    assert message in document["failure"]["message"]
    assert message in done.stderr


def test_a_handler_that_cannot_be_imported(tmp_path: Path) -> None:
    service = service_folder(tmp_path / "s", handler="import flurb\n")
    done = run(service, "--event", "-", event={})
    assert done.returncode == 1
    assert "Runtime.ImportModuleError: Unable to import module 'app': No module named 'flurb'" in done.stderr


def test_the_monolith_is_not_there_even_if_it_is_installed(tmp_path: Path) -> None:
    # This package itself is installed as editable in the environment that runs the tests.
    service = service_folder(tmp_path / "s", handler="import migrator\n")
    assert "No module named 'migrator'" in run(service, "--event", "-", event={}).stderr


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ('{\n "a": }', "<stdin>:2:7: not JSON: Expecting value"),
        ("", "<stdin>:1:1: not JSON"),
        ("[" * 200_000, "nested too deep"),
        ('"' + "x" * 6_291_456 + '"', "Lambda takes 6,291,456 at most"),
    ],
)
def test_an_event_that_is_none(service: Path, event: str, message: str) -> None:
    done = run(service, "--event", "-", event=event)
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr


def test_what_is_missing_is_named(service: Path, tmp_path: Path) -> None:
    done = run(service, "--event", str(tmp_path / "none.json"))
    assert (done.returncode, "none.json: cannot read the event: No such file" in done.stderr) == (3, True)
    done = run(tmp_path, "--event", "-", event={})
    assert (done.returncode, "it has no template.yaml" in done.stderr) == (3, True)
    done = run(service, "--event", "-", event={}, MIGRATOR_RIE=str(tmp_path / "rie"))
    assert (done.returncode, "no Lambda emulator that can be run" in done.stderr) == (4, True)


def test_a_variable_over_what_the_template_says(tmp_path: Path) -> None:
    require_local_lambda()
    handler = "import os\n\n\ndef handler(event, context):\n    return [os.environ['GREETING'], os.environ['STAGE']]\n"
    folder = service_folder(tmp_path / "service", handler)
    done = run(folder, "--event", "-", "--env", "GREETING=a=b", event={})
    assert done.stdout == '["a=b", "test"]\n', done.stderr
    wrong = run(folder, "--event", "-", "--env", "GREETING", event={})
    assert wrong.returncode == 2
    assert "--env 'GREETING' has no value" in wrong.stderr


def test_one_of_several_functions(tmp_path: Path) -> None:
    require_local_lambda()
    second = "  Second:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: src/, Handler: app.handler}\n"
    service = service_folder(tmp_path / "s", template=TEMPLATE + second)
    done = run(service, "--event", "-", event={})
    assert (done.returncode, "name one with --function: TaxFunction, Second" in done.stderr) == (2, True)
    done = run(service, "--event", "-", "--function", "Third", event={})
    assert (done.returncode, "has no function 'Third'" in done.stderr) == (2, True)
    done = run(service, "--event", "-", "--function", "Second", "--json", event={})
    assert json.loads(done.stdout)["function"] == "Second"


def test_behind_a_port_it_answers_requests_until_it_is_told_to_end(service: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "migrator", "invoke", str(service), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        assert said.startswith(f"TaxFunction answers at http://127.0.0.1:{port}")
        with urllib.request.urlopen(f"{said.split()[3]}/any/thing", timeout=30) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize("arguments", [(), ("--event", "-", "--port", "9000")])
def test_one_of_event_and_port_is_said(service: Path, arguments: tuple[str, ...]) -> None:
    done = run(service, *arguments)
    assert done.returncode == 2
    assert "--event FILE" in done.stderr
