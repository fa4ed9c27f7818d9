"""Writes what the SDK can send, one small file a service, from the data of the installed botocore and boto3.

In: the packages of `.venv`. Out: `migrator/cloud_facts/sdk/SERVICE.json`, read by `migrator.cloud_facts.sdk_methods`,
which says what stands in them. Services that are no longer there lose their file.

    python -m tools.sdk_facts          # write
    python -m tools.sdk_facts --check  # say what would change, and end with 1 if anything would
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3
import botocore
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.model import ServiceModel, StructureShape
from botocore.session import get_session

from migrator.cloud_facts.sdk_methods import DATA, snake_case

SOURCES = f"botocore {botocore.__version__}, boto3 {boto3.__version__}"
_FOUND_BY_HAND: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("s3", "Bucket"): ("ListBuckets", {}),
    ("s3", "ObjectSummary"): ("HeadObject", {"Bucket": "BucketName", "Key": "Key"}),
}
"""What boto3 loads by a method of its own that stands in no data: service and resource to operation and identifiers."""


def texts() -> dict[str, str]:
    """The text of each file, by service."""
    session = get_session()
    loader = session.get_component("data_loader")
    loader.search_paths.append(str(Path(boto3.__file__).parent / "data"))
    return {
        name: json.dumps(_service(loader, name), separators=(",", ":"), sort_keys=True) + "\n"
        for name in loader.list_available_services("service-2")
    }


def _service(loader: Any, name: str) -> dict[str, Any]:
    model = ServiceModel(loader.load_service_model(name, "service-2"), name)
    operations = sorted(model.operation_names)
    made: dict[str, Any] = {"operations": " ".join(operations)}
    odd = {xform_name(each): each for each in operations if snake_case(each) != xform_name(each)}
    if odd:
        made["methods"] = odd
    pages = _optional(loader, name, "paginators-1").get("pagination", {})
    if pages:
        made["paginators"] = " ".join(sorted(pages))
    waiters = _optional(loader, name, "waiters-2").get("waiters", {})
    if waiters:
        made["waiters"] = {xform_name(each): waiters[each]["operation"] for each in sorted(waiters)}
    resources = _optional(loader, name, "resources-1")
    if resources:
        types: dict[str, dict[str, Any]] = resources["resources"]
        made["resources"] = {
            "": _resource(model, name, "", {**resources["service"], "has": _of_service(resources["service"], types)}),
            **{each: _resource(model, name, each, found) for each, found in types.items()},
        }
    return made


def _of_service(service: dict[str, Any], types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the service's own resource makes: as its data say, and every other type by all of its identifiers.

    So does `boto3.resources.model.ResourceModel._get_has_definition`.
    """
    made = dict(service.get("has", {}))
    said = {each["resource"]["type"] for each in made.values()}
    for name in types:
        if name not in said:
            identifiers = [{"target": each["name"], "source": "input"} for each in types[name].get("identifiers", ())]
            made[name] = {"resource": {"type": name, "identifiers": identifiers}}
    return made


def _optional(loader: Any, name: str, kind: str) -> dict[str, Any]:
    try:
        return dict(loader.load_service_model(name, kind))
    except (DataNotFoundError, UnknownServiceError):
        return {}


def _resource(model: ServiceModel, service: str, name: str, found: dict[str, Any]) -> dict[str, Any]:
    identifiers = [each["name"] for each in found.get("identifiers", ())]
    made: dict[str, Any] = {
        "identifiers": [xform_name(each) for each in identifiers],
        "actions": {xform_name(each): _action(action) for each, action in found.get("actions", {}).items()},
        "batch": {xform_name(each): _action(action) for each, action in found.get("batchActions", {}).items()},
        "has": {_has_name(each, has): _reference(has["resource"]) for each, has in found.get("has", {}).items()},
        "many": {xform_name(each): _action(action) for each, action in found.get("hasMany", {}).items()},
        "waiters": {
            xform_name(f"WaitUntil{each}"): {
                "waiter": xform_name(waiter["waiterName"]),
                **_parameters(waiter.get("params", ())),
            }
            for each, waiter in found.get("waiters", {}).items()
        },
    }
    if "load" in found:
        made["load"] = _action(found["load"])
    elif (service, name) in _FOUND_BY_HAND:
        operation, given = _FOUND_BY_HAND[service, name]
        made["load"] = {"operation": operation, "given": {key: xform_name(value) for key, value in given.items()}}
    if "shape" in found:
        shape = model.shape_for(found["shape"])
        held = {each.get("memberName") for each in found.get("identifiers", ())}
        members = shape.members if isinstance(shape, StructureShape) else {}
        made["attributes"] = " ".join(sorted(xform_name(each) for each in members if each not in held))
    return {key: value for key, value in made.items() if value}


def _has_name(name: str, has: dict[str, Any]) -> str:
    """What is given an identifier keeps its name (`Table("orders")`); a reference to another resource is an attribute."""
    asks = any(each["source"] == "input" for each in has["resource"].get("identifiers", ()))
    from_data = any(each["source"] == "data" for each in has["resource"].get("identifiers", ()))
    return xform_name(name) if from_data and not asks else name


def _action(action: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if "request" in action:
        made = {"operation": action["request"]["operation"], **_parameters(action["request"].get("params", ()))}
    if "resource" in action:
        made["gives"] = _reference(action["resource"])
    return made


def _parameters(parameters: Any) -> dict[str, Any]:
    """Parameters of the API that identifiers fill, and those that are constants."""
    given = {each["target"]: xform_name(each["name"]) for each in parameters if each["source"] == "identifier"}
    said = {each["target"]: each["value"] for each in parameters if each["source"] == "string"}
    return {key: value for key, value in (("given", given), ("said", said)) if value}


def _reference(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource that something gives: where each of its identifiers comes from, and whether its data come along."""
    sources: dict[str, str] = {}
    for each in resource.get("identifiers", ()):
        match each["source"]:
            case "identifier":
                sources[xform_name(each["target"])] = f"own {xform_name(each['name'])}"
            case "input":
                sources[xform_name(each["target"])] = "input"
            case "requestParameter":
                sources[xform_name(each["target"])] = f"parameter {each['path']}"
            case source:
                sources[xform_name(each["target"])] = source
    made: dict[str, Any] = {"type": resource["type"], "identifiers": sources}
    if "path" in resource:
        made["loaded"] = True
    return made


def main(arguments: list[str]) -> int:
    """Write the files, or say which differ."""
    wanted = {f"{name}.json": text for name, text in texts().items()}
    there = {path.name: path for path in sorted(DATA.glob("*.json"))}
    changed = [name for name, text in wanted.items() if name not in there or there[name].read_text("utf-8") != text]
    gone = [name for name in there if name not in wanted]
    if "--check" in arguments:
        print(f"{len(changed)} to write, {len(gone)} to remove, from {SOURCES}")
        return 1 if changed or gone else 0
    DATA.mkdir(exist_ok=True)
    for name in changed:
        (DATA / name).write_text(wanted[name], "utf-8")
    for name in gone:
        there[name].unlink()
    print(f"{len(wanted)} services, {sum(map(len, wanted.values())):,} bytes, from {SOURCES}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
