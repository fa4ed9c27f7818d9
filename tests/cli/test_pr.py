"""`migrator pr` in a person's clone: what it makes, what it says no to, and that their work is never touched."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrator.domain.pull_requests import CANDIDATE_TRAILER
from tests.support.forges.github import FakeGitHub
from tests.support.forges.server import TOKEN
from tests.support.git_world import GitWorld, git, git_world, kept, write
from tests.support.pr_world import DOUBLE, MONOLITH, SEEN, TELL, Said, pr

BRANCH = "migrator/shop-jobs-tell"


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    return git_world(tmp_path / "world", MONOLITH)


@dataclass(frozen=True)
class Moved:
    """A world in which a task was moved, and what was said of it."""

    world: GitWorld
    before: dict[str, object]
    looked: Said
    done: dict[str, Any]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    world = git_world(tmp_path_factory.mktemp("moved") / "world", MONOLITH)
    before = kept(world.clone)
    looked = pr(world, "tell", "--dry-run", "--json")
    assert (kept(world.clone), world.branches()) == (before, ["main"]), looked.err
    done = pr(world, "tell", "--yes", "--json")
    assert done.code == 0, done.err
    return Moved(world, before, looked, json.loads(done.out))


@pytest.fixture
def again(moved: Moved, tmp_path: Path) -> GitWorld:
    """A copy of that world, to go on in."""
    shutil.copytree(moved.world.folder, tmp_path / "again", symlinks=True)
    return GitWorld(tmp_path / "again")


def test_a_task_becomes_commits_that_a_reviewer_can_take_one_by_one(moved: Moved) -> None:
    world = moved.world
    assert git(world.remote, "log", "--reverse", "--format=%s", f"main..{BRANCH}").splitlines() == [
        "Add the service shop-jobs-tell",
        "Describe how shop-jobs-tell is deployed and routed",
        "Let legacy code ask the router for jobs.tell",
        "Test shop-jobs-tell, and say how it is run",
    ]
    trailers = git(world.remote, "log", f"--format=%(trailers:key={CANDIDATE_TRAILER},valueonly)", f"main..{BRANCH}")
    assert set(trailers.split()) == {TELL}
    files = world.files(BRANCH)
    assert {"services/shop-jobs-tell/template.yaml", "services/shop-jobs-tell/RUNBOOK.md", "router.yaml"} <= set(files)
    assert "task: shop.jobs.tell" in files["routes/shop-jobs-tell.yaml"]
    assert files["shop/calls.py"].endswith('migrator_seam.task("shop.jobs.tell", tell).delay(to)')
    assert "shop/migrator_seam.json" not in files, "weights are for where legacy runs"
    assert json.loads(files["services/shop-jobs-tell/.migrator/origin.json"])["root"] == "../.."
    assert kept(world.clone) == moved.before


def test_json_says_before_what_it_does_then(moved: Moved) -> None:
    looked, done = json.loads(moved.looked.out), moved.done

    assert (looked["schema"], looked["candidate"], looked["service"]) == (
        "migrator.pull-request/1", TELL, "shop-jobs-tell"
    )  # fmt: skip
    [planned], [made] = looked["requests"], done["requests"]
    assert (planned["outcome"], planned["pushed"], looked["written"]) == (None, False, False)
    assert (made["outcome"], made["pushed"], done["written"]) == ("to-open", True, True)
    assert made["base_commit"] == moved.world.tip("main")
    assert made["commits"][-1]["id"] == moved.world.tip(BRANCH)
    assert [commit["files"] for commit in made["commits"]] == [commit["files"] for commit in planned["commits"]]
    assert (made["title"], made["body"]) == (planned["title"], planned["body"])
    assert made["title"] == "Move shop.jobs.tell to Lambda (weight 0)"
    assert "`shop/jobs.py:9-11`" in made["body"]


def test_it_shows_its_plan_and_prints_the_text(again: GitWorld) -> None:
    git(again.remote, "branch", "-D", BRANCH)

    said = pr(again, TELL, "--dry-run")

    assert said.code == 0
    assert said.out.startswith("Cuts `shop.jobs.tell` out of the monolith")
    assert f"branch  {BRANCH}, for main of origin" in said.err
    assert "title   Move shop.jobs.tell to Lambda (weight 0)" in said.err
    assert re.search(r"^  services/shop-jobs-tell/template\.yaml  \+\d+ -0$", said.err, re.MULTILINE)
    assert '+    migrator_seam.task("shop.jobs.tell", tell).delay(to)' in said.err


def test_a_route_leaves_legacy_code_alone(world: GitWorld) -> None:
    world.commit({".github/workflows/ci.yml": "on: push\n"})
    assert pr(world, DOUBLE, "--yes").code == 0
    changed = git(world.remote, "diff", "--name-status", "main", "migrator/shop-web-double").splitlines()
    assert {line[0] for line in changed} == {"A"}
    assert "A\troutes/shop-web-double.yaml" in changed
    # Where people keep workflows, the service's own goes to them: GitHub reads none in a folder.
    workflow = world.files("migrator/shop-web-double")[".github/workflows/shop-web-double.yml"]
    assert 'SERVICE_FOLDER: "services/shop-web-double"' in workflow
    assert '["services/shop-web-double/**", ".github/workflows/shop-web-double.yml"]' in workflow


@pytest.mark.thorough
def test_a_route_is_routed_in_legacy_code_where_that_is_asked_for(world: GitWorld) -> None:
    said = pr(world, DOUBLE, "--at", "registration", "--branch", "by/seam", "--yes")

    assert said.code == 0, said.err
    assert "@migrator_seam.flask_view" in world.files("by/seam")["shop/web.py"]
    assert "call: shop.web.double" in world.files("by/seam")["routes/shop-web-double.yaml"]


@pytest.mark.thorough
def test_without_the_seam_nothing_is_routed(world: GitWorld) -> None:
    said = pr(world, TELL, "--no-seam", "--yes")

    assert said.code == 0, said.err
    assert [name for name in world.files(BRANCH) if not name.startswith("services/")] == sorted(MONOLITH)


def test_a_second_run_changes_nothing(again: GitWorld) -> None:
    tip = again.tip(BRANCH)

    assert pr(again, TELL, "--yes").out == f"{BRANCH}: nothing new to push; open the pull request by hand\n"
    assert again.tip(BRANCH) == tip


def test_what_people_change_stays_and_what_changes_on_main_comes_in(again: GitWorld) -> None:
    files = again.files(BRANCH)
    edits = {
        "services/shop-jobs-tell/src/app.py": files["services/shop-jobs-tell/src/app.py"] + "\n\nMINE = 1\n",
        "services/shop-jobs-tell/RUNBOOK.md": "# Ours\n\n" + files["services/shop-jobs-tell/RUNBOOK.md"] + "\n",
        "routes/shop-jobs-tell.yaml": files["routes/shop-jobs-tell.yaml"].replace("bake: 5m", "bake: 9m") + "\n",
        "notes.md": "ours\n",
    }
    mine = again.commit(edits, "Edit by hand", branch=BRANCH)
    again.commit({"shop/jobs.py": MONOLITH["shop/jobs.py"].replace('"Hello"', '"Good day"')}, branch="main")

    said = pr(again, TELL, "--yes")

    assert said.code == 0, said.err
    assert f"goes on at {mine[:12]}" in said.err
    assert again.has(BRANCH, mine), "nothing is force-pushed"
    assert again.has(BRANCH, again.tip("main"))
    after = again.files(BRANCH)
    assert "Good day" in after["services/shop-jobs-tell/src/shop/jobs.py"]
    assert "MINE = 1" in after["services/shop-jobs-tell/src/app.py"]
    assert "bake: 9m" in after["routes/shop-jobs-tell.yaml"]
    assert after["services/shop-jobs-tell/RUNBOOK.md"].startswith("# Ours\n")
    assert "| 1 | 5 % | 9 minutes |" in after["services/shop-jobs-tell/RUNBOOK.md"], "it says what the routes say"
    assert after["notes.md"] == "ours"
    assert git(again.remote, "log", "-1", "--format=%s", BRANCH).startswith("Bring ")


def test_what_a_hand_and_the_generator_both_changed_is_said_and_left(again: GitWorld) -> None:
    world = again
    path = "services/shop-jobs-tell/src/shop/jobs.py"
    mine = world.commit({path: world.files(BRANCH)[path].replace('"Hello"', '"Hi"') + "\n"}, branch=BRANCH)
    world.commit({"shop/jobs.py": MONOLITH["shop/jobs.py"].replace('"Hello"', '"Good day"')}, branch="main")

    said = pr(world, TELL, "--yes")

    assert (said.code, world.tip(BRANCH)) == (1, mine)
    assert "what people changed on the branch and what is generated now disagree" in said.err
    assert "src/shop/jobs.py" in said.err
    assert 'yours     |         server.sendmail("a@example.org", to, "Hi")' in said.err
    assert "/tmp" not in said.err


@pytest.mark.thorough
def test_at_a_forge_one_pull_request_is_opened_and_brought_up_to_date(
    world: GitWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit(
        {"CODEOWNERS": "/shop/ @bob\n/services/ @acme/orders\n", "migrator.toml": '[forge]\nlabels = ["move"]\n'}
    )
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", TOKEN)
    with FakeGitHub() as server:
        server.repository = world.remote
        git(world.clone, "remote", "set-url", "origin", server.remote)
        git(world.clone, "pull", "-q")

        said = pr(world, TELL, "--forge", "github", "--draft", "--yes")

        assert said.code == 0, said.err
        [pull] = server.pulls
        assert said.out.splitlines()[0].endswith("; pull request #1 created")
        assert (pull.title, pull.head, pull.base, pull.draft, pull.labels, pull.reviewers, pull.teams) == (
            "Move shop.jobs.tell to Lambda (weight 0)", BRANCH, "main", True, ["move"], ["bob"], ["orders"]
        )  # fmt: skip
        lines = f"{server.remote.removesuffix('.git')}/blob/{world.tip('main')}/shop/jobs.py#L9-L11"
        assert f"[`shop/jobs.py:9-11`]({lines})" in (pull.body or "")
        assert f".github/workflows/{BRANCH.removeprefix('migrator/')}.yml" in world.files(BRANCH)

        world.commit({"shop/jobs.py": "\n" + MONOLITH["shop/jobs.py"]}, branch="main")
        again = pr(world, TELL, "--forge", "github", "--draft", "--yes", "--committed")

        assert again.code == 0, again.err
        assert again.out.splitlines()[0].endswith("; pull request #1 updated")
        assert [each.number for each in server.pulls] == [1]
        assert "`shop/jobs.py:10-12`" in (pull.body or "")
        assert not server.strays
    assert TOKEN not in said.out + said.err + again.out + again.err


@pytest.mark.thorough
def test_a_moved_service_may_lie_in_another_repository(world: GitWorld, tmp_path: Path) -> None:
    services = git_world(tmp_path / "services", {"README.md": "services\n"})

    said = pr(world, TELL, "-o", str(services.clone / "lambda"), "--yes", "--json")

    assert said.code == 0, said.err
    requests = json.loads(said.out)["requests"]
    assert [each["title"] for each in requests] == ["Move shop.jobs.tell to Lambda (weight 0)"] * 2
    assert requests[0]["body"] == requests[1]["body"], "of plain git, neither has an address that the other could name"
    assert [name for name in world.files(BRANCH) if name not in MONOLITH] == [
        ".migrator/seam.json", ".migrator/seam/shop.jobs.tell.json", "shop/migrator_seam.py"
    ]  # fmt: skip
    files = services.files(BRANCH)
    assert {"lambda/shop-jobs-tell/template.yaml", "router.yaml", "routes/shop-jobs-tell.yaml"} <= set(files)
    origin = json.loads(files["lambda/shop-jobs-tell/.migrator/origin.json"])["root"]
    assert (services.clone / "lambda/shop-jobs-tell" / origin).resolve() == world.clone.resolve()
    assert pr(world, DOUBLE, "-o", str(services.clone / "lambda"), "--yes").code == 0
    assert "migrator/shop-web-double" not in world.branches(), "the monolith does not change"
    assert "migrator/shop-web-double" in services.branches()


@pytest.mark.thorough
def test_a_monolith_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    world = git_world(tmp_path / "world", {f"legacy/{path}": text for path, text in MONOLITH.items()})

    said = pr(world, TELL, "--yes", folder=world.clone / "legacy")

    assert said.code == 0, said.err
    files = world.files(BRANCH)
    assert "migrator_seam.task" in files["legacy/shop/calls.py"]
    assert "seam: {weights: legacy/shop/migrator_seam.json}" in files["router.yaml"]
    assert json.loads(files["services/shop-jobs-tell/.migrator/origin.json"])["root"] == "../../legacy"
    assert "`legacy/shop/jobs.py" not in pr(world, TELL, "--dry-run", folder=world.clone / "legacy").out


def _dirty(world: GitWorld) -> tuple[str, ...]:
    write(world.clone, {"shop/calls.py": "pass\n", "shop/new.py": "x = 1\n"})
    return (TELL,)


def _no_remote(world: GitWorld) -> tuple[str, ...]:
    git(world.clone, "remote", "remove", "origin")
    return (TELL,)


def _theirs(world: GitWorld) -> tuple[str, ...]:
    world.commit({"x": "theirs\n"}, branch=BRANCH)
    return (TELL,)


def _no_rights(world: GitWorld) -> tuple[str, ...]:
    hook = world.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'you may not push here' >&2\nexit 1\n")
    hook.chmod(0o755)
    return (TELL,)


def _in_the_way(world: GitWorld) -> tuple[str, ...]:
    world.commit({"shop/migrator_seam.py": "mine = 1\n"})
    return (TELL,)


NO: dict[str, tuple[Callable[[GitWorld], tuple[str, ...]], int, str]] = {
    "no such candidate": (lambda world: ("shop.jobs.nobody",), 2, "nobody"),
    "a verdict that says no": (lambda world: (SEEN,), 1, "process-state-write"),
    "work that is not committed": (_dirty, 1, "2 files are not as committed"),
    "no remote": (_no_remote, 3, "origin"),
    "no such base": (lambda world: (TELL, "--base", "release"), 3, "origin has no branch release"),
    "a branch of somebody else": (_theirs, 1, "has no commit of ours for shop.jobs.tell"),
    "a protected branch": (lambda world: (TELL, "--branch", "main"), 1, "main is a branch that others merge into"),
    "a file in the place of the seam": (
        _in_the_way,
        1,
        "error: shop/migrator_seam.py: there is a migrator_seam.py that migrator did not write",
    ),
    "no rights": (_no_rights, 1, "you may not push here"),
    "a stage that there is not yet": (lambda world: (TELL, "--stage", "sideways"), 2, "sideways"),
    "a comparison that is none": (lambda world: (TELL, "--comparison", "requirements.txt"), 3, "comparison"),
}


@pytest.mark.parametrize("case", NO)
def test_it_says_no_and_nothing_is_changed(case: str, world: GitWorld) -> None:
    arrange, code, words = NO[case]
    arguments = arrange(world)
    before = kept(world.clone), {branch: world.tip(branch) for branch in world.branches()}

    said = pr(world, *arguments, "--yes")

    assert (said.code, words in said.err, said.out) == (code, True, ""), said.err
    assert "Traceback" not in said.err
    assert (kept(world.clone), {branch: world.tip(branch) for branch in world.branches()}) == before


@pytest.mark.thorough
def test_work_that_is_not_committed_can_be_left_out(world: GitWorld) -> None:
    _dirty(world)

    assert pr(world, TELL, "--yes", "--committed").code == 0
    assert "shop/new.py" not in world.files(BRANCH)


def test_with_nobody_to_ask_nothing_is_pushed(world: GitWorld) -> None:
    said = pr(world, TELL)

    assert said.code == 2
    assert "there is nobody to ask" in said.err
    assert world.branches() == ["main"]


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    write(tmp_path / "alone", MONOLITH)

    said: Said = pr(git_world(tmp_path / "world"), TELL, "--yes", folder=tmp_path / "alone")

    assert said.code == 3
    assert "repository" in said.err
