"""What a person does to a rollout that a service drives: on a real Envoy under traffic."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_servers import HttpServer
from tests.support.rollout_shell import Shell, Stack, serving

pytestmark = pytest.mark.local_stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    shell = Shell(tmp_path)
    with serving(shell) as stack:
        shell.agree()
        yield stack


def configured(shell: Shell, *changes: tuple[str, str], file: str = "router.yaml") -> None:
    path = shell.folder / file
    text = path.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)


def until(shell: Shell, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = shell.status()
        if wanted(status):
            return status
        time.sleep(0.1)
    raise AssertionError(f"it never came: {shell.status()}")


def ended(daemon: subprocess.Popen[str], signal_: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
    daemon.send_signal(signal_)
    output, errors = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, errors
    return output, errors


@pytest.mark.thorough
def test_a_service_waits_for_a_persons_word_and_a_person_can_stop_it_at_any_time(stack: Stack) -> None:
    shell = stack.shell
    configured(shell, ("{weight: 60, bake: 300ms}", "{weight: 60, bake: 300ms, approval: true}"))
    daemon = shell.start_in_background("run", "--every", "100ms", "--json")
    assert shell.run("start", "tax", "--yes").returncode == 0
    waiting = until(shell, lambda status: status["phase"] == "awaiting-approval")
    assert waiting["weight"]["live"] == 20
    assert "migrator rollout promote tax" in waiting["next"]
    table = shell.run("status")
    assert table.returncode == 0 and "awaiting-approval" in table.stdout
    left = shell.run("tick", "tax", "--json")
    assert left.returncode == 0, "the service drives it"
    assert shell.run("pause", "tax", "--reason", "lunch").returncode == 0
    assert shell.run("promote", "tax").returncode == 0
    assert shell.status()["phase"] == "paused"
    assert shell.run("resume", "tax").returncode == 0
    until(shell, lambda status: status["weight"]["live"] == 60 or status["phase"] == "promoted")
    refused = shell.run("retire", "tax", "--yes")
    assert refused.returncode == 1 or shell.status()["phase"] == "retired"
    until(shell, lambda status: status["phase"] in ("promoted", "retired"))
    output, errors = ended(daemon)
    assert "1 rollouts stay as they are" in errors
    lines = [json.loads(line) for line in output.splitlines()]
    assert {line["route"] for line in lines} == {"tax"}
    assert set(stack.load.statuses) == {200}
    history = shell.run("history", "tax")
    assert "paused by a person: lunch" in history.stdout
    replay = shell.run("history", "tax", "--replay")
    assert replay.returncode == 0, replay.stdout[-2000:]
    assert "each comes out as it was recorded" in replay.stderr
    assert "DIFFERS" not in replay.stdout


@pytest.mark.thorough
def test_transitions_are_told_and_a_receiver_that_hangs_keeps_nobody_waiting(stack: Stack) -> None:
    shell = stack.shell
    with HttpServer("receiver") as receiver, HttpServer("hanging") as hanging:
        hanging.behavior.delay_s = 60
        configured(
            shell,
            (
                "routes:",
                f"notifications: [{{webhook: {{url: {receiver.url}/told}}}}, {{webhook: {{url: {hanging.url}/told}}}}]\nroutes:",
            ),
        )
        assert shell.run("start", "tax", "--yes").returncode == 0
        began = time.monotonic()
        assert shell.run("rollback", "tax", "--reason", "drill").returncode == 0
        assert time.monotonic() - began < 20
        assert shell.status()["weight"]["live"] == 0
        told = [json.loads(request.body) for request in receiver.asked]
        phases = [document["phase"] for document in told]
        assert phases[0] == "pending" and phases[-1] == "rolled-back"
        assert len({document["id"] for document in told}) == len(told), "each transition once"


def test_a_changed_configuration_is_taken_over_once_it_is_valid(stack: Stack) -> None:
    shell = stack.shell
    main, file = shell.folder / "router.yaml", "routes/tax.yaml"
    head, routes = main.read_text().split("routes:\n")
    main.write_text(f"{head}include: [routes/*.yaml]\n")
    (shell.folder / "routes").mkdir()
    (shell.folder / file).write_text(f"version: 1\nroutes:\n{routes}")
    daemon = shell.start_in_background("run", "--every", "100ms")
    assert daemon.stderr is not None
    good = (shell.folder / file).read_text()
    assert shell.run("start", "tax", "--yes").returncode == 0
    configured(shell, ("weight: 60, bake: 300ms", "weight: 10, bake: 300ms"), file=file)
    line = daemon.stderr.readline()
    assert "cannot be used; the one before stays" in line and f"{file}:" in line and "steps rise" in line
    (shell.folder / file).write_text(good.replace("bake: 300ms", "bake: 400ms"))
    assert "is taken over" in daemon.stderr.readline()
    until(shell, lambda status: status["phase"] == "promoted")
    ended(daemon, signal.SIGINT)


@pytest.mark.thorough
def test_a_service_that_is_killed_is_followed_by_another_after_its_lease(stack: Stack) -> None:
    shell = stack.shell
    configured(shell, ("bake: 300ms", "bake: 1h"))
    first = shell.start_in_background("run", "--every", "100ms")
    assert shell.run("start", "tax", "--yes").returncode == 0
    assert first.stdout is not None and "tax:" in first.stdout.readline()
    first.kill()
    first.communicate(timeout=10)
    stack.canary.behavior.status = 500
    second = shell.start_in_background("run", "--every", "100ms")
    assert shell.status()["weight"]["live"] == 20, "it is the first one's for a while"
    until(shell, lambda status: status["phase"] == "rolled-back")
    ended(second)
    assert set(stack.load.statuses) == {200}
