"""Ways out of a private network to the services of AWS that a function uses.

In: the plan, the folders of the template. Out: `Endpoint` values, and what the network has to have free for the function.
Sources, read 2026-11: "AWS services that integrate with AWS PrivateLink" and "Gateway endpoints" (Amazon VPC), "Giving
Lambda functions access to resources in an Amazon VPC" (Lambda: one interface for each pair of subnet and set of security
groups, 65,000 connections each).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from migrator.artifacts.naming import logical_id
from migrator.domain.plans import Plan

_GATEWAYS = frozenset({"s3", "dynamodb"})
# The SDK's name of a service to the last word of its endpoint, where there is one; others cannot be reached privately.
_NAMES: Mapping[str, str] = {
    **{
        name: name
        for name in ("dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs", "ssm", "sts")
    },
    "firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
    "logs": "logs",
    "scheduler": "scheduler",
    "ses": "email",
    "sesv2": "email",
    "stepfunctions": "states",
    "textract": "textract",
}
# What the template's own parts ask for.
_BY_PART: Mapping[str, str] = {"queue": "sqs", "idempotency": "dynamodb"}
_CONNECTIONS, _EACH = 65_000, 10


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of a service.

    Attributes:
        id: of the resource, before `Endpoint`.
        service: last word of its name.
        gateway: whether it is a row of route tables, and costs nothing; else interfaces in the subnets.
    """

    id: str
    service: str
    gateway: bool


def endpoints_of(plan: Plan, parts: Collection[str], *, by_parameter_store: bool) -> tuple[Endpoint, ...]:
    """Endpoints of what the function uses; none where it is in no private network."""
    if not plan.network:
        return ()
    used = {name for part, name in _BY_PART.items() if part in parts}
    used |= {_NAMES[call.service] for call in plan.sdk.calls if call.service in _NAMES}
    if "secrets" in parts:
        used.add("ssm" if by_parameter_store else "secretsmanager")
    return tuple(Endpoint(logical_id(name), name, name in _GATEWAYS) for name in sorted(used))


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a network has to have free.

    Attributes:
        environments: at one time.
        connections: that they hold, at ten each.
        interfaces: of one subnet of two; each takes one address.
    """

    environments: int
    connections: int
    interfaces: int


def addresses() -> tuple[Addresses, ...]:
    """A row for each order of size."""
    sizes = (100, 1_000, 10_000)
    return tuple(Addresses(size, size * _EACH, math.ceil(size * _EACH / 2 / _CONNECTIONS)) for size in sizes)
