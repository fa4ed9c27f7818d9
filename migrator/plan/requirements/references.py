"""Distributions that come from elsewhere than an index: an archive, a repository, a folder.

In: an address as a requirements file, a Poetry or uv table or a Pipfile has it. Out: a `Reference` with the name
that it can be known by. Nothing is fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9.-]*\+)?[a-z][a-z0-9.-]*:", re.IGNORECASE)
_EGG = re.compile(r"egg=(?P<name>[A-Za-z0-9._-]+)(?:\[(?P<extras>[^\]]*)\])?")
_REPOSITORIES = ("git", "hg", "svn", "bzr")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a distribution comes from.

    Attributes:
        address: without a user's password and without the fragment that only names it; empty where it is broken.
        name: as the address tells it, or an empty string.
        had_credentials: whether a password or token was taken out of the address.
    """

    address: str
    name: str = ""
    extras: frozenset[str] = frozenset()
    had_credentials: bool = False


def is_reference(text: str) -> bool:
    """Whether a line of a requirements file is an address or a path instead of a name."""
    first = text.split(" ", 1)[0]
    return (
        bool(_SCHEME.match(first)) or first.startswith((".", "/", "~")) or first.endswith((".whl", ".tar.gz", ".zip"))
    )


def read_reference(text: str) -> Reference:
    """An address or path; the name from its `#egg=`, its archive, or its last part.

    An address that nobody can read gives a reference without one.
    """
    try:
        return _read(text)
    except ValueError:  # such as a host in half a bracket
        return Reference("")


def _read(text: str) -> Reference:
    if not _SCHEME.match(text):
        path, _, fragment = text.partition("#")
        inside = re.search(r"\[([^\]]*)\]$", path)
        path = path[: inside.start()] if inside else path
        egg = _EGG.search(fragment)
        return Reference(path, egg["name"] if egg else _name(path), _extras(inside[1] if inside else ""))
    parts = urlsplit(text)
    address, had_credentials = _without_password(text.partition("#")[0])
    egg = _EGG.search(parts.fragment)
    name = egg["name"] if egg else _name(unquote(parts.path))
    return Reference(address, name, _extras(egg["extras"] if egg else ""), had_credentials)


def table_reference(table: Mapping[str, object]) -> Reference | None:
    """The reference of a table such as `{git = "...", rev = "..."}`, or None where it has none."""
    try:
        return _read_table(table)
    except ValueError:
        return Reference("")


def _read_table(table: Mapping[str, object]) -> Reference | None:
    for kind in _REPOSITORIES:
        if isinstance(address := table.get(kind), str):
            revision = next(
                (value for key in ("rev", "ref", "tag", "branch") if isinstance(value := table.get(key), str)), ""
            )
            told = address if address.startswith(f"{kind}+") else f"{kind}+{address}"
            told, had_credentials = _without_password(_as_url(told) + (f"@{revision}" if revision else ""))
            folder = table.get("subdirectory")
            return Reference(told + (f"#subdirectory={folder}" if folder else ""), had_credentials=had_credentials)
    for key in ("url", "file", "path"):
        if isinstance(address := table.get(key), str):
            return read_reference(address)
    return None


def _as_url(address: str) -> str:
    """`git+git@host:path` is how ssh writes it; pip wants `git+ssh://git@host/path`."""
    short = re.fullmatch(r"(\w+)\+([\w.-]+@[\w.-]+):(?!//)(.+)", address)
    return f"{short[1]}+ssh://{short[2]}/{short[3]}" if short else address


def _without_password(address: str) -> tuple[str, bool]:
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    # A name alone is a token for https and only a name for ssh; ${NAME} is filled in by pip from the environment.
    secret = at and not user.startswith("$") and (":" in user or not parts.scheme.endswith("ssh"))
    if not secret or (":" in user and user.partition(":")[2].startswith("${")):
        return address, False
    return urlunsplit(parts._replace(netloc=host)), True


def _extras(text: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip())


def _name(path: str) -> str:
    last = posixpath.basename(path.rstrip("/"))
    try:
        if last.endswith(".whl"):
            return str(parse_wheel_filename(last)[0])
        if last.endswith((".tar.gz", ".zip")):
            return str(parse_sdist_filename(last)[0])
    except (InvalidWheelFilename, InvalidSdistFilename):
        pass
    plain = last.partition("@")[0].removesuffix(".git")
    return plain if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", plain) else ""
