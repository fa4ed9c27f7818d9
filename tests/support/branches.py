"""Repositories for tests of what branches do to each other; git as it is, without anybody's own configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str) -> str:
    """What git says; raises AssertionError with it where that fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=_ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    """The files that are there, but for ignored ones."""
    listed = git(folder, "ls-files", "-co", "--exclude-standard").splitlines()
    return {path: (folder / path).read_bytes() for path in listed if (folder / path).is_file()}


def merge(folder: Path, *names: str) -> None:
    """Merge branches into the one that is checked out, one by one."""
    for name in names:
        git(folder, "merge", "-q", "--no-edit", name)
