"""What git's words mean to a person: a refusal, something to set right, or a remote that fails.

In: what a call said, and what it was for. Out: an error to raise, with a hint, and git's own words where they help.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from migrator.adapters.repositories.running import Said
from migrator.errors import InputError, MigratorError, Refused, RemoteError

_MOST_LINES = 6
_LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A table's line: words that git or a remote says, and what they come to."""

    words: re.Pattern[str]
    make: Callable[[str, str], MigratorError]  # from the message and the hint
    message: str
    hint: str


def _temporary(message: str, hint: str) -> RemoteError:
    return RemoteError(message, hint=hint, retryable=True)


def _remote(message: str, hint: str) -> RemoteError:
    return RemoteError(message, hint=hint)


def _refused(message: str, hint: str) -> Refused:
    return Refused(message, hint=hint)


def _input(message: str, hint: str) -> InputError:
    return InputError(message, hint=hint)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# The words are those of git's sources (transport.c, send-pack.c, builtin/receive-pack.c, remote-curl.c, http.c, setup.c),
# of OpenSSH, and of the forges: GH006 and GH013 are GitHub's for protected branches and rules, GH008 for objects of LFS.
_REMOTE: Final[tuple[_Meaning, ...]] = (
    _Meaning(
        _words(r"GH006|GH013|protected branch|push code to protected|branch is protected"),
        _refused,
        "{remote} protects the branch {branch}",
        "choose another name with --branch, or let somebody with the rights allow pushes to it",
    ),
    _Meaning(
        _words(r"GH008|unknown Git LFS object"),
        _refused,
        "{remote} lacks objects of LFS that the branch names",
        "push them first with git lfs push",
    ),
    _Meaning(
        _words(r"exists; cannot create"),
        _refused,
        "a branch of {remote} is named as if the other were a folder of it",
        "choose another name with --branch; or, if that branch is gone there, git remote prune {remote}",
    ),
    _Meaning(
        _words(
            r"stale info|non-fast-forward|fetch first|cannot lock ref|reference already exists|failed to update ref"
        ),
        _refused,
        "{branch} changed on {remote} meanwhile; nothing was pushed",
        "run the same command again: it goes on from what is there now",
    ),
    _Meaning(
        _words(r"pre-receive hook declined|hook declined|\[remote rejected\]"),
        _refused,
        "{remote} turned the branch {branch} away",
        "its own words say why; the rules are those of whoever runs it",
    ),
    _Meaning(
        _words(
            r"could not read (username|password)|terminal prompts disabled|authentication failed|invalid username or"
            r"|invalid credentials|HTTP Basic: Access denied|returned error: 401"
        ),
        _input,
        "{remote} wants to know who you are, and git has no credentials for it",
        "set up a credential helper (git help credentials) or an ssh address, and try git fetch {remote}",
    ),
    _Meaning(
        _words(
            r"permission denied \(|host key verification failed|no matching host key|too many authentication failures"
        ),
        _input,
        "{remote} does not let this ssh key in, or its own key is not known here",
        "add the key to the agent (ssh-add), or accept the host's key once by git fetch {remote} in a terminal",
    ),
    _Meaning(
        _words(
            r"write access to repository not granted|permission to \S+ denied|returned error: 403|not allowed to"
            r"|insufficient permission|unable to create temporary object|read-only"
        ),
        _input,
        "no rights to do this on {remote}",
        "ask for write access to the repository, or push to a fork with --remote",
    ),
    _Meaning(
        _words(
            r"repository not found|repository '[^']*' not found|does not appear to be a git repository|returned error: 404"
            r"|no such remote|could not be found or you don't have permission|not found: did you run"
        ),
        _input,
        "there is no repository at the address of {remote}, or it is not shown to you",
        "look at git remote -v and at your rights",
    ),
    _Meaning(
        _words(r"unable to find remote helper|transport '[^']*' not allowed"),
        _input,
        "git does not speak the protocol of the address of {remote}",
        "choose an https or ssh address (git remote set-url)",
    ),
    _Meaning(
        _words(r"SSL certificate|certificate verification|self[- ]signed certificate|TLS"),
        _remote,
        "the certificate of {remote} is not trusted here",
        "set http.sslCAInfo for git, or the address right",
    ),
    _Meaning(
        _words(
            r"could(n't| not) resolve|connection (refused|timed out|reset|closed)|failed to connect|network is unreachable"
            r"|no route to host|operation timed out|unable to access|early EOF|hung up|RPC failed|returned error: 5\d\d"
            r"|temporary failure|no address associated|unexpected disconnect|unable to look up|broken pipe"
        ),
        _temporary,
        "{remote} cannot be reached",
        "look at the network and the address (git remote -v), and try again",
    ),
    _Meaning(
        _words(r"no space left"),
        _temporary,
        "there is no space left on the disk",
        "make room, and try again",
    ),
)

_HERE_WHO: Final = _Meaning(
    _words(
        r"tell me who you are|auto-detection is disabled|empty ident name|unable to auto-detect email|no (name|email) was"
    ),
    _input,
    "git does not know who commits",
    "git config --global user.name NAME, and user.email ADDRESS; in a pipeline GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL,"
    " GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL",
)

_HERE: Final[tuple[_Meaning, ...]] = (
    _Meaning(
        _words(r"dubious ownership|is owned by someone else"),
        _input,
        "the repository belongs to another user, so git does not read it",
        "if you trust it: git config --global --add safe.directory PATH",
    ),
    _Meaning(
        _words(r"must be run in a work tree"),
        _input,
        "the repository is bare: it has no working tree",
        "make a clone of it, and work there",
    ),
    _Meaning(
        _words(r"not a git repository"),
        _input,
        "this is no git repository",
        "git init, commit, and push to a remote first; or give the folder of a clone with --root",
    ),
    _HERE_WHO,
    _Meaning(
        _words(r"unable to write|insufficient permission|permission denied|read-only file system|unable to create"),
        _input,
        "git may not write to this repository",
        "look at who owns its .git folder",
    ),
    _Meaning(
        _words(r"no space left"),
        _temporary,
        "there is no space left on the disk",
        "make room, and try again",
    ),
    _Meaning(
        _words(
            r"missing blob|could not fetch|promisor remote|bad object|unable to read (tree|sha1|object)|missing tree"
        ),
        _remote,
        "an object of the repository is missing or broken",
        "git fsck says which; git fetch --refetch brings all of them again",
    ),
)


def remote_error(said: Said, remote: str, branch: str = "") -> MigratorError:
    """Why a remote did not do what it was asked.

    Args:
        said: of `fetch`, `ls-remote` or `push --porcelain`.
        branch: what was pushed.
    """
    if said.status is None:
        return RemoteError(
            f"{remote} did not answer in time",
            hint="look at the network, and try again",
            retryable=True,
        )
    text = f"{said.text}\n{said.errors}"
    return _first(_REMOTE, text, {"remote": remote, "branch": branch}) or RemoteError(
        f"git failed on {remote}", hint=own_words(text)
    )


def local_error(said: Said, doing: str) -> MigratorError:
    """Why git did not do something in the clone.

    Args:
        doing: what it was asked for, to follow "git could not".
    """
    if said.status is None:
        return RemoteError(f"git could not {doing} in time", hint="is the disk busy? try again", retryable=True)
    # With a partial clone, any call may have to ask the remote.
    return (
        _first(_HERE, said.errors, {})
        or _first(_REMOTE, said.errors, {"remote": "the remote", "branch": ""})
        or RemoteError(f"git could not {doing}", hint=own_words(said.errors) or f"it ended with status {said.status}")
    )


def signing_error(said: Said) -> MigratorError:
    """Why a commit was not made that had to be signed."""
    if said.status is None or _HERE_WHO.words.search(said.errors):
        return local_error(said, "sign a commit")
    hint = "make the key usable without a prompt (gpg-agent, ssh-agent), or set commit.gpgsign to false for this clone"
    return InputError(
        "commits are to be signed here (commit.gpgsign), and signing failed",
        hint="\n".join(part for part in (hint, own_words(said.errors)) if part),
    )


def own_words(text: str) -> str:
    """What git and the remote said, short, without git's advice on commands that do not apply here."""
    lines = [line.strip() for line in text.splitlines()]
    said = [line[:_LONGEST_LINE] for line in lines if line and not line.startswith(("hint:", "To ", "Done", "="))]
    return "\n".join(said[-_MOST_LINES:])


def _first(table: tuple[_Meaning, ...], text: str, names: dict[str, str]) -> MigratorError | None:
    for meaning in table:
        if meaning.words.search(text):
            message = meaning.message.format_map(names) if names else meaning.message
            hint = meaning.hint.format_map(names) if names else meaning.hint
            words = own_words(text)
            return meaning.make(message, f"{hint}\n{words}" if words else hint)
    return None
