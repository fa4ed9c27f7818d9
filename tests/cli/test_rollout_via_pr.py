"""`migrator rollout … --via-pr` as its users see it: a remote, branches, a pipeline that applies what was merged.

The plane is the seam's file of weights, and the remote a bare repository without a forge.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.processes import wait_until
from migrator.adapters.states.sqlite import SqliteStateStore
from tests.support.git_world import ENVIRONMENT, GitWorld, git, git_world

ROUTER = """\
version: 1
seam: {weights: seam.json}
include: [routes/*.yaml]
routes: []
"""
MAIL = """\
version: 1
routes:
  # mails of orders
  - name: mail
    match: {task: shop.tasks.send_mail}
    canary: {lambda: mail, queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/mail"}
    weight: 0  # nobody
    sticky: {argument: order_id}
    rollout:
      steps: [{weight: 5, bake: 5m}, {weight: 25, bake: 5m}, {weight: 100, bake: 5m}]
      gates: [{error_rate: {worse_by: 1pp}}]
"""
BRANCH = "migrator/weight/mail"


@dataclass
class Team:
    """A clone in which the controller runs, and one of a person who merges."""

    world: GitWorld

    def run(self, *arguments: str, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "migrator", *arguments],
            cwd=self.world.clone,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            timeout=90,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    @property
    def environment(self) -> dict[str, str]:
        home = {"XDG_STATE_HOME": str(self.world.folder / "state"), "HOME": str(self.world.folder)}
        return {**os.environ, **ENVIRONMENT, **home, "NO_COLOR": "1", "COLUMNS": "300"}

    def merge(self) -> None:
        """As a person does; the pipeline's checkout is the clone."""
        git(self.world.other, "fetch", "-q")
        git(self.world.other, "checkout", "-q", "main")
        git(self.world.other, "merge", "-q", "--no-ff", "-m", "yes", f"origin/{BRANCH}")
        git(self.world.other, "push", "-q", "origin", "main")
        git(self.world.clone, "pull", "-q", "--ff-only")

    @property
    def live(self) -> float:
        routes = json.loads((self.world.clone / "seam.json").read_text())["routes"]
        return float(routes["shop.tasks.send_mail"]["weight"])

    def asked(self, branch: str = BRANCH) -> str:
        """The line of the weight on a branch of the remote."""
        if not self.world.tip(branch):
            return ""
        text = self.world.files(branch)["routes/mail.yaml"]
        return next(line.strip() for line in text.splitlines() if "weight" in line and "steps" not in line)

    @property
    def weight(self) -> float:
        """As it is recorded."""
        with SqliteStateStore(self.world.folder / "state" / "migrator" / "rollouts.sqlite3") as store:
            state = store.load("mail")
        return state.weight if state is not None else -1.0

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("rollout", "status", "mail", "--json").stdout)
        return found


@pytest.fixture
def team(tmp_path: Path) -> Team:
    world = git_world(
        tmp_path, {"router.yaml": ROUTER, "routes/mail.yaml": MAIL, ".gitignore": "seam*\n", "app.py": "one\n"}
    )
    git(world.clone, "pull", "-q", "--ff-only")
    made = Team(world)
    made.run("router", "apply", "--yes")
    return made


def test_from_the_question_to_the_rollback_and_what_a_pipeline_does_meanwhile(team: Team) -> None:
    done = team.run("rollout", "start", "mail", "--yes", "--via-pr")
    assert f"5 % waits for {BRANCH} to be merged" in done.stdout
    assert "request   5 %, open; router.yaml is committed with 0 %" in done.stdout
    assert (team.live, team.asked(), team.asked("main")) == (0, "weight: 5  # nobody", "weight: 0  # nobody")
    assert (
        git(team.world.remote, "diff", "--stat", "main", BRANCH).splitlines()[0].strip().startswith("routes/mail.yaml")
    )

    team.run("rollout", "tick", MIGRATOR_VIA_PR="1")
    assert team.live == 0 and team.status()["pull_request"]["standing"] == "open"

    team.merge()
    team.run("router", "apply", "--weights", "--yes")
    assert team.live == 5
    done = team.run("rollout", "tick", "mail", "--via-pr")
    assert "phase     shifting, step 1 of 3" in done.stdout and "weight    5 % recorded, 5 % live" in done.stdout

    team.run("rollout", "rollback", "mail", "--reason", "tickets")
    assert team.live == 0, "at once, and nobody was asked"
    done = team.run("router", "apply", "--weights", "--yes")
    assert "mail: 5 % of the file is not given: its rollout is rolled-back at 0 %" in done.stderr
    assert team.live == 0, "a pipeline does not give it again"
    held = json.loads(team.run("router", "apply", "--weights", "--dry-run", "--json").stdout)["held"]
    assert list(held) == ["mail"]

    team.run("rollout", "tick", "mail", "--via-pr", code=1)
    assert team.asked() == "weight: 0  # nobody"
    subject = git(team.world.remote, "log", "-1", "--format=%s", BRANCH)
    assert subject == "Keep mail at 0 %"
    team.merge()
    assert "not given" not in team.run("router", "apply", "--weights", "--yes").stderr
    replay = team.run("rollout", "history", "mail", "--replay")
    assert "DIFFERS" not in replay.stdout and "propose 5 % (step 1)" in replay.stdout


def test_a_service_asks_without_being_waited_for(team: Team) -> None:
    team.run("rollout", "start", "mail", "--yes", "--via-pr")
    team.merge()
    team.run("router", "apply", "--weights", "--yes")
    daemon = subprocess.Popen(
        [sys.executable, "-m", "migrator", "rollout", "run", "--via-pr", "--every", "100ms"],
        cwd=team.world.clone,
        env=team.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert wait_until(lambda: team.weight == 5, 60)
        team.run("rollout", "rollback", "mail")
        asked: Callable[[], bool] = lambda: team.asked() == "weight: 0  # nobody"  # noqa: E731
        assert wait_until(asked, 60), "the file is brought into line"
    finally:
        daemon.send_signal(signal.SIGTERM)
        output, errors = daemon.communicate(timeout=60)
    assert daemon.returncode == 0, errors
    assert "5 % is live, as was asked for" in output


@pytest.mark.thorough
def test_a_remote_that_is_away_is_said_and_takes_no_weight_away(team: Team) -> None:
    (team.world.folder / "remote.git").rename(team.world.folder / "away.git")
    done = team.run("rollout", "start", "mail", "--yes", "--via-pr", code=1)
    assert "once it is known how those of before stand" in done.stdout + done.stderr
    (team.world.folder / "away.git").rename(team.world.folder / "remote.git")
    team.run("rollout", "tick", "mail", "--via-pr")
    assert team.asked() == "weight: 5  # nobody"


def test_without_a_clone_it_is_said_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "router.yaml").write_text(
        ROUTER.replace("include: [routes/*.yaml]\nroutes: []\n", MAIL.partition("\n")[2])
    )
    done = subprocess.run(
        [sys.executable, "-m", "migrator", "rollout", "start", "mail", "--yes", "--via-pr"],
        cwd=tmp_path,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 3 and "git" in done.stderr
    assert not (tmp_path / "seam.json").exists()
