"""`migrator pr --stage clean-up` and `--stage back` in a person's clone, after a move was merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.git_world import GitWorld, git, git_world, kept
from tests.support.pr_world import DOUBLE, MONOLITH, TELL, pr

MOVE, CLEAN_UP, BACK = "migrator/shop-jobs-tell", "migrator/shop-jobs-tell-clean-up", "migrator/shop-jobs-tell-back"


def merge(world: GitWorld, branch: str) -> None:
    git(world.clone, "fetch", "-q")
    git(world.clone, "merge", "-q", "--no-ff", "-m", f"Merge {branch}", f"origin/{branch}")
    git(world.clone, "push", "-q", "origin", "HEAD:main")


def test_both_are_shown_before_they_are_done(tmp_path: Path) -> None:
    world = git_world(tmp_path / "world", MONOLITH)
    state = ("--state", f"sqlite:///{tmp_path}/rollouts.sqlite3")
    shown = pr(world, "tell", "--stage", "clean-up", "--dry-run", *state, "--accept", "not-promoted=by hand")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Removes `shop.jobs.tell` from legacy") and "Taken on: by hand" in shown.out
    back = pr(world, "tell", "--stage", "back", "--dry-run", *state)
    assert (back.code, back.out) == (0, "\n"), "there is nothing to give back"


@pytest.mark.thorough
def test_a_move_is_cleaned_up_and_given_back(tmp_path: Path) -> None:
    world = git_world(tmp_path / "world", MONOLITH)
    assert pr(world, TELL, "--yes").code == 0
    merge(world, MOVE)
    before, moved = kept(world.clone), world.files("main")
    state = ("--state", f"sqlite:///{tmp_path}/rollouts.sqlite3")

    refused = pr(world, "tell", "--stage", "clean-up", "--dry-run", *state)
    assert refused.code == 1 and "no rollout of the route shop-jobs-tell is recorded" in refused.err

    accepted = ("--accept", "not-promoted=shifted by hand in May")
    shown = pr(world, "tell", "--stage", "clean-up", "--dry-run", *state, *accepted)
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Removes `shop.jobs.tell` from legacy")
    assert "Taken on: shifted by hand in May" in shown.out
    done = pr(world, "tell", "--stage", "clean-up", "--yes", *state, *accepted)
    assert done.code == 0, done.err
    files = world.files(CLEAN_UP)
    assert "def tell" not in files["shop/jobs.py"] and "smtplib" not in files["shop/jobs.py"]
    assert files["shop/calls.py"] == (
        "from shop.migrator_clients.shop_jobs_tell import tell\n\n\ndef order(to):\n    tell.delay(to)"
    )
    assert [name for name in files if "seam" in name] == []
    assert {name for name in files if name.startswith("services/")} == {
        name for name in moved if name.startswith("services/")
    }
    assert kept(world.clone) == before

    merge(world, CLEAN_UP)
    back = pr(world, "tell", "--stage", "back", "--yes", *state)
    assert back.code == 0, back.err
    assert world.files(BACK) == moved


@pytest.mark.thorough
def test_a_view_that_legacy_routes_itself_cannot_go(tmp_path: Path) -> None:
    world = git_world(tmp_path / "world", MONOLITH)
    assert pr(world, DOUBLE, "--at", "registration", "--yes").code == 0
    merge(world, "migrator/shop-web-double")
    state = ("--state", f"sqlite:///{tmp_path}/rollouts.sqlite3")
    said = pr(world, DOUBLE, "--stage", "clean-up", "--dry-run", *state, "--accept", "not-promoted=by hand")
    assert said.code == 1 and "reach the canary through legacy's own view" in said.err


def test_what_is_accepted_has_to_be_a_question(tmp_path: Path) -> None:
    world = git_world(tmp_path / "world", MONOLITH)
    said = pr(world, TELL, "--stage", "clean-up", "--dry-run", "--accept", "memoize=small")
    assert said.code == 2 and "there is no such question" in said.err
