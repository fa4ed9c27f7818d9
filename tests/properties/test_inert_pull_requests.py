"""What goes to a forge: bodies, titles, commits, branches and files of pull requests, of hostile code and of its twin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.properties.test_inert import EVERY_TRICK, harmless, templates_asked_for
from tests.properties.test_inert_commands import said
from tests.support.hostile.monoliths import SHOP, write_files
from tests.support.hostile.skeletons import markdown, seen, skeleton
from tests.support.hostile.templates import NEEDED_BY
from tests.support.hostile.texts import PRODUCT

VIEW, TASK = "shop.web.view", "shop.jobs.tell"
MAKES = {VIEW: ("migrator/shop-web-view", ()), TASK: ("migrator/shop-jobs-tell", ("--sticky", "to"))}
PUSHED = TASK  # whose branch has a seam too
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Reader"), ("EMAIL", "reader@example.com"))
}


@dataclass(frozen=True)
class Sent:
    """What one monolith's pull requests are made of.

    Attributes:
        bodies: as a forge gets them, by what they are for.
        branches: the remote's.
        subjects: of each commit.
        files: of the branch that was pushed, by path; only what is text.
    """

    bodies: Mapping[str, str]
    branches: tuple[str, ...]
    subjects: tuple[str, ...]
    files: Mapping[str, str]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def sent(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Open a pull request for each candidate of the monolith in a folder, and read what the remote has then."""
    bare = folder.parent / f"{folder.name}.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    git(folder, "remote", "add", "origin", str(bare))
    git(folder, "push", "--quiet", "origin", "main")
    monkeypatch.chdir(folder)
    bodies = {}
    for name, (_, more) in MAKES.items():
        code, body, err = said(capsys, "pr", name, "--forge", "git", "--jobs", "1", "--dry-run", *more)
        assert code == 0, err
        bodies[name] = body
        assert seen(body + err, tabs=True) == ""
        if name == PUSHED:
            code, out, err = said(capsys, "pr", name, "--forge", "git", "--jobs", "1", "--yes", *more)
            assert code == 0, err
            assert seen(out + err, tabs=True) == ""
    branches = tuple(git(bare, "for-each-ref", "--format=%(refname:short)").split())
    subjects = tuple(git(bare, "log", "--all", "--format=%B").splitlines())
    files = {}
    branch = MAKES[PUSHED][0]
    for path in git(bare, "diff", "--name-only", "-z", "main", branch).split("\0"):
        if path and not path.endswith((".zip", "/")):
            files[path] = git(bare, "show", f"{branch}:{path}")
    return Sent(bodies, branches, subjects, files)


def test_pull_requests_are_made_of_the_same_whatever_the_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**WHO, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    with templates_asked_for() as asked:
        hostile = sent(write_files(SHOP, tmp_path / "hostile", lambda name: EVERY_TRICK), capsys, monkeypatch)
    plain = sent(write_files(SHOP, tmp_path / "plain", harmless), capsys, monkeypatch)
    assert set(NEEDED_BY["pull requests"]) <= asked
    assert hostile.branches == plain.branches == ("main", MAKES[PUSHED][0])
    assert hostile.subjects == plain.subjects
    for name, body in hostile.bodies.items():
        assert markdown(body) == markdown(plain.bodies[name]), name
        assert PRODUCT not in body
    assert list(hostile.files) == list(plain.files)
    for path, text in hostile.files.items():
        assert path in SHOP.files or skeleton(path, text) == skeleton(path, plain.files[path]), path
        if path in SHOP.files or "/src/shop/" in path:
            continue  # the monolith's own text
        assert seen(text, tabs=path.endswith("Makefile")) == "", path
        assert PRODUCT not in text, path


TOKEN = "ghp_" + "planted0" * 4 + "abcd"
# Where a token may lie when somebody opens a pull request.
PLACES = ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "MIGRATOR_FORGE_TOKEN")
_HELPER = """#!/bin/sh
echo "username=x-access-token"
echo "password={token}"
"""


def test_a_planted_token_is_nowhere(tmp_path: Path) -> None:
    """In the environment, in the remote's URL and in a credential helper; whatever is said, written, pushed or logged."""
    folder, home = tmp_path / "shop", tmp_path / "home"
    home.mkdir()
    helper = tmp_path / "helper"
    helper.write_text(_HELPER.format(token=TOKEN))
    helper.chmod(0o755)
    bare = tmp_path / "shop.git"
    # Git's own way to have an address with a password lead to a folder.
    address = f"https://x-access-token:{TOKEN}@forge.example/team/shop.git"
    (home / ".gitconfig").write_text(
        f'[user]\n\tname = A Reader\n\temail = reader@example.com\n[credential]\n\thelper = {helper}\n[url "{bare}"]\n\tinsteadOf = {address}\n'
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **dict.fromkeys(PLACES, TOKEN),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "STATE", "CONFIG")},
        "HOME": str(home),
    }
    write_files(SHOP, folder, harmless)
    steps = (
        ["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(bare)],
        ["git", "init", "--quiet", "--initial-branch", "main"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message", "all"],
        ["git", "remote", "add", "origin", address],
        ["git", "push", "--quiet", "origin", "main"],
    )
    for step in steps:
        subprocess.run(step, cwd=folder, env=environment, check=True, capture_output=True)
    planted = {path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()}
    assert planted == {folder / ".git" / "config"}, "the token is where this test has put it"
    told = ""
    for arguments, ends in _CALLS:
        command = [sys.executable, "-m", "migrator", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in ends, f"{arguments}: {done.stderr}"
        told += done.stdout + done.stderr
    assert TOKEN not in told
    assert "planted0" not in told
    written = {path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()}
    assert written == {folder / ".git" / "config", home / ".gitconfig", helper}
    for repository in (folder, bare):
        objects = git(repository, "cat-file", "--batch", "--batch-all-objects")
        assert len(objects) > 10_000
        assert TOKEN not in objects


# What is called, and how it may end: a forge that is not there is told, not the token.
_CALLS = (
    (("pr", VIEW, "--forge", "git", "--yes", "--jobs", "1", "--json"), (0,)),
    (("pr", VIEW, "--forge", "github", "--dry-run", "--jobs", "1"), (0, 3, 4)),
    (("pr", VIEW, "--remote", "none", "--yes", "--jobs", "1"), (2, 3)),
    (("pr", VIEW, "--base", "none", "--forge", "git", "--yes", "--jobs", "1"), (1, 2, 3, 4)),
)
