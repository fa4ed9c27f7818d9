"""Which names may be of the SDK: a quick look before anything is evaluated, so that a large slice costs little.

In: a program. Out: whether a method or attribute of a name can be one that sends something. The names are those of all
services; those of resources, many of which other libraries have too (`get`, `delete`, `filter`), count only in a
program that makes a resource.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from migrator.cloud_facts.sdk_methods import client_methods, service_methods
from migrator.facts.expressions import Attribute, Call, Name, parts_of
from migrator.facts.records import Import
from migrator.model.index import Index, ModuleInfo
from migrator.model.sdk.sdk_objects import is_sdk
from migrator.model.sdk.signatures import ADDED_METHODS, CHAINED_METHODS
from migrator.model.sdk.users import uses_sdk

_WITH_RESOURCES = ("cloudformation", "cloudwatch", "dynamodb", "ec2", "glacier", "iam", "s3", "sns", "sqs")
_OF_ANY_RESOURCE = frozenset({"load", "reload", "batch_writer", "create_tags", "delete_tags", "download_file"})
_OF_REPEATED = frozenset({"paginate", "wait"})
_STUBS = ("mypy_boto3_", "types_boto3_", "types_aiobotocore_")


class Hints:
    """What may be of the SDK in one program."""

    def __init__(self, index: Index) -> None:
        users = [module for module in index.modules.values() if _imports_sdk(module)]
        self.any = bool(users)
        self._resources = any(_makes_resource(module) for module in users)

    def method(self, name: str) -> bool:
        """Whether a method of the name may send something."""
        if name in client_methods() or name in ADDED_METHODS or name in _OF_REPEATED:
            return True
        return self._resources and name in _resource_names()

    def attribute(self, name: str) -> bool:
        """Whether reading an attribute of the name may send something, or go through a collection."""
        return self._resources and name in _attribute_names()


@cache
def _resource_names() -> frozenset[str]:
    found: set[str] = set(_OF_ANY_RESOURCE | CHAINED_METHODS | ADDED_METHODS)
    for service in map(service_methods, _WITH_RESOURCES):
        for each in service.resources.values() if service is not None else ():
            found |= {*each.actions, *each.batch, *each.waiters}
    return frozenset(found)


@cache
def _attribute_names() -> frozenset[str]:
    found: set[str] = set()
    for service in map(service_methods, _WITH_RESOURCES):
        for each in service.resources.values() if service is not None else ():
            found |= {*each.attributes, *each.many}
    return frozenset(found)


def _imports_sdk(module: ModuleInfo) -> bool:
    return any(
        is_sdk(step.module) or uses_sdk(step.module) or step.module.startswith(_STUBS) for step in _imports(module)
    )


def _imports(module: ModuleInfo) -> Iterable[Import]:
    return [step for scope in module.facts.scopes for step in scope.steps if isinstance(step, Import)]


def _makes_resource(module: ModuleInfo) -> bool:
    """Whether a module speaks of resources: it makes one, or is given one of a stub's types."""
    if any(".service_resource" in step.module or step.module.startswith(_STUBS) for step in _imports(module)):
        return True
    calls = [part for scope in module.facts.scopes for step in scope.steps for part in parts_of(step)]
    return any(
        isinstance(part, Call)
        and (
            (isinstance(part.func, Attribute) and part.func.attr == "resource")
            or (isinstance(part.func, Name) and part.func.id == "resource")
        )
        for part in calls
    )
