"""What is asked of a remote: which branches it has, what is in them, and to let one of them be a commit.

In: a remote's name, branches, a commit. Out: branches below `refs/remotes/`, or the remote's branch moved, never backwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from migrator.adapters.repositories.addresses import public_address
from migrator.adapters.repositories.joining import has
from migrator.adapters.repositories.locating import Clone
from migrator.adapters.repositories.refusals import local_error, remote_error
from migrator.adapters.repositories.running import Git, Place, Said
from migrator.errors import InputError, Refused

# Two runs in one clone may bring the same branch at the same time; the second then finds its lock, or a moved branch.
_TRIES: Final = 3
_LOCKED: Final = re.compile(r"cannot lock ref|unable to create '[^']*\.lock'|shallow file has changed", re.IGNORECASE)


def address_of(git: Git, clone: Clone, remote: str) -> str:
    """The address of a remote, as rewritten by the person's settings, without credentials.

    Raises:
        InputError: there is no such remote.
    """
    said = git.ask(["remote", "get-url", "--", remote], _here(clone))
    if said.status == 0 and said.text:
        return public_address(said.text.splitlines()[0])
    names = git.ask(["remote"], _here(clone)).text.split()
    hint = (
        f"this clone has {', '.join(names)}; choose one with --remote"
        if names
        else f"add one: git remote add {remote if remote.isidentifier() else 'origin'} ADDRESS"
    )
    raise InputError(f"there is no remote {ascii(remote)[1:-1]}", hint=hint)


def default_of(git: Git, clone: Clone, remote: str) -> str:
    """The branch that a remote's HEAD stands for.

    Raises:
        InputError: there is no such remote, it has no commit, or its HEAD stands for no branch.
        RemoteError: it does not answer.
    """
    address_of(git, clone, remote)
    said = git.run(["ls-remote", "--symref", "--", remote, "HEAD"], _here(clone))
    if said.status != 0:
        raise remote_error(said, remote)
    found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", said.text, re.MULTILINE)
    if found is None:
        raise InputError(
            f"{remote} does not say which branch is its default"
            if said.text
            else f"{remote} has no commit on its default branch",
            hint="name the base with --base" if said.text else f"push one first: git push {remote} HEAD",
        )
    return found[1]


def fetch(git: Git, clone: Clone, remote: str, branches: Sequence[str]) -> None:
    """Bring branches of a remote; those that it lacks are gone from `refs/remotes/` too.

    A shallow clone is deepened, since a merge needs what both have in common.

    Raises:
        InputError: no such remote, no name of a branch, the remote itself is shallow.
        RemoteError: it does not answer.
    """
    address_of(git, clone, remote)
    for branch in branches:
        require_branch_name(git, clone, branch)
    wanted = tuple(dict.fromkeys(branches))
    names = [f"refs/heads/{branch}" for branch in wanted]
    said = git.run(["ls-remote", "--", remote, *names], _here(clone))
    if said.status != 0:
        raise remote_error(said, remote)
    # A pattern of ls-remote also fits the ends of longer names.
    there = {line.partition("\t")[2] for line in said.text.splitlines()}
    found = [branch for branch in wanted if f"refs/heads/{branch}" in there]
    if found:
        _fetch(git, clone, remote, found)
    for branch in wanted:
        if branch not in found:
            _forget(git, clone, f"refs/remotes/{remote}/{branch}")


def push(git: Git, clone: Clone, remote: str, branch: str, commit: str, expected: str | None) -> None:
    """Let a remote's branch be a commit that has all of what the branch was.

    Raises:
        Refused: it is not what was expected, the commit lacks some of it, or it is the default branch or protected.
        InputError: no such remote, no rights, no credentials.
        RemoteError: it does not answer.
    """
    address_of(git, clone, remote)
    require_branch_name(git, clone, branch)
    if expected is not None and not has(git, clone, commit, expected):
        raise Refused(
            f"{commit[:12]} does not have all of {remote}'s {branch}; nothing was pushed",
            hint="run the same command again: it goes on from what is there now",
        )
    known = git.ask(["symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD"], _here(clone)).text
    if known == f"{remote}/{branch}":
        raise Refused(f"{branch} is the default branch of {remote}; nothing is pushed to it")
    said = git.run(
        [
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--no-signed",
            # Also where the branch moves forward only: it must be what we saw.
            f"--force-with-lease=refs/heads/{branch}:{expected or ''}",
            "--",
            remote,
            f"{commit}:refs/heads/{branch}",
        ],
        _here(clone),
    )
    if said.status != 0:
        raise remote_error(said, remote, branch)


def require_branch_name(git: Git, clone: Clone, branch: str) -> None:
    """Say no to what git does not take for the name of a branch.

    Raises:
        InputError: it is none.
    """
    taken = not branch.startswith("-") and "\0" not in branch
    if not taken or git.ask(["check-ref-format", f"refs/heads/{branch}"], _here(clone)).status != 0:
        raise InputError(
            f"{branch!a} cannot be the name of a branch", hint="choose another one with --branch or --base"
        )


def _fetch(git: Git, clone: Clone, remote: str, branches: Sequence[str]) -> None:
    arguments = [
        "fetch",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-prune",
        *(["--unshallow"] if _is_shallow(git, clone) else []),
        "--",
        remote,
        *(f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}" for branch in branches),
    ]
    said: Said | None = None
    for _ in range(_TRIES):
        said = git.run(arguments, _here(clone))
        if said.status == 0 or not _LOCKED.search(said.errors) or "cannot create" in said.errors:
            break
    assert said is not None
    if said.status != 0:
        raise remote_error(said, remote)
    if _is_shallow(git, clone):
        raise InputError(
            f"the history of {remote} is cut off, so what branches have in common is not known",
            hint="push to a remote that has all of it, and name that with --remote",
        )


def _is_shallow(git: Git, clone: Clone) -> bool:
    return git.ask(["rev-parse", "--is-shallow-repository"], _here(clone)).text == "true"


def _forget(git: Git, clone: Clone, reference: str) -> None:
    if git.ask(["rev-parse", "--verify", "--quiet", reference], _here(clone)).status == 0:
        said = git.ask(["update-ref", "-d", reference], _here(clone))
        if said.status != 0:
            raise local_error(said, "forget a branch that the remote no longer has")


def _here(clone: Clone) -> Place:
    return Place(clone.top, clone.git_dir)
