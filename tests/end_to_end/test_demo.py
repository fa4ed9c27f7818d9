"""The main job, end to end, with the real parts, as a user starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.adapters.processes import wait_until
from tests.support.demo_promises import hold
from tests.support.envoy import require_envoy
from tests.support.local_lambda import require_local_lambda
from tests.support.processes import alive, descendants

pytestmark = pytest.mark.local_stack

COMMAND = [sys.executable, "-m", "migrator", "demo", "--rate", "100", "--bake", "2"]


@pytest.fixture(autouse=True)
def real_parts() -> None:
    require_local_lambda()
    require_envoy()


@pytest.mark.thorough  # the tutorial plays it in the suite
def test_the_demo_ends_as_promised(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "-o", tmp_path / "out"], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    hold(tmp_path / "out", done.stdout)


@pytest.mark.parametrize(
    "signal_number",
    [pytest.param(signal.SIGINT, marks=pytest.mark.thorough), signal.SIGKILL],
    ids=["ctrl-c", "killed"],
)
def test_nothing_stays_behind(tmp_path: Path, signal_number: int) -> None:
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [*COMMAND, "-o", tmp_path / "out"],
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        assert wait_until(lambda: b"shifting" in log.read_bytes() or demo.poll() is not None, 90)
        started = descendants(demo.pid)
        assert len(started) >= 3, "the shop, Envoy, the emulator"
        demo.send_signal(signal_number)
        code = demo.wait(30)
        assert wait_until(lambda: not any(map(alive, started)), 20), [pid for pid in started if alive(pid)]
    finally:
        demo.kill()
    if signal_number == signal.SIGINT:
        assert code == 130
        assert b"Traceback" not in log.read_bytes()


def test_a_folder_that_is_not_the_demos_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = subprocess.run([*COMMAND, "-o", tmp_path], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert "not a folder of the demo" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["thesis.txt"]
