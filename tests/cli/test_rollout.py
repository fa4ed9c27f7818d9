"""`migrator rollout` as a user calls it: without a data plane, and on a real Envoy under traffic."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rollout_shell import Shell, Stack, serving


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.configure()
    return shell


def test_dry_run_shows_the_plan_and_records_nothing(shell: Shell) -> None:
    done = shell.run("start", "tax", "--dry-run")
    assert done.returncode == 0
    assert "step 1: 20 % for 300ms, at least 20 canary requests" in done.stdout
    assert "gate: parity: at most 0" in done.stdout
    assert shell.run("status", "tax").returncode == 2


def test_nothing_starts_unasked(shell: Shell) -> None:
    done = shell.run("start", "tax")
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert shell.run("status", "tax").returncode == 2


@pytest.mark.thorough
def test_a_missing_plane_is_a_failure_elsewhere_and_the_status_says_unknown(shell: Shell) -> None:
    shell.agree()
    done = shell.run("start", "tax", "--yes")
    assert done.returncode == 4
    status = shell.status()
    assert (status["phase"], status["step"], status["weight"]["configured"]) == ("pending", -1, 0)
    assert status["weight"]["live"] is None and status["weight"]["unknown"]
    assert {"route", "gates", "since", "next"} <= status.keys()
    rolled = shell.run("rollback", "tax", "--wait", "1s")
    assert rolled.returncode == 4 and "is recorded" in rolled.stderr
    assert shell.status()["phase"] == "rolling-back"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("start", "tux", "--yes"), 2, "did you mean tax"),
        (("status", "tux"), 2, "did you mean tax"),
        (("status", "tax"), 2, "migrator rollout start tax"),
        (("tick", "tux"), 2, "did you mean tax"),
        (("watch", "tax", "--every", "soon"), 2, "--every"),
        (("rollback", "tux"), 2, "did you mean tax"),
        (("status", "tax", "--state", "mysql://here"), 2, "sqlite:///PATH"),
        (("start", "tax", "--yes", "--router", "absent.yaml"), 3, "absent.yaml"),
        (("status", "tax", "--state", "sqlite:///router.yaml"), 3, "router.yaml"),
    ],
)
def test_wrong_calls_are_said(shell: Shell, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = shell.run(*arguments)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def stack(shell: Shell) -> Iterator[Stack]:
    with serving(shell) as stack:
        yield stack


@pytest.mark.local_stack
def test_a_good_canary_is_started_watched_and_promoted(stack: Stack) -> None:
    shell = stack.shell
    shell.agree()
    started = shell.run("start", "tax", "--yes", "--json")
    assert started.returncode == 0, started.stderr
    first = json.loads(started.stdout)
    assert (first["phase"], first["step"], first["weight"]) == (
        "shifting",
        0,
        {"configured": 20, "live": 20, "unknown": ""},
    )
    watched = shell.run("watch", "tax", "--every", "100ms")
    assert watched.returncode == 0, watched.stderr
    assert "promoted" in watched.stdout.splitlines()[-1]
    assert "\x1b" not in watched.stdout
    status = shell.status()
    assert (status["phase"], status["weight"]["live"]) == ("promoted", 100)
    assert set(stack.load.statuses) == {200}
    assert shell.run("start", "tax", "--yes").returncode == 1
    assert shell.run("rollback", "tax", "--reason", "drill").returncode == 0
    status = shell.status()
    assert (status["phase"], status["weight"]["live"], status["reason"]) == ("rolled-back", 0, "drill")
    assert set(stack.load.statuses) == {200}


@pytest.mark.local_stack
def test_a_failing_canary_is_rolled_back_by_ticks_of_separate_processes(stack: Stack) -> None:
    shell = stack.shell
    shell.agree()
    stack.canary.behavior.status = 500
    assert shell.run("start", "tax", "--yes").returncode == 0
    for _ in range(10):
        ticked = shell.run("tick", "tax")
        if ticked.returncode:
            break
    assert ticked.returncode == 1, ticked.stderr
    status = shell.status()
    assert (status["phase"], status["weight"]["live"]) == ("rolled-back", 0)
    assert "error_rate fail" in status["reason"]
    assert set(stack.load.statuses) == {200}, "the fallback has answered"
    watched = shell.run("watch", "tax", "--json")
    assert watched.returncode == 1


@pytest.mark.local_stack
def test_a_canary_that_differs_gets_nothing(stack: Stack) -> None:
    shell = stack.shell
    shell.agree(different=1)
    done = shell.run("start", "tax", "--yes")
    assert done.returncode == 1
    assert "1 of 200 answers differ" in done.stderr
    assert shell.status()["weight"] == {"configured": 0, "live": 0, "unknown": ""}
    assert stack.canary.count() == 0


@pytest.mark.local_stack
def test_interrupting_the_watch_leaves_the_rollout_as_it_is(stack: Stack) -> None:
    shell = stack.shell
    shell.agree()
    text = (shell.folder / "router.yaml").read_text().replace("bake: 300ms", "bake: 1h")
    (shell.folder / "router.yaml").write_text(text)
    assert shell.run("start", "tax", "--yes").returncode == 0
    watching = shell.start_in_background("watch", "tax", "--every", "100ms")
    assert watching.stdout is not None
    assert "20 % bakes for 1 h" in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    _, errors = watching.communicate(timeout=30)
    assert watching.returncode == 130
    assert "migrator rollout watch tax" in errors
    status = shell.status()
    assert (status["phase"], status["weight"]["live"]) == ("shifting", 20)


@pytest.mark.local_stack
@pytest.mark.thorough
def test_looking_on_shows_what_another_process_does(stack: Stack) -> None:
    shell = stack.shell
    shell.agree()
    assert shell.run("start", "tax", "--yes").returncode == 0
    looking = shell.start_in_background("watch", "tax", "--no-tick", "--every", "50ms", "--json")
    assert shell.run("watch", "tax", "--every", "100ms").returncode == 0
    output, _ = looking.communicate(timeout=30)
    assert looking.returncode == 0
    entries = [json.loads(line) for line in output.splitlines()]
    assert [entry["phase"] for entry in entries][-1] == "promoted"
    assert {entry["schema"] for entry in entries} == {"migrator.rollout-history/1"}


@pytest.mark.local_stack
@pytest.mark.thorough
def test_a_plane_that_restarts_gets_its_weight_back(stack: Stack) -> None:
    """Envoy comes up with what its folder says; the controller sees counters that began anew."""
    shell = stack.shell
    shell.agree()
    assert shell.run("start", "tax", "--yes").returncode == 0
    stack.envoy.stop()
    assert shell.run("tick", "tax").returncode == 4
    assert shell.status()["phase"] == "holding"
    watching = shell.start_in_background("watch", "tax", "--every", "100ms")
    with stack.restarted():
        output, errors = watching.communicate(timeout=60)
    assert watching.returncode == 0, errors
    assert "promoted" in output
    replayed = shell.run("history", "tax", "--replay", "--json")
    assert replayed.returncode == 0, replayed.stderr
    assert "Envoy has counted anew" in replayed.stdout
