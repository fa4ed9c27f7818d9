"""Finds the token for a forge: in the environment, else at git's credential helper.

In: the kind, the host that is asked, the environment. Out: a `Token`, whose text shows nowhere, or an error that names the
variables. A token is only taken where it is known to be for that host: who clones from a stranger's forge does not hand
him the token of another one.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from migrator.adapters.forges.addresses import HOST_VARIABLES, LOOPBACK, hostname, is_cloud, named_hosts
from migrator.domain.forges import ForgeKind
from migrator.errors import InputError

_FILL_LIMIT_S: Final = 15.0
"""A helper that wants to ask somebody is not waited for."""

_SENDABLE: Final = re.compile(r"[\x21-\x7e]+")
"""What a header may have of a token. Source: RFC 6750 (2.1)."""

_QUIET: Final[Mapping[str, str]] = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "GCM_INTERACTIVE": "never"}
"""Nobody is asked: not on the terminal, in no window. Sources: git(1), gitcredentials(7), Git Credential Manager."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, which shows nowhere.

    Attributes:
        source: where it comes from, as people are told.
    """

    source: str
    secret: str = field(repr=False)

    def scrubbed(self, text: str) -> str:
        """A text without it."""
        for shape in {self.secret, quote(self.secret, safe="")}:
            text = text.replace(shape, "[token]")
        return text


def find_token(
    kind: ForgeKind,
    host: str,
    stated: str,
    environment: Mapping[str, str],
    fill: Callable[[str, Mapping[str, str]], str],
    *,
    helper_url: str = "",
) -> Token:
    """The token for a host.

    Args:
        host: of the remote, without a port.
        stated: the variable that the configuration names; no other place is looked into then. The configuration comes with the
            repository, so that a variable of the forges' own tools is taken for its own hosts alone nevertheless.
        fill: asks git's credential helper for the password of an address.
        helper_url: the address as the helper knows it, with its port; by default the host by https.

    Raises:
        InputError: there is none for this host, or it cannot be one.
    """
    for variable in _variables(kind, host, stated, environment):
        if environment.get(variable, "").strip():
            return _sendable(Token(variable, environment[variable].strip()))
    if not stated and (secret := fill(helper_url or f"https://{host}", environment).strip()):
        return _sendable(Token("git's credential helper", secret))
    raise _missing(kind, host, stated, environment)


def credential_of(url: str, environment: Mapping[str, str]) -> str:
    """The password that git's credential helper has for an address; empty where it has none, or would have to ask.

    Source: git-credential(1). Nothing of it is written anywhere, and it stands in no argument.
    """
    if not url.isprintable():
        return ""
    parts = urlsplit(url)
    asked = f"protocol={parts.scheme}\nhost={parts.netloc}\n\n".encode()
    try:
        done = subprocess.run(
            ["git", "credential", "fill"],
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **_QUIET},
            timeout=_FILL_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if done.returncode:
        return ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return next((line.partition("=")[2] for line in lines if line.startswith("password=")), "")


def _variables(kind: ForgeKind, host: str, stated: str, environment: Mapping[str, str]) -> Iterator[str]:
    if stated:
        if not _is_elsewhere(stated, host, environment):
            yield stated
        return
    yield from (variable for variable, is_for in _OF_TOOLS[kind] if is_for(host, environment))
    if host in LOOPBACK:
        # What listens on this machine may have what is here anyway.
        yield from (variable for variable, is_for in _OF_TOOLS[kind] if not is_for(host, environment))


def _is_elsewhere(variable: str, host: str, environment: Mapping[str, str]) -> bool:
    """Whether a variable is one of a tool's that is for other hosts."""
    rules = [is_for for rows in _OF_TOOLS.values() for name, is_for in rows if name == variable]
    return host not in LOOPBACK and any(not is_for(host, environment) for is_for in rules)


def _for_github_itself(host: str, environment: Mapping[str, str]) -> bool:
    return is_cloud(host)


def _for_this_run(host: str, environment: Mapping[str, str]) -> bool:
    """GitHub Actions makes one for the server that it runs at."""
    return is_cloud(host) or hostname(environment.get("GITHUB_SERVER_URL", "")) == host


def _for_enterprise(host: str, environment: Mapping[str, str]) -> bool:
    named = named_hosts(ForgeKind.GITHUB, environment)
    return not is_cloud(host) and (not named or host in named)


def _for_gitlab(host: str, environment: Mapping[str, str]) -> bool:
    return host == "gitlab.com" or host in named_hosts(ForgeKind.GITLAB, environment)


_OF_TOOLS: Final[Mapping[ForgeKind, tuple[tuple[str, Callable[[str, Mapping[str, str]], bool]], ...]]] = {
    ForgeKind.GITHUB: (
        ("GH_TOKEN", _for_github_itself),
        ("GITHUB_TOKEN", _for_this_run),
        ("GH_ENTERPRISE_TOKEN", _for_enterprise),
        ("GITHUB_ENTERPRISE_TOKEN", _for_enterprise),
    ),
    ForgeKind.GITLAB: (("GITLAB_TOKEN", _for_gitlab),),
    ForgeKind.GIT: (),
}
"""Variables in the order in which the forges' own tools read them, each with the hosts that it is for. Sources: GitHub CLI
manual, "environment"; GitLab CLI docs, "Environment variables"."""


def _sendable(token: Token) -> Token:
    if _SENDABLE.fullmatch(token.secret) is None:
        raise InputError(f"what {token.source} holds is no token: it has blanks or characters that none has")
    return token


def _missing(kind: ForgeKind, host: str, stated: str, environment: Mapping[str, str]) -> InputError:
    if stated and not environment.get(stated, "").strip():
        return InputError(
            f"the environment variable {stated} is not set",
            hint=f"[forge] token_env of migrator.toml names it; set {stated} where migrator runs",
        )
    unsent = [name for name in (stated, *(name for name, _ in _OF_TOOLS[kind])) if environment.get(name, "").strip()]
    if unsent:
        where = HOST_VARIABLES[kind][0]
        fitting = next(_variables(kind, host, "", environment), "")
        way = f"set {fitting}" if fitting else f"set {where}={host} if it is that host's"
        return InputError(
            f"there is no token for {host}: {unsent[0]} is for another host and is not sent there",
            hint=f"{way}, or name the variable with its token by token_env in [forge] of migrator.toml",
        )
    first = next(_variables(kind, host, stated, environment), _OF_TOOLS[kind][-1][0])
    job = kind is ForgeKind.GITLAB and "CI_JOB_TOKEN" in environment
    return InputError(
        f"there is no token for {host}{' (CI_JOB_TOKEN may not open merge requests)' if job else ''}",
        hint=f"set {first}, or store one in git's credential helper; {NEEDS[kind]}",
    )


NEEDS: Final[Mapping[ForgeKind, str]] = {
    ForgeKind.GITHUB: 'a fine-grained token needs "Pull requests: write", a classic one the scope repo',
    ForgeKind.GITLAB: "the token needs the scope api, and whoever has it the role Developer",
    ForgeKind.GIT: "",
}
"""What a token has to be allowed. Sources: GitHub docs, "Permissions required for fine-grained personal access tokens";
GitLab docs, "Personal access tokens" and "Roles and permissions"."""
