"""The weights file that the seam reads: one entry a route, at weight 0 until somebody raises it.

In: the bytes of the file, or None. Out: its new bytes. Raising weights is left to the router; what else stands in the
file is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrator.errors import InputError

SCHEMA = "migrator.weights/1"


def with_route(data: bytes | None, name: str, canary: Mapping[str, str], sticky: str, *, location: str) -> bytes:
    """The file with a route; one that is there already stays as it is.

    Args:
        canary: where its calls go, as the seam's module has it.
        sticky: the argument whose values stay on one side, or an empty string.

    Raises:
        InputError: the file is something else.
    """
    document = _load(data, location)
    if name in document["routes"]:
        return data or b""
    entry: dict[str, Any] = {"weight": 0, "canary": dict(canary)}
    if sticky:
        entry["sticky"] = {"argument": sticky}
    document["routes"][name] = entry
    return _dump(document)


def without_route(data: bytes | None, name: str, *, location: str) -> bytes | None:
    """The file without a route; None where that was its only one.

    Raises:
        InputError: the file is something else.
    """
    if data is None:
        return None
    document = _load(data, location)
    if document["routes"].pop(name, None) is None:
        return data
    return _dump(document) if document["routes"] else None


def weight_of(data: bytes | None, name: str, *, location: str) -> float:
    """The weight of a route as it stands in the file; 0 where it stands nowhere.

    Raises:
        InputError: the file is something else.
    """
    entry = _load(data, location)["routes"].get(name)
    weight = entry.get("weight", 0) if isinstance(entry, dict) else 0
    return float(weight) if isinstance(weight, int | float) else 0.0


def _load(data: bytes | None, location: str) -> dict[str, Any]:
    if data is None:
        return {"schema": SCHEMA, "routes": {}}
    try:
        document = json.loads(data)
    except ValueError as error:
        raise InputError("the weights are not JSON", hint="mend the file or move it away", location=location) from error
    if (
        not isinstance(document, dict)
        or document.get("schema") != SCHEMA
        or not isinstance(document.get("routes"), dict)
    ):
        raise InputError(f"not a {SCHEMA} document", hint="move the file away", location=location)
    return document


def _dump(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
