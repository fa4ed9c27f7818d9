"""The published JSON Schemas of `router.yaml` and of the files that it includes.

In: the models. Out: the schemas as dicts and as text. They say the shapes; the rules between keys (`checks`) are
beyond what a schema can say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from migrator.router.models import RouterFile, RoutesFile

SCHEMA_NAME = "router.schema.json"
FRAGMENT_SCHEMA_NAME = "routes.schema.json"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of version 1."""
    return _schema(RouterFile, "migrator router.yaml, version 1")


def fragment_schema() -> dict[str, Any]:
    """The JSON Schema of a file that a `router.yaml` of version 1 includes."""
    return _schema(RoutesFile, "routes that a migrator router.yaml includes, version 1")


def schema_text() -> str:
    """The schema as it is published in `docs/reference/router.schema.json`."""
    return _text(json_schema())


def published() -> Mapping[str, str]:
    """Every schema as it is published in `docs/reference`, by its file's name."""
    return {SCHEMA_NAME: schema_text(), FRAGMENT_SCHEMA_NAME: _text(fragment_schema())}


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(by_alias=True),
        "title": title,
    }


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
