"""What a call needs, before it is put into statements: the values that the modules of this package hand on.

In: nothing. Out: `Found`, `Missing` and `Need`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from migrator.domain.sdk_calls import SdkCall

Conditions: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator to key to values."""

ASKED = "${?}"
"""Stands in a pattern for the parameter that whoever deploys is asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource that the code names.

    Attributes:
        type: such as `s3:object`; an empty string where there is no resource level.
        needs: conditions of the template that have to be true for the pattern to be one.
        because: why a `*` in it cannot be narrower, or an empty string.
        arn: where a parameter is its whole ARN, what that looks like, with variables in `${}`.
    """

    type: str
    pattern: str
    needs: frozenset[str] = frozenset()
    conditions: Conditions = field(default_factory=dict)
    because: str = ""
    arn: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A resource that the code does not name.

    Attributes:
        type: of the resource that the action is about, such as `s3:object`.
        kind: what is asked for, in a word of AWS: `bucket`.
        pattern: with `ASKED` where the answer goes.
        by_name: whether the name is asked for; else the ARN.
        arn: what that ARN looks like, with variables in `${}`; an empty string where nobody can say.
        source: how the code says it, or an empty string where no argument does.
        setting: the setting that holds it, or an empty string.
    """

    type: str
    kind: str
    pattern: str
    by_name: bool
    arn: str = ""
    source: str = ""
    setting: str = ""


Target: TypeAlias = "Found | Missing"


@dataclass(frozen=True, slots=True)
class Need:
    """An action that a call needs, on all of its targets."""

    action: str
    targets: tuple[Target, ...]
    call: SdkCall
    conditions: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why no statement can be made for an operation of a call, or why the one that is made is not enough."""

    call: SdkCall
    reason: str


def unique(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Targets in their order, each once."""
    found: list[Target] = []
    found.extend(each for each in targets if each not in found)
    return tuple(found)
