"""A branch that git has pushed over HTTP becomes a pull request at the same address, and one that it has not does not."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.domain.pull_requests import Outcome
from migrator.errors import InputError
from tests.support.forges.github import FakeGitHub
from tests.support.forges.gitlab import FakeGitLab
from tests.support.forges.killed_publisher import DRAFT
from tests.support.forges.rigs import opened


def git(folder: Path, *words: str) -> str:
    author = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com"))
    }
    environment = {**os.environ, **author, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("kind", [FakeGitHub, FakeGitLab])
def test_what_was_pushed_can_be_asked_for(kind: type[FakeGitHub] | type[FakeGitLab], tmp_path: Path) -> None:
    with kind() as server:
        server.repository = tmp_path / "shop.git"
        git(tmp_path, "init", "-q", "--bare", "-b", "main", "shop.git")
        git(tmp_path, "init", "-q", "-b", "main", "clone")
        clone = tmp_path / "clone"
        (clone / "big").write_bytes(os.urandom(2_000_000))  # over what git sends in one piece
        git(clone, "add", "big")
        git(clone, "commit", "-q", "-m", "one")
        git(clone, "remote", "add", "origin", server.remote)
        git(clone, "push", "-q", "origin", "main")
        with pytest.raises(InputError):
            opened(server).open_pull_request(DRAFT)
        git(clone, "push", "-q", "origin", f"main:refs/heads/{DRAFT.branch}")
        assert DRAFT.branch in git(clone, "ls-remote", "--heads", "origin")
        assert opened(server).open_pull_request(DRAFT).outcome is Outcome.CREATED
        assert opened(server).open_pull_request(replace(DRAFT, body="more")).outcome is Outcome.UPDATED
        assert not server.strays
