"""What a tired user does wrong, command by command: the exit code, the message, and what is left on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.adapters.processes import wait_until
from tests.support.http_servers import HttpServer

SAMPLE = Path(__file__).parents[2] / "sample_monolith"

ROUTER = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:19901, listen: 127.0.0.1:18080}
routes:
  - name: tax
    match: {http: {methods: [GET], path: "/api/tax/{country}"}}
    legacy: {url: http://127.0.0.1:18000}
    canary: {lambda: tax-service, alias: live, url: http://127.0.0.1:19000/}
    weight: 5
"""


def migrator(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def all_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with one of each thing that is not what a command wants."""
    folder = tmp_path / "place"
    (folder / "empty").mkdir(parents=True)
    (folder / "file").write_text("mine")
    (folder / "foreign").mkdir()
    (folder / "foreign" / "template.yaml").write_text("mine")
    (folder / "broken").mkdir()
    (folder / "broken" / "migrator-manifest.json").write_text("{\n")
    (folder / "program").write_text("not an executable")
    (folder / "program").chmod(0o755)
    (folder / "router.yaml").write_text(ROUTER)
    (folder / "corrupt.db").write_bytes(b"\xffnot a database" * 500)
    (folder / "service" / "src").mkdir(parents=True)
    (folder / "service" / "src" / "app.py").write_text("def handler(event, context):\n    return event\n")
    (folder / "service" / "template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13}\n"
    )
    (folder / "nan.json").write_text('{"a": NaN}')
    (folder / "latin.json").write_bytes(b'"\xe9"')
    return folder


EXTRACT = ("extract", "shop.api.tax.quote", "--root", str(SAMPLE), "--jobs", "1", "--yes", "-q", "-o")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("analyze",), 2, "Missing argument 'PATH'"),
        (("analyse", "empty"), 2, "Did you mean 'analyze'?"),
        (("analyze", "empty", "--knowledge", "none.toml"), 3, "none.toml: cannot read"),
        (("explain", "x", "--root", "empty"), 2, "migrator analyze PATH --all"),
        ((*EXTRACT, "file"), 3, "error: file: this is a file, not a folder"),
        ((*EXTRACT, "file/below"), 3, "error: file: this is a file, not a folder"),
        ((*EXTRACT, "foreign"), 1, "template.yaml: not written by migrator"),
        ((*EXTRACT, "broken"), 3, "hint: take it back from version control"),
        (("check", "none"), 3, "hint: make one with: migrator extract"),
        (("check", "file"), 3, "this is not a service folder"),
        (("check", "broken"), 3, "hint: take it back from version control"),
        (("invoke", "empty", "--event", "nan.json"), 3, "hint: make one with: migrator extract"),
        (("invoke", "service", "--event", "none.json"), 3, "none.json: cannot read the event: No such file"),
        (("invoke", "service", "--event", "empty"), 3, "empty: cannot read the event: Is a directory"),
        (("invoke", "service", "--event", "nan.json"), 3, "nan.json: not JSON: NaN is no value of it"),
        (("invoke", "service", "--event", "latin.json"), 3, "latin.json: not UTF-8: byte 0xe9"),
        (("router", "render", "-o", "file"), 3, "cannot make the folder for Envoy: this is a file"),
        (("router", "apply", "empty", "--yes"), 3, "Is a directory"),
        (("rollout", "watch", "tax", "--every", "0s"), 2, "expected a duration above 0"),
        (("rollout", "start", "tax", "--yes", "--state", "sqlite:///corrupt.db"), 3, "the live weights are with the data plane and unchanged"),
        (("rollout", "status", "tax", "--state", "sqlite:///corrupt.db"), 3, "corrupt.db: not a readable store"),
        (("rollout", "rollback", "tax", "--wait", "1s", "--state", "sqlite:///corrupt.db"), 3, "could not be made 0"),
        (("demo", "-o", "file"), 3, "file: this is not a folder of the demo"),
    ],
)  # fmt: skip
def test_the_message_names_the_mend_and_nothing_is_touched(
    place: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    before = all_files(place)
    done = migrator(place, *arguments)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert all_files(place) == before


@pytest.mark.parametrize("program", ["/nonexistent/program", "empty"])
@pytest.mark.parametrize(
    ("variable", "arguments"),
    [
        ("MIGRATOR_ENVOY", ("router", "render", "-o", "envoy")),
        ("MIGRATOR_ENVOY", ("demo", "-o", "demo")),
        ("MIGRATOR_RIE", ("demo", "-o", "demo")),
        ("MIGRATOR_RIE", ("invoke", "service", "--event", "good.json")),
    ],
)
def test_a_missing_program_is_named_before_anything_is_written(
    place: Path, program: str, variable: str, arguments: tuple[str, ...]
) -> None:
    (place / "good.json").write_text("{}")
    before = all_files(place)
    done = migrator(place, *arguments, **{variable: program})
    assert done.returncode == 4, done.stderr
    assert variable in done.stderr and f"unset {'it' if 'ENVOY' in variable else variable}" in done.stderr
    assert all_files(place) == before


ROUTER_MISTAKES = {
    "a key twice": ("weight: 5", "weight: 5\n    weight: 6", ":9:5: routes[0].weight: the key stands twice"),
    "a wrong type": ("weight: 5", "weight: lots", ":8:13: routes[0].weight: expected a valid number"),
    "below 0": ("weight: 5", "weight: -1", ":8:13: routes[0].weight: a weight lies between 0 and 100"),
    "not a number": ("weight: 5", "weight: .nan", ":8:13: routes[0].weight: not a finite number"),
    "a tab": ("weight: 5", "weight: 5\n\tx: 1", ":9:1: not YAML"),
    "not loopback": ("127.0.0.1:19901", "0.0.0.0:19901", ":2:29: plane.admin: must be a loopback address"),
    "a circle": ("127.0.0.1:18000", "127.0.0.1:18080", ":6:19: routes[0].legacy.url: the plane's own address"),
    "a tag": ("weight: 5", "weight: !!python/object:os.system x", ":8:13: routes[0].weight: the tag"),
}


@pytest.mark.parametrize("mistake", ROUTER_MISTAKES)
def test_a_mistake_in_the_router_configuration_has_a_place_and_a_key(place: Path, mistake: str) -> None:
    old, new, says = ROUTER_MISTAKES[mistake]
    assert old in ROUTER
    (place / "router.yaml").write_text(ROUTER.replace(old, new, 1))
    done = migrator(place, "router", "validate")
    assert (done.returncode, f"router.yaml{says}" in done.stdout) == (3, True), done.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "1:1: the file is empty"), (b"version: 1 # caf\xe9\n", "1:17: not UTF-8: byte 0xe9"), (b"- 1\n", "1:1: expected a mapping")],
)  # fmt: skip
def test_a_router_configuration_that_is_none(place: Path, content: bytes, says: str) -> None:
    (place / "router.yaml").write_bytes(content)
    done = migrator(place, "router", "validate")
    assert (done.returncode, f"router.yaml:{says}" in done.stdout) == (3, True), done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(place: Path) -> None:
    (place / "empty").chmod(0o555)
    done = migrator(place, *EXTRACT, "empty/tax")
    assert (done.returncode, "cannot be written: Permission denied" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize("jobs", ["1", "8"])
def test_ctrl_c_does_not_wait_for_a_side_that_hangs(place: Path, jobs: str) -> None:
    """Threads that are waited for at the end of the program would hold it for the whole time-out, each request anew."""
    (place / "recording.jsonl").write_text('{"method": "GET", "path": "/api/tax/de"}\n' * 20)
    with HttpServer("legacy") as legacy:
        legacy.behavior.delay_s = 20
        arguments = ["compare", "tax", "--recording", "recording.jsonl", "--legacy", legacy.url, "--canary", legacy.url]
        with subprocess.Popen(
            [sys.executable, "-m", "migrator", *arguments, "--jobs", jobs], cwd=place, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert wait_until(lambda: legacy.count() >= 1, 30)
                process.send_signal(signal.SIGINT)
                assert process.wait(8) == 130
                assert process.stderr is not None and "Traceback" not in process.stderr.read()
            finally:
                process.kill()
