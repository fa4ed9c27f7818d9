"""The shape of `router.yaml`, version 1, as pydantic models.

In: plain values. Out: typed models and, through them, the published JSON Schema. The rules that tie values of
different keys together stand in `checks`; conversion to the domain in `convert`.

What a route's `match` names decides which model it follows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, Tag

from migrator.router.models.calls import CALLS, AliasRoute, SeamRoute
from migrator.router.models.gates import GATE_MODELS, GATES, AnyGate, ParityGate, gate_name
from migrator.router.models.http import HttpRoute, Legacy
from migrator.router.models.metrics import Metrics
from migrator.router.models.notifications import Notifications
from migrator.router.models.planes import PLANES, AlbPlane, AnyPlane, EnvoyPlane, Functions, Seam
from migrator.router.models.rollouts import Rollout
from migrator.router.models.words import METHODS, IncludePattern, Strict

__all__ = [
    "CALLS",
    "GATES",
    "GATE_MODELS",
    "METHODS",
    "PLANES",
    "AlbPlane",
    "AliasRoute",
    "AnyGate",
    "AnyPlane",
    "AnyRoute",
    "EnvoyPlane",
    "Functions",
    "HttpRoute",
    "Legacy",
    "Metrics",
    "ParityGate",
    "Rollout",
    "RouterFile",
    "RoutesFile",
    "Seam",
    "SeamRoute",
    "gate_name",
]


def _route_kind(value: object) -> str:
    """What names nothing is taken for HTTP, so that its mistakes are those of the usual shape."""
    if isinstance(value, SeamRoute):
        return "seam"
    if isinstance(value, AliasRoute):
        return "alias"
    match = value.get("match") if isinstance(value, dict) else None
    if not isinstance(match, dict) or "http" in match:
        return "http"
    if any(kind in match for kind in CALLS):
        return "seam"
    return "alias" if "function" in match else "http"


AnyRoute: TypeAlias = Annotated[
    Annotated[HttpRoute, Tag("http")] | Annotated[SeamRoute, Tag("seam")] | Annotated[AliasRoute, Tag("alias")],
    Discriminator(_route_kind),
]


_NEEDED: dict[str, Any] = {"anyOf": [{"required": ["routes"]}, {"required": ["include"]}]}


class RouterFile(Strict):
    """Which share of which calls goes to Lambda."""

    model_config = ConfigDict(json_schema_extra=_NEEDED)

    version: Literal[1]
    include: list[IncludePattern] = Field(
        default=[],
        max_length=100,
        description="Files with further routes: patterns from the folder of this one on, such as routes/*.yaml.",
    )
    plane: AnyPlane | None = Field(default=None, description="Needed where there are routes of HTTP calls.")
    seam: Seam | None = Field(default=None, description="Needed where there are routes of calls of legacy code.")
    functions: Functions | None = Field(default=None, description="For routes of versions of a function.")
    legacy: Legacy | None = Field(
        default=None,
        description="Where the calls go that no route matches; needed unless all routes name the same legacy system.",
    )
    metrics: Metrics | None = Field(
        default=None, description="Where figures are read; left out: from what carries the calls."
    )
    notifications: Notifications = Field(
        default=[], description="Who is told of the transitions of rollouts; left out: nobody."
    )
    routes: list[AnyRoute] = Field(default=[], description="May be left out where files are included.")


class RoutesFile(Strict):
    """Routes that a router.yaml includes; they are one list with its own, and all else is said there."""

    version: Literal[1]
    routes: list[AnyRoute]
