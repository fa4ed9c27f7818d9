"""A bare remote, a person's clone of it, and somebody else's: what git does on a machine, without this machine's settings."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from migrator.adapters.programs import find_program
from migrator.adapters.repositories import GitRepository
from migrator.adapters.repositories.running import Git

IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}
ALONE = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
"""An environment without anybody's settings, and without an identity."""

ENVIRONMENT = {**ALONE, **IDENTITY}

Files = Mapping[str, str | bytes | None]


def git(folder: Path, *arguments: str, check: bool = True, **variables: str) -> str:
    """What git says in a folder; it fails the test where git fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**ENVIRONMENT, **variables}, capture_output=True, check=False
    )
    assert not check or done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode()}"
    return done.stdout.decode(errors="surrogateescape").rstrip("\n")


def our_git(environment: Mapping[str, str] = ENVIRONMENT) -> Git:
    """The program as the product runs it, without this machine's settings."""
    program = find_program("git")
    assert program is not None
    return Git(program, environment)


def write(folder: Path, files: Files) -> None:
    """Write files below a folder, or remove them."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@dataclass(frozen=True)
class GitWorld:
    """Repositories below a folder.

    Attributes:
        remote: the bare repository that everybody shares.
        clone: the person's, in which the product works.
        other: somebody else's.
    """

    folder: Path

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    @property
    def other(self) -> Path:
        return self.folder / "other"

    def repository(self, environment: Mapping[str, str] = ENVIRONMENT) -> GitRepository:
        return GitRepository(self.clone, our_git(environment))

    def commit(self, files: Files, message: str = "Change", *, at: Path | None = None, branch: str = "main") -> str:
        """Somebody else commits to a branch of the remote and pushes it; the commit's id."""
        folder = at or self.other
        git(folder, "fetch", "-q", "origin")
        known = git(folder, "rev-parse", "-q", "--verify", f"refs/remotes/origin/{branch}", check=False)
        git(folder, "checkout", "-q", "-B", branch, known or "origin/main")
        write(folder, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "--allow-empty", "-m", message)
        git(folder, "push", "-q", "origin", branch)
        return git(folder, "rev-parse", "HEAD")

    def tip(self, branch: str) -> str:
        """What a branch of the remote is; an empty text where there is none."""
        return git(self.remote, "rev-parse", "-q", "--verify", f"refs/heads/{branch}", check=False)

    def branches(self) -> list[str]:
        return git(self.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()

    def files(self, commit: str) -> dict[str, str]:
        """The files of a commit of the remote."""
        names = git(self.remote, "ls-tree", "-r", "--name-only", commit).splitlines()
        return {name: git(self.remote, "show", f"{commit}:{name}") for name in names}

    def has(self, commit: str, other: str) -> bool:
        """Whether a commit of the remote has all of another one."""
        return git(self.remote, "merge-base", other, commit, check=False) == other


def git_world(folder: Path, files: Files | None = None) -> GitWorld:
    """A remote with one commit on `main`, and two clones of it."""
    chosen = {"app.py": "one\ntwo\nthree\n", "README.md": "read\n"} if files is None else files
    shutil.copytree(_pattern(tuple(chosen.items())), folder, symlinks=True, dirs_exist_ok=True)
    return GitWorld(folder)


@cache
def _pattern(files: tuple[tuple[str, str | bytes | None], ...]) -> Path:
    """A world to be copied: that is faster than to run git a dozen times. Its addresses are relative."""
    world = GitWorld(Path(tempfile.mkdtemp(prefix="git-world-")))
    atexit.register(shutil.rmtree, world.folder, ignore_errors=True)
    git(world.folder, "init", "-q", "--bare", "--template=", "-b", "main", str(world.remote))
    for clone in (world.other, world.clone):
        git(world.folder, "clone", "-q", "--template=", str(world.remote), str(clone))
        git(clone, "remote", "set-url", "origin", "../remote.git")
        if clone == world.other:
            git(clone, "checkout", "-q", "-b", "main")
            write(clone, dict(files))
            git(clone, "add", "-A")
            git(clone, "commit", "-q", "-m", "Begin")
            git(clone, "push", "-q", "-u", "origin", "main")
    return world.folder


def kept(clone: Path) -> dict[str, object]:
    """Everything of a clone that is its person's: all files with modes and times, and all of `.git` but objects and what
    is known of remotes."""
    found: dict[str, object] = {}
    for folder, names, files in os.walk(clone):
        at = Path(folder)
        names[:] = [n for n in names if not str((at / n).relative_to(clone)).startswith((".git/objects", ".git/refs/remotes", ".git/logs/refs/remotes"))]  # fmt: skip
        for name in files:
            path = at / name
            where = str(path.relative_to(clone))
            if where in (".git/packed-refs", ".git/shallow"):
                continue
            status = path.lstat()
            content = str(path.readlink()) if path.is_symlink() else path.read_bytes()
            found[where] = (content, status.st_mode, status.st_mtime_ns)
    found["branches"] = git(clone, "for-each-ref", "refs/heads", "refs/tags", "refs/stash")
    return found
