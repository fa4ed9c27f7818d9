"""`router.yaml`: which share of which calls goes to the canary.

`load_router(path)` reads and validates it, `to_yaml(config)` writes one, `json_schema()` is its published schema.
"""

from __future__ import annotations

from migrator.router.config import (
    SIDE_HEADER,
    Canary,
    PlaneConfig,
    RouteConfig,
    RouterConfig,
    default_rollout,
)
from migrator.router.load import load_router, parse_router
from migrator.router.mistakes import Mistake, RouterError
from migrator.router.schema import json_schema, schema_text
from migrator.router.write import fragment_yaml, to_yaml

__all__ = [
    "SIDE_HEADER",
    "Canary",
    "Mistake",
    "PlaneConfig",
    "RouteConfig",
    "RouterConfig",
    "RouterError",
    "default_rollout",
    "fragment_yaml",
    "json_schema",
    "load_router",
    "parse_router",
    "schema_text",
    "to_yaml",
]
