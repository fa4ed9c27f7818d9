"""What the methods of the cloud's SDK send: operations, paginators, waiters and resources of every service.

In: `sdk/SERVICE.json`, written by `make sdk-facts` from the data that botocore and boto3 ship; never botocore itself.
Out: `ServiceMethods`, read when somebody asks for the service. Which of them a program calls is left to
`migrator.model.sdk`, what a role needs for them to `migrator.artifacts`.

A file has `operations` (names, separated by blanks), `methods` (those whose method is not the name in snake case),
`paginators`, `waiters` (method to operation) and `resources` (by type; the service itself is the type without a name).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "sdk"

_WORD = re.compile(r"(.)([A-Z][a-z]+)")
_PLURAL = re.compile(r"[A-Z]{2,}s$")
_EDGE = re.compile(r"([a-z0-9])([A-Z])")


@dataclass(frozen=True, slots=True)
class Reference:
    """The resource that something gives.

    Attributes:
        identifiers: name to where it comes from: `input` (an argument), `own NAME` (an identifier of what gives it),
            `parameter NAME` (of the request), `response` or `data`.
        loaded: its attributes are there without another request.
    """

    type: str
    identifiers: Mapping[str, str]
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What a method of a resource sends.

    Attributes:
        operation: of the API; an empty string where nothing is sent.
        given: parameter to the identifier that fills it.
        gives: the resource that comes back.
    """

    operation: str
    given: Mapping[str, str] = field(default_factory=dict)
    gives: Reference | None = None


@dataclass(frozen=True, slots=True)
class ResourceMethods:
    """One type of resource.

    Attributes:
        identifiers: in the order in which they are given.
        actions: method to request; `batch`: the same for a collection of the resources.
        has: other resources that it makes or refers to, without a request.
        many: collections.
        waiters: method to the waiter's method, and the parameters that identifiers fill.
        load: what reading one of its `attributes` sends, where they are not there yet.
    """

    identifiers: tuple[str, ...] = ()
    actions: Mapping[str, Request] = field(default_factory=dict)
    batch: Mapping[str, Request] = field(default_factory=dict)
    has: Mapping[str, Reference] = field(default_factory=dict)
    many: Mapping[str, Request] = field(default_factory=dict)
    waiters: Mapping[str, Request] = field(default_factory=dict)
    load: Request | None = None
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ServiceMethods:
    """One service.

    Attributes:
        name: as the SDK is asked for it, such as `stepfunctions`.
        methods: of the client, to the operation that each sends.
        paginators: methods that have one.
        waiters: name to the operation that it repeats.
        resources: by type; the service itself under an empty string. Empty where boto3 has none.
    """

    name: str
    methods: Mapping[str, str]
    paginators: frozenset[str]
    waiters: Mapping[str, str]
    resources: Mapping[str, ResourceMethods]


def snake_case(name: str) -> str:
    """The method of an operation, by the rule that all but some follow: `PutObject` is `put_object`."""
    plural = _PLURAL.search(name)
    if plural:
        name = f"{name[: plural.start()]}_{plural.group().lower()}"
    return _EDGE.sub(r"\1_\2", _WORD.sub(r"\1_\2", name)).lower()


@cache
def service_names() -> frozenset[str]:
    """The services that the SDK knows."""
    return frozenset(path.stem for path in DATA.glob("*.json"))


@cache
def service_methods(name: str) -> ServiceMethods | None:
    """What the clients and resources of a service can do; None where the SDK has no such service."""
    if name not in service_names():
        return None
    found = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    odd: dict[str, str] = found.get("methods", {})
    named = set(odd.values())
    methods = {snake_case(each): each for each in found["operations"].split() if each not in named} | odd
    by_operation = {operation: method for method, operation in methods.items()}
    pages = found.get("paginators", "").split()
    return ServiceMethods(
        name,
        methods,
        frozenset(by_operation[each] for each in pages if each in by_operation),
        found.get("waiters", {}),
        {type_: _resource(each) for type_, each in found.get("resources", {}).items()},
    )


@cache
def services_with(method: str) -> tuple[str, ...]:
    """The services whose client has a method, sorted: one that only one service has says which service it is."""
    return _services_by_method().get(method, ())


@cache
def client_methods() -> frozenset[str]:
    """The methods that the client of any service has."""
    return frozenset(_services_by_method())


@cache
def _services_by_method() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(service_names()):
        service = service_methods(name)
        for method in service.methods if service is not None else ():
            found[method] = (*found.get(method, ()), name)
    return found


def _resource(found: Mapping[str, Any]) -> ResourceMethods:
    return ResourceMethods(
        identifiers=tuple(found.get("identifiers", ())),
        actions={name: _request(each) for name, each in found.get("actions", {}).items()},
        batch={name: _request(each) for name, each in found.get("batch", {}).items()},
        has={name: _reference(each) for name, each in found.get("has", {}).items()},
        many={name: _request(each) for name, each in found.get("many", {}).items()},
        waiters={
            name: Request(each["waiter"], each.get("given", {})) for name, each in found.get("waiters", {}).items()
        },
        load=_request(found["load"]) if "load" in found else None,
        attributes=frozenset(found.get("attributes", "").split()),
    )


def _request(found: Mapping[str, Any]) -> Request:
    gives = _reference(found["gives"]) if "gives" in found else None
    return Request(found.get("operation", ""), found.get("given", {}), gives)


def _reference(found: Mapping[str, Any]) -> Reference:
    return Reference(found["type"], found.get("identifiers", {}), found.get("loaded", False))
