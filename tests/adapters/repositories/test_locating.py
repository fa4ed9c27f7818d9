"""Which clone a folder is in, and what cannot be worked with, with its mend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrator.adapters.repositories import GitRepository, open_repository
from migrator.adapters.repositories.running import Git, found_git
from migrator.errors import InputError
from tests.support.git_world import ALONE, ENVIRONMENT, GitWorld, git, our_git


def test_a_folder_within_a_clone_and_a_linked_working_tree(world: GitWorld, tmp_path: Path) -> None:
    (world.clone / "shop/api").mkdir(parents=True)
    assert GitRepository(world.clone / "shop/api", our_git()).top == world.clone
    linked = tmp_path / "linked"
    git(world.clone, "worktree", "add", "-q", "-b", "linked", str(linked))
    repository = GitRepository(linked, our_git())
    assert repository.top == linked
    head = repository.commit_of("HEAD")
    assert head is not None
    with repository.checkout(head) as folder:
        assert folder.name == "linked"
        assert (folder / "app.py").exists()


@pytest.mark.parametrize("bare", [True, False])
def test_what_is_no_working_tree_is_said(world: GitWorld, tmp_path: Path, bare: bool) -> None:
    folder = world.remote if bare else tmp_path / "plain"
    folder.mkdir(exist_ok=True)
    with pytest.raises(InputError, match="bare" if bare else "no git repository") as raised:
        GitRepository(folder, our_git({**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(tmp_path)}))
    assert raised.value.hint
    assert raised.value.location == str(folder)


def test_git_s_own_folder_and_no_folder(world: GitWorld) -> None:
    with pytest.raises(InputError, match="bare"):
        GitRepository(world.clone / ".git", our_git())
    with pytest.raises(InputError, match="is no folder"):
        GitRepository(world.clone / "gone", our_git())


def test_a_clone_of_another_user_is_not_read(world: GitWorld) -> None:
    """Git asks its tests to believe this by a variable of its own (setup.c)."""
    with pytest.raises(InputError, match="another user") as raised:
        GitRepository(world.clone, our_git({**ENVIRONMENT, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}))
    assert "safe.directory" in raised.value.hint


def test_a_clone_without_commits_is_opened(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "clone")
    repository = GitRepository(tmp_path / "clone", our_git())
    assert repository.commit_of("HEAD") is None
    (tmp_path / "clone/new.py").touch()
    assert repository.uncommitted() == ("new.py",)


@pytest.mark.parametrize(("version", "taken"), [("2.37.9", False), ("1.99", False), ("2.38.0", True), ("3.0.1", True)])
def test_a_git_that_is_too_old_is_refused(world: GitWorld, tmp_path: Path, version: str, taken: bool) -> None:
    program = tmp_path / "git"
    program.write_text(f'#!/bin/sh\ncase "$*" in *" version") echo "git version {version}";; *) exec git "$@";; esac\n')
    program.chmod(0o755)
    if taken:
        assert GitRepository(world.clone, Git(program, ENVIRONMENT)).top == world.clone
    else:
        with pytest.raises(InputError, match=f"git {version[:4]}.* is too old") as raised:
            GitRepository(world.clone, Git(program, ENVIRONMENT))
        assert "2.38" in raised.value.hint


def test_no_git_at_all_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MIGRATOR_TOOLS", str(tmp_path))
    with pytest.raises(InputError, match="git is not installed"):
        found_git()


def test_this_machine_s_git_is_found(world: GitWorld) -> None:
    assert open_repository(world.clone).top == world.clone
    assert os.environ["PATH"] == ALONE["PATH"]
