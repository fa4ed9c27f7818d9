"""The client by which legacy code reaches a candidate that has left it.

In: an assessment, the seam's record and weights as they were. Out: where the client goes, its text, the setting that it
reads. Each candidate has a module of its own, so that branches that remove several merge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from migrator.artifacts.formatting import format_python
from migrator.artifacts.naming import service_name
from migrator.artifacts.removal.senders import Client
from migrator.artifacts.rendering import render
from migrator.cloud_facts.facts import most
from migrator.domain.assessments import Assessment
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.source import SourceFile

PACKAGE = "migrator_clients"
_TEMPLATE = "client/client.py.j2"
_PACKAGE_TEMPLATE = "client/package.py.j2"
# As in the `router.yaml` of a service.
_ALIAS = "live"
# Legacy has no second try of its own any more: botocore's tries are all there are.
_TRIES = 4
_CONNECT_TIMEOUT_S = 2
_READ_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """A client.

    Attributes:
        files: path to text.
        setting: the variable of the environment that it reads.
        known: whether it works without that.
    """

    client: Client
    files: Mapping[str, str]
    setting: str
    known: bool


def client_of(assessment: Assessment, home: SourceFile, canary: Mapping[str, Any]) -> ClientFiles | None:
    """The client, or None where living code has no way to a candidate of its kind.

    Args:
        home: the candidate's module.
        canary: what the seam's weights say of the route's canary; empty where that is not known.
    """
    queue = next((each for each in assessment.triggers if each.kind is TriggerKind.QUEUE), None)
    kinds = {each.kind for each in assessment.triggers}
    if assessment.name.rpartition(".")[0] != home.name:
        return None  # a method: what names its class wants more than to call it
    if queue is not None and queue.framework != "celery":
        return None
    if queue is None and not kinds <= {TriggerKind.SCHEDULE, TriggerKind.COMMAND}:
        return None
    folder, package = _place(home)
    name = assessment.name.rpartition(".")[2]
    service = service_name(assessment.name)
    module = service.replace("-", "_")
    calls = queue is None
    address = _address(canary, service, calls=calls)
    setting = f"{module.upper()}_{'FUNCTION' if calls else 'QUEUE_URL'}"
    text = render(
        _TEMPLATE,
        {
            "candidate": assessment.name,
            "calls": calls,
            "service": "lambda" if calls else "sqs",
            "kind": "Function" if calls else "Task",
            "variable": setting,
            "task": _task(queue, assessment.name),
            "address": address,
            "region": canary.get("region"),
            "endpoint": canary.get("endpoint"),
            "connect_timeout_s": _CONNECT_TIMEOUT_S,
            "read_timeout_s": most("lambda.timeout_s") if calls else _READ_TIMEOUT_S,
            "max_bytes": int(most("lambda.sync_payload_bytes") if calls else most("sqs.message_bytes")),
            "max_delay_s": int(most("sqs.delay_s")),
            "tries": 1 if calls else _TRIES,
            "name": name,
        },
    )
    files = {
        f"{folder}{PACKAGE}/__init__.py": render(_PACKAGE_TEMPLATE, {}),
        f"{folder}{PACKAGE}/{module}.py": format_python(text, first_party=()),
    }
    dotted = f"{package}.{PACKAGE}.{module}" if package else f"{PACKAGE}.{module}"
    return ClientFiles(Client(dotted, name, calls), files, setting, bool(address))


def _task(queue: Trigger | None, name: str) -> str:
    return str(queue.detail.get("task") or name) if queue is not None else name


def _address(canary: Mapping[str, Any], service: str, *, calls: bool) -> str:
    if not calls:
        return str(canary.get("queue") or "")
    return f"{canary.get('lambda') or service}:{canary.get('alias') or _ALIAS}"


def _place(home: SourceFile) -> tuple[str, str]:
    """The folder of the outermost package with a slash behind it, and the package's name; of no package, the folder."""
    parts = home.name.split(".")
    steps = len(parts) if home.is_package else len(parts) - 1
    base = PurePosixPath(home.path).parent
    for _ in range(steps):
        base = base.parent
    folder = base / parts[0] if steps else base
    return ("" if str(folder) == "." else f"{folder}/"), (parts[0] if steps else "")
