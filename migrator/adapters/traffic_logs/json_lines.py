"""A line of JSON as an object.

In: a line. Out: its object. What its names mean is left to the formats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrator.adapters.traffic_logs.formats import DamagedLine


def object_of(line: str) -> Mapping[str, Any]:
    """The object.

    Raises:
        DamagedLine: it is no JSON, or no object.
    """
    try:
        entry = json.loads(line)
    # a number of very many digits is a ValueError too; deep nesting ends the parser
    except (ValueError, RecursionError) as error:
        raise DamagedLine("not JSON") from error
    if not isinstance(entry, dict):
        raise DamagedLine("JSON, but no object")
    return entry
