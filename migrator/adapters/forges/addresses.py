"""What a remote's address says of the forge behind it.

In: the address as git has it (`https://…`, `ssh://…`, `git@host:path`, a folder), and the API's base URL where the
configuration has one. Out: `Address`: which kind, where its API and its pages are, what the repository is called there. Nobody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from migrator.domain.forges import ForgeKind
from migrator.errors import InputError

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that are this machine."""

HOST_VARIABLES: Final[Mapping[ForgeKind, tuple[str, ...]]] = {
    ForgeKind.GITHUB: ("GH_HOST",),
    ForgeKind.GITLAB: ("GITLAB_HOST", "GL_HOST", "CI_SERVER_HOST"),
    ForgeKind.GIT: (),
}
"""Variables by which a person, or a pipeline, says which host is meant. Sources: GitHub CLI manual, "environment"; GitLab CLI docs,
"Environment variables"; GitLab docs, "Predefined CI/CD variables"."""

_LIKE_SCP: Final = re.compile(r"(?:(?P<user>[^@/\s]+)@)?(?P<host>\[[^\]]+\]|[^:/\s]{2,}):(?!//)(?P<path>.*)", re.ASCII)
"""`user@host:path`; one letter before the colon is a drive. Source: git-clone(1), "GIT URLS"."""

_OTHER_DOOR: Final[Mapping[str, str]] = {
    "ssh.github.com": "github.com",
    "www.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
}
"""Other names of hosts; two of them take SSH by port 443. Sources: GitHub docs, "Using SSH over the HTTPS port"; GitLab docs, "Use SSH keys"."""

_CLOUD: Final = re.compile(r"github\.com|[^.]+\.ghe\.com", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """A repository at a forge.

    Attributes:
        host: of the remote, with the port where that is not the scheme's own; empty for a folder.
        repository: `OWNER/NAME`, for GitLab with all groups; empty where the address does not say it.
        web: URL of the repository's page, without a trailing slash; empty where there is none.
    """

    host: str
    repository: str
    web: str

    @property
    def name(self) -> str:
        """The host alone, without a port."""
        return hostname(f"//{self.host}")

    @property
    def shown(self) -> str:
        """What people call it."""
        return f"{self.host}/{self.repository}" if self.host else self.repository


def address(remote_url: str) -> Address:
    """What a remote's address says. A name and a password in it are left out; one of a folder has no host."""
    text = remote_url.strip()
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return Address("", "", "")
        if parts.scheme == "file":
            return _folder(parts.path)
        on_web = parts.scheme in ("http", "https")
        clear = parts.scheme == "http" and host in LOOPBACK
        # The port of SSH is none of the pages; and what a remote asks in the clear, nobody with a token does.
        kept = port if port is not None and on_web and (clear or parts.scheme == "https") else None
        return _hosted(host, kept, parts.path, scheme="http" if clear else "https")
    scp = _LIKE_SCP.fullmatch(text)
    if scp is not None:
        return _hosted(scp["host"].strip("[]").lower(), None, scp["path"], scheme="https")
    return _folder(text)


def kind_of(host: str) -> ForgeKind:
    """The kind of forge that a host is called after; plain git where it is called after none."""
    labels = host.lower().split(".")
    if _CLOUD.fullmatch(host.lower()):
        return ForgeKind.GITHUB
    for kind in (ForgeKind.GITHUB, ForgeKind.GITLAB):
        if any(label == kind.value or label.startswith(f"{kind.value}-") for label in labels):
            return kind
    return ForgeKind.GIT


def api_of(kind: ForgeKind, place: Address, stated: str, trusted: Container[str] = ()) -> str:
    """Base URL of the REST API, without a trailing slash.

    Sources: GitHub docs, "Getting started with the REST API" (`api.github.com`, `api.SUBDOMAIN.ghe.com`,
    `HOST/api/v3`); GitLab docs, "REST API" (`HOST/api/v4`).

    Args:
        stated: by the configuration; empty where the host says it.
        trusted: hosts that the environment names, which is the person's own, while the configuration comes with the repository.

    Raises:
        InputError: what is stated is on another host than the remote, or neither says where it is.
    """
    if not stated:
        if not place.host:
            raise InputError(
                f"the remote is a folder, so where {kind} is asked is not known",
                hint='state url in [forge] of migrator.toml, or kind = "git"',
            )
        scheme = place.web.partition("://")[0]
        if is_cloud(place.name):
            return f"https://api.{place.name}"
        return f"{scheme}://{place.host}{'/api/v3' if kind is ForgeKind.GITHUB else '/api/v4'}"
    api = hostname(stated)
    near = (place.name, f"api.{place.name}", place.name.removeprefix("ssh."))
    if api not in near and api not in trusted and not (not place.host and api in LOOPBACK):
        raise InputError(
            f"the API at {api} is not on the remote's host{f' {place.name}' if place.host else ''}, "
            "and a token goes to no other",
            hint=f"let url in [forge] of migrator.toml and the remote's address name one host, or set {HOST_VARIABLES[kind][0]}={api} "
            "if you trust it",
        )
    return stated.rstrip("/")


def repository_at(place: Address, api: str) -> str:
    """What the repository is called there: without the path that the whole forge is below, if it is below one."""
    root = urlsplit(api).path.strip("/").removesuffix("api/v4").removesuffix("api/v3").strip("/")
    return place.repository.removeprefix(f"{root}/") if root else place.repository


def is_cloud(host: str) -> bool:
    """Whether a host is one that GitHub itself runs."""
    return _CLOUD.fullmatch(host) is not None


def hostname(url: str) -> str:
    """The host of a URL in small letters; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def named_hosts(kind: ForgeKind, environment: Mapping[str, str]) -> frozenset[str]:
    """The hosts that the environment names for a kind, by their names or addresses."""
    places = (environment.get(name, "").strip() for name in HOST_VARIABLES[kind])
    return frozenset(filter(None, (hostname(place if "://" in place else f"//{place}") for place in places)))


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL: what has to be equal for a token to go there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", 0
    return parts.scheme, (parts.hostname or "").lower(), port or (443 if parts.scheme == "https" else 80)


def _hosted(host: str, port: int | None, path: str, *, scheme: str) -> Address:
    host = _OTHER_DOOR.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port is not None else shown
    repository = _named(path)
    web = f"{scheme}://{place}/{quote(repository)}" if host and repository else ""
    return Address(place, repository, web)


def _folder(path: str) -> Address:
    return Address("", "/".join(_named(path).split("/")[-2:]), "")


def _named(path: str) -> str:
    return path.strip("/").removesuffix("/.git").removesuffix(".git").strip("/")
