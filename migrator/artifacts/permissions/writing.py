"""Permissions as the template is told them: every name, expression and line of a comment worked out.

In: `Permissions`, what the template allows already. Out: `PermissionsShown`. The layout is left to
`templates/sam/permissions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.quoting import comment_lines, quoted
from migrator.domain.permissions import NamedResource, Permissions, Resource, Statement, Unallowed

_PLACES = 3
"""Places of the code that a statement's comment names; the others are counted."""

_CUT = re.compile(r"\$\{(\w+)/(?:(.)/)?(\d+)\}")
# Variables of an ARN, as a person may say them; whoever knows the name can say it without `*`.
_SAID = {"Partition": "[a-z0-9-]+", "Region": "[a-z0-9-]*", "Account": "[0-9]*"}
_ANY = "[^*?]+"
_ANY_ARN = "arn:[a-z0-9-]+:[^*?]+"

# What templates allow by themselves: traces, and the objects that a bucket tells of (`templates/sam/object_store`).
_OWN = frozenset(
    {
        ("xray:PutTelemetryRecords", "*"),
        ("xray:PutTraceSegments", "*"),
        ("s3:GetObject", "arn:${AWS::Partition}:s3:::${BucketName}/*"),
    }
)


@dataclass(frozen=True, slots=True)
class ResourceShown:
    """A resource.

    Attributes:
        expression: of YAML, on one line; the text of a `!Sub` where there are cuts.
        cuts: names in that text to what is cut out of a parameter for them.
    """

    expression: str
    cuts: Mapping[str, str]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement.

    Attributes:
        condition: of the template, without which the statement is left out; else an empty string.
        conditions: operator to key to expressions.
    """

    id: str
    comments: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[ResourceShown, ...]
    condition: str
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class ParameterShown:
    """A parameter that has to be said."""

    id: str
    description: str
    pattern: str


@dataclass(frozen=True, slots=True)
class UnresolvedShown:
    """A call without a statement."""

    call: str
    reason: str
    location: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PermissionsShown:
    """What the part of the template is told.

    Attributes:
        together: conditions that stand for several: name to those that have to be true.
        patterns: regular expressions of the settings' parameters that hold an ARN.
    """

    statements: tuple[StatementShown, ...]
    parameters: tuple[ParameterShown, ...]
    unresolved: tuple[UnresolvedShown, ...]
    together: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, str]

    @property
    def any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.statements or self.unresolved)


def permissions_shown(permissions: Permissions) -> PermissionsShown:
    """What the part of the template is told."""
    statements = [each for each in permissions.statements if not _is_own(each)]
    needed = {each.resources[0].needs for each in statements if len(each.resources[0].needs) > 1}
    return PermissionsShown(
        tuple(_statement(each) for each in statements),
        tuple(_parameter(each) for each in permissions.named),
        tuple(_unresolved(each) for each in permissions.unallowed),
        {_all_of(needs): needs for needs in sorted(needed)},
        {parameter: _arns(arn) for parameter, arn in permissions.arns.items()},
    )


def _expression(pattern: str) -> str:
    """A pattern as a value of YAML: `!Sub` where parameters are in it."""
    alone = re.fullmatch(r"\$\{([\w:]+)\}", pattern)
    if alone:
        return f"!Ref {alone[1]}"
    return f"!Sub {quoted(pattern)}" if "${" in pattern else quoted(pattern)


def _is_own(statement: Statement) -> bool:
    allowed = {(action, resource.pattern) for action in statement.actions for resource in statement.resources}
    return allowed <= _OWN and not statement.conditions


def _statement(statement: Statement) -> StatementShown:
    places = [str(place) for place in statement.asked_at]
    more = [f"and {len(places) - _PLACES} more"] if len(places) > _PLACES else []
    return StatementShown(
        statement.id,
        comment_lines(f"Asked for at {', '.join([*places[:_PLACES], *more])}."),
        statement.actions,
        tuple(_resource(each) for each in statement.resources),
        _all_of(statement.resources[0].needs),
        {
            operator: {key: tuple(_expression(value) for value in values) for key, values in keys.items()}
            for operator, keys in statement.conditions.items()
        },
    )


def _resource(resource: Resource) -> ResourceShown:
    because = resource.because
    comments = comment_lines(f"{because[:1].upper()}{because[1:]}.") if because else ()
    cuts: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        parameter, sign, index = match[1], match[2] or "/", match[3]
        name = f"{parameter}Part{index}"
        cuts[name] = f'!Select [{index}, !Split ["{sign}", !Ref {parameter}]]'
        return f"${{{name}}}"

    pattern = _CUT.sub(named, resource.pattern)
    return ResourceShown(quoted(pattern) if cuts else _expression(pattern), cuts, comments)


def _all_of(needs: tuple[str, ...]) -> str:
    return "And".join(needs)


def _parameter(named: NamedResource) -> ParameterShown:
    return ParameterShown(named.parameter, named.description, _ANY if named.by_name else _arns(named.arn))


def _arns(template: str) -> str:
    """The regular expression of an ARN's template."""
    if not template:
        return _ANY_ARN
    pieces = re.split(r"\$\{(\w+)\}", template)
    return "".join(
        _SAID.get(piece, _ANY) if number % 2 else re.sub(r"([.+()])", r"[\1]", piece)
        for number, piece in enumerate(pieces)
    )


def _unresolved(unallowed: Unallowed) -> UnresolvedShown:
    text = f"Not allowed yet: {unallowed.call} at {unallowed.location}: {unallowed.reason}."
    return UnresolvedShown(unallowed.call, unallowed.reason, str(unallowed.location), comment_lines(text))
