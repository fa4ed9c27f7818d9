"""The whole way with the real parts but plane and clock: a git remote, a forge's REST API, the controller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from migrator.adapters.weight_requests import AtOnce, Desk
from migrator.domain.forges import ForgeSettings
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Phase, Step
from migrator.rollout.controller import Controller
from tests.adapters.weight_requests.test_desk import FILES, ROUTER, TAX
from tests.support.fake_measures import observed
from tests.support.forges.rigs import GitHubRig, GitLabRig
from tests.support.forges.server import TOKEN
from tests.support.git_world import GitWorld, git, git_world
from tests.support.rollout_world import PLAN, World
from tests.support.sampled import only

RIGS = {"github": GitHubRig, "gitlab": GitLabRig}


@dataclass
class Team(World):
    """People who merge at a forge, and a pipeline that takes what is merged to the plane."""

    git: GitWorld = field(kw_only=True)
    rig: GitHubRig | GitLabRig = field(kw_only=True)

    @property
    def controller(self) -> Controller:
        settings = ForgeSettings(labels=("weights",))
        desk = Desk(self.git.repository(), self.rig.forge(), settings, "deploy/router.yaml")
        return replace(super().controller, pull_requests=AtOnce(desk))

    def merge(self) -> None:
        [seen] = self.rig.open()
        git(self.git.other, "fetch", "-q")
        git(self.git.other, "checkout", "-q", "main")
        git(self.git.other, "merge", "-q", "--squash", f"origin/{TAX}")
        git(self.git.other, "commit", "-q", "-m", seen.title)
        git(self.git.other, "push", "-q", "origin", "main")
        self.rig.end(seen.number, Standing.MERGED)
        text = self.git.files("main")["deploy/router.yaml"]
        self.plane._set("tax", float(text.partition("weight: ")[2].split()[0]))


@pytest.fixture(params=only(["github"], RIGS))
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    world = git_world(tmp_path, {**FILES, "CODEOWNERS": "/deploy/ @ann\n*.py @bob\n"})
    rig = RIGS[request.param]()
    rig.server.repository = world.remote
    yield Team(git=world, rig=rig, plan=replace(PLAN, steps=(Step(5, 60), Step(100, 60))))
    rig.stop()  # also says whether the token went anywhere else


def test_two_steps_and_a_rollback_are_three_requests(team: Team) -> None:
    team.start()
    team.tick()
    [first] = team.rig.open()
    assert (first.title, first.labels) == ("Shift tax to 5 % (step 1 of 2)", frozenset({"weights"}))
    assert first.reviewers == {"ann"}, "who owns the file is asked"
    team.tick(1)
    assert team.state.reason.startswith("5 % waits for http") and team.state.reason.endswith(" to be merged")
    team.merge()
    team.tick(1)
    team.tick(61)
    [second] = team.rig.open()
    assert (second.title, second.number) == ("Shift tax to 100 % (step 2 of 2)", 2)
    assert "| `error_rate` | pass |" in second.body
    team.tick(1)
    team.merge()
    team.tick(1)
    assert team.state.step == 1
    team.metrics.answer = observed(canary=(200, 150))
    assert team.tick(10).phase is Phase.ROLLED_BACK
    [third] = team.rig.open()
    assert (third.title, team.plane.live["tax"]) == ("Keep tax at 0 %", 0)
    team.merge()
    team.tick(30)
    assert team.rig.open() == [] and team.git.files("main")["deploy/router.yaml"] == ROUTER.rstrip("\n")
    assert TOKEN not in f"{team.store!r}{team.recorder!r}{[third, second]}"
    assert TOKEN not in git(team.git.remote, "log", "--all", "-p")
