"""The weights file that the seam reads: one entry a route, at weight 0 until somebody raises it.

In: the bytes of the file, or None. Out: its new bytes. Raising weights is left to the router; what else stands in the
file is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrator.documents.weights import dump_weights, load_weights


def with_route(data: bytes | None, name: str, canary: Mapping[str, str], sticky: str, *, location: str) -> bytes:
    """The file with a route; one that is there already stays as it is.

    Args:
        canary: where its calls go, as the seam's module has it.
        sticky: the argument whose values stay on one side, or an empty string.

    Raises:
        InputError: the file is something else.
    """
    document = load_weights(data, location=location)
    if name in document["routes"]:
        return data or b""
    entry: dict[str, Any] = {"weight": 0, "canary": dict(canary)}
    if sticky:
        entry["sticky"] = {"argument": sticky}
    document["routes"][name] = entry
    return dump_weights(document)


def without_route(data: bytes | None, name: str, *, location: str) -> bytes | None:
    """The file without a route; None where that was its only one.

    Raises:
        InputError: the file is something else.
    """
    if data is None:
        return None
    document = load_weights(data, location=location)
    if document["routes"].pop(name, None) is None:
        return data
    return dump_weights(document) if document["routes"] else None


def weight_of(data: bytes | None, name: str, *, location: str) -> float:
    """The weight of a route as it stands in the file; 0 where it stands nowhere.

    Raises:
        InputError: the file is something else.
    """
    entry = load_weights(data, location=location)["routes"].get(name)
    weight = entry.get("weight", 0) if isinstance(entry, dict) else 0
    return float(weight) if isinstance(weight, int | float) else 0.0
