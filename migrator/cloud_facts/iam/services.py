"""What botocore says of its services that a role depends on.

In: `services.json`, written by `make iam-reference`. Out: the service prefix of a service of the SDK, which of its
operations need no permission, and method and path of those whose action is the method.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from migrator.cloud_facts.iam.rules import rules

_FILE = Path(__file__).with_name("services.json")


def prefix_of(service: str) -> str:
    """The prefix of a service's actions: `states` for `stepfunctions`."""
    prefixes: dict[str, str] = _data()["prefixes"]
    return rules().prefixes.get(service) or prefixes.get(service, service)


def is_free(service: str, operation: str) -> bool:
    """Whether anybody may send the operation, so that no policy has a say."""
    return operation in _data()["free"].get(service, ()) or operation in rules().free.get(service, ())


def path_of(service: str, operation: str) -> tuple[str, str] | None:
    """Method and path (parameters in braces) of an operation whose action is the method; None for all others."""
    written = _data()["paths"].get(service, {}).get(operation)
    if written is None:
        return None
    method, _, path = written.partition(" ")
    return method, path


@cache
def _data() -> Any:
    return json.loads(_FILE.read_text("utf-8"))
