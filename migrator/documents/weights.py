"""`migrator.weights/1`: the file by which the seam in legacy code knows the weight of each route.

In: the bytes of the file, or None. Out: the document as plain values, and bytes again. What stands in it is described
by the seam's own module; keys that are not known are kept. `migrator seam` puts routes in, the router sets their weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrator.errors import InputError

SCHEMA = "migrator.weights/1"


def load_weights(data: bytes | None, *, location: str) -> dict[str, Any]:
    """The document, with a mapping `routes`; an empty one for a file that is not there.

    Raises:
        InputError: the file is something else.
    """
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


def check_weights(document: Mapping[str, Any], *, location: str) -> None:
    """That each route has a weight that the seam takes.

    Raises:
        InputError: one has not; the message names it.
    """
    for name, entry in document["routes"].items():
        weight = entry.get("weight", 0) if isinstance(entry, dict) else None
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 100:
            raise InputError(
                f"the route {name!r} has no weight between 0 and 100",
                hint="mend it where it comes from",
                location=location,
            )


def dump_weights(document: dict[str, Any]) -> bytes:
    """The file that says a document."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
