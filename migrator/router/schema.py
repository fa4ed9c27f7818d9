"""The published JSON Schema of `router.yaml`.

In: the models. Out: the schema as a dict and as text. It says the shapes; the rules between keys (`checks`) are
beyond what a schema can say.
"""

from __future__ import annotations

import json
from typing import Any

from migrator.router.models import RouterFile

SCHEMA_NAME = "router.schema.json"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of version 1."""
    schema = RouterFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "migrator router.yaml, version 1",
    }


def schema_text() -> str:
    """The schema as it is published in `docs/reference/router.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
