"""What Envoy's discovery services answer, as a file.

In: resources. Out: a response with a version made from its content, so that equal configurations are equal files.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic_core import to_json

Json = dict[str, Any]


def response(type_url: str, resources: list[Json]) -> Json:
    """A discovery response."""
    typed = [{"@type": type_url, **resource} for resource in resources]
    digest = hashlib.sha256(to_json(typed)).hexdigest()[:16]
    return {"version_info": digest, "type_url": type_url, "resources": typed}
