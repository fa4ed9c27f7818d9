"""A task's rollout as its users see it: the seam in legacy code carries the calls, its own figures gate it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_seam import migrator
from tests.support.seam import loaded

NAME = "shop.tasks.mail.send"
ROUTER = f"""\
version: 1
seam: {{weights: migrator_seam.json}}
routes:
  - name: mail
    match: {{task: {NAME}}}
    canary: {{lambda: mail}}
    weight: 0
    rollout:
      steps: [{{weight: 50, bake: 1s, min_requests: 5}}, {{weight: 100, bake: 1s, min_requests: 5}}]
      gates: [{{error_rate: {{worse_by: 1pp}}}}]
"""


class Task:
    """As much of a task as the seam knows of."""

    def run(self, number: int) -> None: ...

    def delay(self, number: int) -> str:
        return "legacy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "router.yaml").write_text(ROUTER)
    return tmp_path


def rollout(folder: Path, command: str, *arguments: str) -> Mapping[str, Any]:
    state = f"sqlite:///{folder / 'rollouts.sqlite3'}"
    flags = ("--router", str(folder / "router.yaml"), "--state", state, "--json", *arguments)
    done = migrator("rollout", command, "mail", *flags)
    assert done.returncode in (0, 1), done.stderr
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document


def calls(folder: Path, sender: Any, number: int = 200) -> None:
    """What legacy code does meanwhile, in a process that has read the newest weights and ends then."""
    with loaded(folder) as seam:
        seam.set_sender(sender)
        seam._weights.look()
        task = seam.task(NAME, Task())
        for turn in range(number):
            task.delay(turn)
        seam.write_figures()


def taken(*args: Any, **options: Any) -> None:
    """The canary does it."""


def down(*args: Any, **options: Any) -> None:
    raise RuntimeError("down")


def live(folder: Path) -> float:
    weight: float = json.loads((folder / "migrator_seam.json").read_text())["routes"][NAME]["weight"]
    return weight


@pytest.mark.thorough
def test_it_rises_by_the_figures_of_the_seam_and_is_promoted(folder: Path) -> None:
    assert rollout(folder, "start", "--yes")["weight"]["live"] == 50
    assert live(folder) == 50
    seen = [50.0]
    for _ in range(40):
        calls(folder, taken)
        found = rollout(folder, "tick")
        seen.append(live(folder))
        if found["phase"] == "promoted":
            break
    assert found["phase"] == "promoted", found
    assert sorted(seen) == seen and live(folder) == 100


def test_a_canary_that_fails_is_taken_off_by_itself(folder: Path) -> None:
    rollout(folder, "start", "--yes")
    calls(folder, down)
    found = rollout(folder, "tick")
    for _ in range(5):
        if found["phase"] == "rolled-back":
            break
        found = rollout(folder, "tick")
    assert found["phase"] == "rolled-back", found
    assert live(folder) == 0
