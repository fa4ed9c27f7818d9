"""A run that is killed anywhere is followed by one that ends as if nothing had happened: one branch, one pull request."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrator.adapters.processes import wait_until
from migrator.adapters.repositories import open_repository
from migrator.adapters.repositories.running import Git, Place, Said
from migrator.domain.pull_requests import CommitDraft, PullRequestDraft, Stage
from migrator.publishing import Made, Start, Wanted, carry_out, prepare
from tests.support.file_forge import FileForge
from tests.support.fuse import Fuse, Fused
from tests.support.git_world import GitWorld, git, git_world, kept, our_git, write

BRANCH = "migrator/tax"
WANTED = Wanted("origin", BRANCH, "shop.tax", Stage.MOVE, below=("services",))


class KillingFuse(Fuse):
    """Ends the process as the system does."""

    def blow(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class FusedGit(Git):
    """Git, whose calls a fuse counts."""

    def __init__(self, git: Git, fuse: Fuse) -> None:
        self._git = git
        self._fuse = fuse

    def ask(self, arguments: Sequence[str | bytes], place: Place) -> Said:
        said: Said = self._fuse(str(arguments[0]), self._git.ask, arguments, place)
        return said

    def run(self, arguments: Sequence[str | bytes], place: Place, *, theirs: bool = False) -> Said:
        said: Said = self._fuse(str(arguments[0]), self._git.run, arguments, place, theirs=theirs)
        return said


@dataclass
class Desk:
    """A person's clone in the middle of their work, and a forge."""

    folder: Path

    @property
    def world(self) -> GitWorld:
        return GitWorld(self.folder / "world")

    @property
    def forge(self) -> FileForge:
        return FileForge(self.folder / "requests.json")

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def set_up(self) -> None:
        self.temporary.mkdir(parents=True)
        clone = git_world(self.world.folder).clone
        write(clone, {"app.py": "stashed\n"})
        git(clone, "stash", "-q")
        git(clone, "checkout", "-q", "-b", "feature")
        write(clone, {"app.py": "staged\n", "new.py": "new\n", ".gitattributes": "*.py filter=none\n"})
        git(clone, "add", "app.py")
        write(clone, {"app.py": "staged\nand more\n"})

    def publish(self, version: str, fuse: Fuse) -> None:
        """One run, as a command does it."""

        def make(folder: Path, start: Start) -> Made:
            drafts = (
                CommitDraft("Add the service", "", {"services/tax/app.py": f"{version}\n".encode()}),
                CommitDraft("Add the seam", "", {"README.md": f"read {version}\n".encode()}),
            )
            return Made(drafts, lambda _: PullRequestDraft("", "", "T", version))

        repository = open_repository(self.world.clone, FusedGit(our_git(), fuse))
        prepared = prepare(repository, WANTED, make)
        carry_out(prepared, repository, Fused(self.forge, fuse))

    def in_child(self, act: Callable[[], None]) -> int:
        """Do something in a process of its own; how that ended."""
        child = os.fork()
        if child == 0:
            tempfile.tempdir = str(self.temporary)
            try:
                act()
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
                os._exit(1)
            os._exit(0)
        return os.waitpid(child, 0)[1]

    def calls(self, version: str) -> int:
        """How many calls a whole run makes."""
        read, wrote = os.pipe()

        def count() -> None:
            fuse = Fuse()
            self.publish(version, fuse)
            os.write(wrote, str(fuse.calls).encode())

        assert self.in_child(count) == 0
        os.close(wrote)
        with os.fdopen(read) as told:
            return int(told.read())


def a_first_run(desk: Desk) -> None:
    """Nothing is there yet."""


def a_run_over_people_s_work(desk: Desk) -> None:
    """The branch is there with a person's commit on top, and the base went on."""
    assert desk.in_child(lambda: desk.publish("1", Fuse())) == 0
    desk.world.commit({"notes.md": "by hand\n"}, branch=BRANCH)
    desk.world.commit({"elsewhere.py": "x\n"})


def check_killed(folder: Path, before: Callable[[Desk], None], every: int) -> int:
    """Kill a run before and after each so many of its calls, run it again, and look; how many were tried."""
    pattern, whole = Desk(folder / "pattern"), Desk(folder / "whole")
    pattern.set_up()
    before(pattern)
    shutil.copytree(pattern.folder, whole.folder, symlinks=True)
    calls = whole.calls("2")
    expected = whole.world.files(BRANCH)
    tried = 0
    for number in range(0, 2 * calls, every):
        at, after = number // 2, number % 2 == 1
        desk = Desk(folder / str(number))
        shutil.copytree(pattern.folder, desk.folder, symlinks=True)
        theirs = kept(desk.world.clone)
        tip = desk.world.tip(BRANCH)
        status = desk.in_child(lambda: desk.publish("2", KillingFuse(at, after)))  # noqa: B023
        where = f"killed {'after' if after else 'before'} call {at} of {calls}"
        assert os.WIFSIGNALED(status), where
        assert kept(desk.world.clone) == theirs, where
        assert desk.in_child(lambda: desk.publish("2", Fuse())) == 0, where  # noqa: B023
        assert kept(desk.world.clone) == theirs, where
        assert desk.world.branches() == ["main", BRANCH], where
        assert desk.world.files(BRANCH) == expected, where
        assert not tip or desk.world.has(BRANCH, tip), where
        assert len(desk.forge.requests) == 1, where
        assert list(desk.temporary.iterdir()) == [], where
        tried += 1
    return tried


def test_killed_before_or_after_some_calls_it_ends_the_same(tmp_path: Path) -> None:
    assert check_killed(tmp_path, a_run_over_people_s_work, every=41) > 2


@pytest.mark.thorough
@pytest.mark.parametrize("before", [a_first_run, a_run_over_people_s_work])
def test_killed_before_or_after_every_call_it_ends_the_same(tmp_path: Path, before: Callable[[Desk], None]) -> None:
    assert check_killed(tmp_path, before, every=1) > 60


def test_killed_while_it_pushes_it_ends_the_same(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.set_up()
    started, hook = tmp_path / "started", desk.world.remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{started}'\nexec sleep 60\n")
    hook.chmod(0o755)
    theirs = kept(desk.world.clone)
    child = os.fork()
    if child == 0:
        tempfile.tempdir = str(desk.temporary)
        desk.publish("1", Fuse())
        os._exit(0)
    assert wait_until(started.exists, 30)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    hook.unlink()
    assert desk.in_child(lambda: desk.publish("1", Fuse())) == 0
    assert kept(desk.world.clone) == theirs
    assert desk.world.branches() == ["main", BRANCH]
    assert len(desk.forge.requests) == 1
