"""Runs git: always the same program, never a prompt, a pager, a hook, or a setting that runs something of a repository.

In: arguments, where they apply, how long they may take. Out: `Said`: exit status, output, errors without credentials.
What the words mean is left to `refusals`, what to ask to the other modules.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from migrator.adapters.processes import start
from migrator.adapters.repositories.addresses import printable, without_credentials
from migrator.adapters.repositories.scratch import scratch_folder
from migrator.errors import InputError, RemoteError

QUICK_S: Final = 120.0
"""How long plumbing may take, in seconds: ours; a tree of a million files is written in less."""

LONG_S: Final = 600.0
"""How long a call may take that moves data over a network or writes out all files, in seconds: ours."""

# What a repository, or a person's settings, could make a call run or change beside what was asked of it.
_SETTINGS: Final = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "core.askPass": "",
    "protocol.ext.allow": "never",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "push.recurseSubmodules": "no",
    "push.followTags": "false",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "log.showSignature": "false",
    "i18n.commitEncoding": "UTF-8",
    "trailer.separators": ":",
    "advice.detachedHead": "false",
    "user.useConfigOnly": "true",
}
# In trees of our own, modes and links are what they are, and pointers of LFS stay pointers on the
# way out and on the way in, whether git-lfs is installed or not.
_IN_OUR_TREES: Final = {
    "core.fileMode": "true",
    "core.symlinks": "true",
    "core.splitIndex": "false",
    "core.safecrlf": "false",
    "filter.lfs.smudge": "",
    "filter.lfs.clean": "",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
}
# `git rev-parse --local-env-vars` without those that carry settings, by which pipelines pass credentials; and all that
# makes git talk more than we read.
_DROPPED: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DEFAULT_HASH",
    "GIT_ATTR_SOURCE",
    "GIT_QUARANTINE_PATH",
    "SSH_ASKPASS",
)
_DROPPED_FAMILIES: Final = ("GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_REDACT")
_SET: Final = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_MERGE_AUTOEDIT": "no",
    "GIT_LFS_SKIP_SMUDGE": "1",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a call applies to.

    Attributes:
        folder: where it runs; git looks for the repository from there unless it is told.
        git_dir: the repository's own folder.
        tree: the working tree; with `git_dir` only.
        index: the index file; with `git_dir` only.
    """

    folder: Path
    git_dir: Path | None = None
    tree: Path | None = None
    index: Path | None = None

    def variables(self) -> Mapping[str, str]:
        """What git is told of it by the environment."""
        named = {"GIT_DIR": self.git_dir, "GIT_WORK_TREE": self.tree, "GIT_INDEX_FILE": self.index}
        return {name: str(path) for name, path in named.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Said:
    """How a call ended.

    Attributes:
        status: exit status (negative: the signal that ended it), or None where its time was over.
        output: what it wrote to standard output.
        errors: what it wrote to standard error, without credentials and control characters.
    """

    status: int | None
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        """The output as text, without a line end behind it; bytes that are no UTF-8 stay, as surrogates."""
        return os.fsdecode(self.output).rstrip("\n")


class Git:
    """The git program."""

    def __init__(self, program: Path, environment: Mapping[str, str], deadline_s: float = LONG_S) -> None:
        self._program = program
        self._deadline_s = deadline_s
        kept = {
            name: value
            for name, value in environment.items()
            if name not in _DROPPED and not name.startswith(_DROPPED_FAMILIES)
        }
        self._environment = {**kept, **_SET}

    def __repr__(self) -> str:
        return f"Git({str(self._program)!r})"

    def ask(self, arguments: Sequence[str | bytes], place: Place) -> Said:
        """Run plumbing that starts no other program and asks no network, to its end.

        Raises:
            RemoteError: it could not be started.
        """
        try:
            done = subprocess.run(
                [os.fsencode(each) for each in (self._program, *_settings(theirs=False), *arguments)],
                cwd=place.folder,
                env={**self._environment, **place.variables()},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=QUICK_S,
                check=False,
            )
        except subprocess.TimeoutExpired as over:
            return Said(None, b"", _clean(over.stderr or b""))
        except OSError as error:
            raise _not_started(error.strerror or str(error)) from error
        return Said(done.returncode, done.stdout, _clean(done.stderr))

    def run(self, arguments: Sequence[str | bytes], place: Place, *, theirs: bool = False) -> Said:
        """Run what may last, or start filters, a signer, a transport or a helper; with all of them it ends with us.

        Args:
            theirs: it is about the person's own working tree, so the settings for that hold.

        Raises:
            RemoteError: it could not be started.
        """
        with scratch_folder() as scratch:
            output, errors = scratch.tree / "output", scratch.tree / "errors"
            with start(
                [os.fsdecode(each) for each in (self._program, *_settings(theirs=theirs), *arguments)],
                name="git",
                env={**self._environment, **place.variables()},
                cwd=place.folder,
                log=output,
                errors=errors,
            ) as running:
                try:
                    status: int | None = running.wait(self._deadline_s)
                except TimeoutError:
                    status = None
            return Said(status, output.read_bytes(), _clean(errors.read_bytes()))


def found_git(environment: Mapping[str, str] | None = None) -> Git:
    """The git of this machine.

    Raises:
        InputError: there is none.
    """
    from migrator.adapters.programs import find_program

    program = find_program("git")
    if program is None:
        raise InputError("git is not installed", hint="install git 2.38 or later")
    return Git(program, os.environ if environment is None else environment)


def _settings(*, theirs: bool) -> tuple[str, ...]:
    chosen = _SETTINGS if theirs else {**_SETTINGS, **_IN_OUR_TREES}
    return tuple(part for name, value in chosen.items() for part in ("-c", f"{name}={value}"))


def _clean(errors: bytes) -> str:
    return printable(without_credentials(errors.decode("utf-8", errors="replace")))


def _not_started(reason: str) -> RemoteError:
    return RemoteError(f"git could not be started: {reason}")
