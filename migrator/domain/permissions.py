"""What a function may do: statements of a role, before they are written in any template's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.domain.locations import Location


@dataclass(frozen=True, slots=True)
class Resource:
    """What a statement is about.

    Attributes:
        pattern: an ARN in which `${Name}` stands for a template parameter or a pseudo parameter, such as
            `arn:${AWS::Partition}:s3:::${UploadsBucket}/invoices/*`; or `*` where the service has no resource level.
            `${Name/4}` stands for what is behind the fourth `/` of a parameter's value, `${Name/@/1}` for what is
            behind its first `@`.
        because: why a `*` in it cannot be narrower; else an empty string.
        needs: conditions of the template, all of which have to be true for the pattern to be one; sorted.
    """

    pattern: str
    because: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that allows something.

    Attributes:
        id: letters and digits, unlike any other of the role.
        actions: such as `s3:GetObject`, sorted.
        resources: sorted by pattern.
        conditions: operator to key to values, such as `{"StringLike": {"s3:prefix": ("invoices/*",)}}`.
        asked_at: the places of the code that need it, nearest first.
    """

    id: str
    actions: tuple[str, ...]
    resources: tuple[Resource, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    asked_at: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedResource:
    """A resource that the code does not name and whoever deploys has to: a parameter of the template.

    Attributes:
        parameter: its name, letters and digits.
        kind: what it is, in AWS's word for the resource type, such as `bucket`.
        by_name: whether its name is asked for; else its ARN.
        arn: what that ARN looks like, with variables in `${}`; an empty string where nobody can say.
        description: what is asked for, in words for the person who deploys.
        reason: why the code does not say it.
        location: of the first call that needs it.
    """

    parameter: str
    kind: str
    by_name: bool
    arn: str
    description: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class Unallowed:
    """A call for which no statement could be made; a person has to read the place and write one."""

    call: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class Permissions:
    """All that the role needs for the slice's own calls.

    Attributes:
        arns: parameters of settings that hold a whole ARN, to what that looks like, with variables in `${}`.
    """

    statements: tuple[Statement, ...] = ()
    named: tuple[NamedResource, ...] = ()
    unallowed: tuple[Unallowed, ...] = ()
    arns: Mapping[str, str] = field(default_factory=dict)
