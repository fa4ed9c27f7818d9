"""Where the figures of a route are read: in Prometheus or in CloudWatch, if not from what carries its calls.

In: plain values. Out: models. What a selector may be, and what fits which route, is left to `checks.metrics`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from migrator.router.figures import CLOUDWATCH_LAG_S, PROMETHEUS_LAG_S
from migrator.router.models.words import Region, Strict
from migrator.router.quantities import BaseUrl, Duration

METRICS_LEFT_OUT = (
    "Where its figures are read; left out: as the top of the file says, else from what carries its calls."
)

_SELECTOR: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 2048}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Selectors = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=2048)]],
    BeforeValidator(_listed),
    Field(min_length=1, max_length=20),
    WithJsonSchema(
        {
            "anyOf": [_SELECTOR, {"type": "array", "items": _SELECTOR, "minItems": 1, "maxItems": 20}],
            "examples": ['http_requests_total{job="shop", route="$route"}'],
        }
    ),
]


class Sides(Strict):
    """Selectors of counters for either side, one or several, which are added up; `$route` is the route's name."""

    legacy: Selectors
    canary: Selectors


class Token(Strict):
    """Where the bearer token stands: one of both."""

    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["PROMETHEUS_TOKEN"])] | None = Field(
        default=None, description="An environment variable."
    )
    file: Annotated[str, Field(min_length=1, max_length=4096)] | None = Field(
        default=None, description="A file, from the folder of router.yaml on."
    )


class Prometheus(Strict):
    """Counters in Prometheus, or in whatever speaks its HTTP API."""

    url: BaseUrl = Field(description="Of the HTTP API, without /api/v1.")
    requests: Sides = Field(description="First tries.")
    failures: Sides = Field(description="Those of them that failed.")
    throttled: Sides | None = Field(default=None, description="Those of the failures that were throttled.")
    times: Sides | None = Field(
        default=None,
        description="The buckets of a histogram, with the label le; a latency is told no finer than they lie.",
    )
    unit: Literal["s", "ms"] = Field(default="s", description="Of le.")
    lag: Duration = Field(
        default=PROMETHEUS_LAG_S, description="How long figures are waited for; not less than the scrape interval."
    )
    token: Token | None = None


class CloudWatch(Strict):
    """How CloudWatch is asked for the figures of a load balancer or of an alias."""

    lag: Duration = Field(
        default=CLOUDWATCH_LAG_S, description="How long figures are waited for; longer than the functions may run."
    )
    region: Region = Field(default="", description="Left out: that of what carries the calls.")
    endpoint: BaseUrl | Literal[""] = Field(default="", description="Left out: that of what carries the calls.")


class Metrics(Strict):
    """Where figures are read: one of both. Left out: from what carries the calls."""

    prometheus: Prometheus | None = None
    cloudwatch: CloudWatch | None = None
