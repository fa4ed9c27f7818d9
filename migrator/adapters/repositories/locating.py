"""Finds the repository that a folder belongs to, and says no to what cannot be worked with.

In: a folder. Out: the top of the working tree and the repository's own folder, absolute.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from migrator.adapters.repositories.refusals import local_error
from migrator.adapters.repositories.running import Git, Place
from migrator.errors import InputError

OLDEST: Final = (2, 38)
"""The first version that merges without a working tree (`git merge-tree --write-tree`, release notes of 2.38)."""


@dataclass(frozen=True, slots=True)
class Clone:
    """Where a clone lies.

    Attributes:
        top: the folder of its working tree.
        git_dir: its own folder; that of the linked working tree, if it is one.
    """

    top: Path
    git_dir: Path


def located(git: Git, folder: Path) -> Clone:
    """The clone that a folder is in.

    Raises:
        InputError: it is in none, the repository is bare or belongs to somebody else, or git is too old.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    here = Place(folder)
    _require_version(git, here)
    said = git.ask(["rev-parse", "--is-bare-repository"], here)
    if said.status != 0:
        raise _at(local_error(said, "look at the repository"), folder)
    if said.text == "true":
        raise InputError(
            "the repository is bare: it has no working tree",
            hint="make a clone of it, and work there",
            location=str(folder),
        )
    said = git.ask(["rev-parse", "--absolute-git-dir"], here)
    top = git.ask(["rev-parse", "--show-toplevel"], here)
    for each in (said, top):
        if each.status != 0:
            raise _at(local_error(each, "look at the repository"), folder)
    return Clone(Path(top.text), Path(said.text))


def _require_version(git: Git, here: Place) -> None:
    said = git.ask(["version"], here)
    found = re.search(r"(\d+)\.(\d+)", said.text)
    if said.status != 0 or found is None:
        raise local_error(said, "say its version")
    if (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise InputError(
            f"git {found[0]} is too old to merge without a working tree", hint=f"install git {oldest} or later"
        )


def _at(error: Exception, folder: Path) -> Exception:
    if isinstance(error, InputError):
        return InputError(error.message, hint=error.hint, location=os.fspath(folder))
    return error
