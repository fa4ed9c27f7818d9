"""The policy documents of a template, each with where it stands.

In: a template as it is written and as the translator made it. Out: `Policy`: its statements with every function worked
out, and their places in the file. What they allow is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from migrator.adapters.checks.template.intrinsics import Resolver
from migrator.adapters.checks.template.reading import Template
from migrator.adapters.checks.template.translating import Translated


class Attached(StrEnum):
    """What a policy is attached to."""

    IDENTITY = "identity"  # says what a role may do
    TRUST = "trust"  # says who may take a role
    RESOURCE = "resource"  # says who may do something with a resource
    KEY = "key"  # the same of a key, whose account must keep all rights to it


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """One statement.

    Attributes:
        says: with plain values.
        place: `template.yaml:LINE`.
        reasoned: whether a comment stands in it or directly above it.
        written: whether it stands in the file; the translator makes some.
    """

    says: Mapping[str, Any]
    place: str
    reasoned: bool = False
    written: bool = True

    def listed(self, key: str) -> tuple[str, ...]:
        """The values of a key that may be one or many."""
        found = self.says.get(key, ())
        return tuple(map(str, found)) if isinstance(found, list) else (str(found),) if found else ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy document.

    Attributes:
        owner: logical id of the resource that has it.
        name: of the policy, or an empty string.
        place: `template.yaml:LINE`.
    """

    owner: str
    name: str
    attached: Attached
    statements: tuple[PolicyStatement, ...]
    place: str

    @property
    def document(self) -> dict[str, Any]:
        """As IAM takes it."""
        return {"Version": "2012-10-17", "Statement": [dict(statement.says) for statement in self.statements]}


# Type of a resource: the property that has the document, and what it is attached to.
_PROPERTIES: Final[Mapping[str, tuple[str, Attached]]] = {
    "AWS::IAM::Policy": ("PolicyDocument", Attached.IDENTITY),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument", Attached.IDENTITY),
    "AWS::IAM::RolePolicy": ("PolicyDocument", Attached.IDENTITY),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", Attached.RESOURCE),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", Attached.RESOURCE),
    "AWS::S3::BucketPolicy": ("PolicyDocument", Attached.RESOURCE),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy", Attached.RESOURCE),
    "AWS::ECR::Repository": ("RepositoryPolicyText", Attached.RESOURCE),
    "AWS::EC2::VPCEndpoint": ("PolicyDocument", Attached.RESOURCE),
    "AWS::ApiGateway::RestApi": ("Policy", Attached.RESOURCE),
    "AWS::KMS::Key": ("KeyPolicy", Attached.KEY),
}
_COMMENT = re.compile(r"(?:^|\s)#\s*\S")
_COMMENT_ALONE = re.compile(r"^\s*#\s*\S")
_EMPTY = re.compile(r"^\s*(?:#.*)?$")


def policies_of(template: Template, made: Translated) -> tuple[Policy, ...]:
    """Every policy of the translated template, in its order."""
    resources = made.resources
    resolver = Resolver(made.section("Parameters"), resources)
    return tuple(
        policy
        for logical, resource in resources.items()
        for policy in _of_resource(logical, resource, template, resolver)
    )


def _of_resource(logical: str, resource: Mapping[str, Any], template: Template, resolver: Resolver) -> Iterator[Policy]:
    kind, properties = resource["Type"], resource["Properties"]
    at = ("Resources", logical, "Properties")
    if kind == "AWS::IAM::Role":
        trust = properties.get("AssumeRolePolicyDocument")
        yield from _policy(logical, "", Attached.TRUST, trust, (*at, "AssumeRolePolicyDocument"), template, resolver)
        for number, inline in enumerate(_listed(properties.get("Policies"))):
            if isinstance(inline, Mapping):
                path = (*at, "Policies", number, "PolicyDocument")
                name = resolver.text(inline.get("PolicyName", ""))
                found = inline.get("PolicyDocument")
                yield from _policy(logical, name, Attached.IDENTITY, found, path, template, resolver)
    elif kind in _PROPERTIES:
        key, attached = _PROPERTIES[kind]
        yield from _policy(logical, "", attached, properties.get(key), (*at, key), template, resolver)


def _policy(
    owner: str,
    name: str,
    attached: Attached,
    document: Any,
    path: tuple[str | int, ...],
    template: Template,
    resolver: Resolver,
) -> Iterator[Policy]:
    if not isinstance(document, Mapping):
        return
    written = _node(template.document, (*path, "Statement"))
    place = template.place(*path) if written is not None else _nearest(owner, template)
    found = document.get("Statement", ())
    statements = []
    for number, raw in enumerate([found] if isinstance(found, Mapping) else _listed(found)):
        if not isinstance(raw, Mapping):
            continue
        statement = PolicyStatement(resolver.value(raw), place, written=False)
        node = written if isinstance(found, Mapping) else _node(written, (number,))
        if isinstance(node, Mapping):
            line = _start(node)
            statement = replace(
                statement,
                place=template.place(*path, "Statement", number) if not line else f"template.yaml:{line}",
                reasoned=_reasoned(template.text, node),
                written=True,
            )
        statements.append(statement)
    yield Policy(owner, name, attached, tuple(statements), place)


def _listed(found: Any) -> Sequence[Any]:
    return found if isinstance(found, list) else ()


def _node(node: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _start(node: object) -> int:
    mark = getattr(node, "start_mark", None)
    return int(mark.line) + 1 if mark is not None else 0


def _reasoned(text: str, node: object) -> bool:
    """Whether a comment stands in a statement's lines or directly above them."""
    first = _start(node)
    end = getattr(node, "end_mark", None)
    if not first or end is None:
        return False
    lines = text.splitlines()
    own = lines[first - 1 : max(first, int(end.line))]
    while own and _EMPTY.match(own[-1]):  # what comes after its last word belongs to the next one
        own.pop()
    above = lines[first - 2] if first >= 2 else ""
    return bool(_COMMENT_ALONE.match(above)) or any(_COMMENT.search(line) for line in own)


def _nearest(owner: str, template: Template) -> str:
    """The place of the resource from which the translator made another: its id begins like that one's."""
    sources = sorted((name for name in template.resources if owner.startswith(str(name))), key=len)
    return template.place("Resources", sources[-1]) if sources else template.place()
