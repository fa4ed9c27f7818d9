"""Routes of HTTP calls.

In: plain values. Out: models. What each plane can do of them is left to the rules of planes.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from migrator.router.models.metrics import METRICS_LEFT_OUT, Metrics
from migrator.router.models.rollouts import ROLLOUT_LEFT_OUT, Rollout
from migrator.router.models.words import (
    Alias,
    FunctionName,
    Header,
    HeaderValue,
    HostName,
    Method,
    Name,
    PathTemplate,
    Percent,
    Strict,
)
from migrator.router.quantities import BaseUrl, Duration

TargetGroupArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/\S+$",
        max_length=512,
        examples=["arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/73e2d6bc24d8a067"],
    ),
]
ShadowEffect = Literal["email", "http-out", "enqueue", "database"]


_HEALTH = r"^$|^/[^\s#]*$|^https?://[^\s/?#]+(/[^\s#]*)?$"


class Legacy(Strict):
    """The legacy system."""

    url: BaseUrl | None = Field(default=None, description="Scheme, host and port; a call's path is sent on as it is.")
    target_group: TargetGroupArn | None = Field(default=None, description="Behind a load balancer: ARN of its group.")
    health: Annotated[
        str, Field(pattern=_HEALTH, max_length=2048, examples=["/healthz", "http://127.0.0.1:8000/healthz"])
    ] = Field(
        default="", description="Path, or whole URL, that answers 2xx while it is well; asked before traffic goes back."
    )

    @model_validator(mode="after")
    def _has_an_address(self) -> Legacy:
        if self.health.startswith("/") and not self.url:
            raise ValueError(
                "health is a path of no url here: give the whole URL, such as http://127.0.0.1:8000/healthz"
            )
        return self


class Segment(Strict):
    """Narrows a route to the calls of which a value is one of these; all others go to legacy."""

    header: Header | None = Field(default=None, description="Of the request.")
    claim: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Of the token whose keys plane.tokens names; calls without a good one go to legacy."
    )
    parameter: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = Field(
        default=None, description="Of the path: country for /api/tax/{country}."
    )
    equals: HeaderValue | None = None
    among: list[HeaderValue] = Field(alias="in", default=[], max_length=1000)

    @property
    def values(self) -> tuple[str, ...]:
        """The values that pass."""
        return ((self.equals,) if self.equals is not None else ()) + tuple(self.among)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Where the value stands; a good segment has one."""
        found = [("header", self.header), ("claim", self.claim), ("parameter", self.parameter)]
        return [(kind, name) for kind, name in found if name is not None]


class HttpMatch(Strict):
    """Which HTTP calls a route is for."""

    methods: list[Method] = Field(default=[], description="Empty or left out: every method.")
    hosts: list[HostName] = Field(default=[], max_length=100, description="Empty or left out: every host.")
    path: PathTemplate = Field(description="{name} stands for one part of the path.")
    segment: Segment | None = None


class Match(Strict):
    """Which HTTP calls a route is for."""

    http: HttpMatch


class Canary(Strict):
    """The Lambda function behind the route."""

    lambda_name: Annotated[FunctionName, Field(alias="lambda")]
    alias: Alias = ""
    url: BaseUrl | None = Field(
        default=None, description="Base URL of the HTTP path that leads to it; its path is put before the call's."
    )
    via: Literal["local", "http-api", "rest-api", "function-url", "load-balancer"] | None = Field(
        default=None,
        description="What the URL leads through; left out: as its host shows. Decides what is tried twice.",
    )
    target_group: TargetGroupArn | None = Field(
        default=None, description="Behind a load balancer: ARN of the group whose target is the function."
    )


class Sticky(Strict):
    """Callers with one value of this header, or with the plane's cookie, stay on one side."""

    header: Header | None = None
    cookie: Duration | None = Field(default=None, description="How long the load balancer's own cookie lasts.")
    group: Name | Literal[""] = Field(
        default="", description="Routes of one group have a caller on the same side; left out: the route alone."
    )


class Overrides(Strict):
    """Callers that stay on one side at any weight above 0."""

    header: Header | Literal[""] = Field(
        default="", description="Whose value is looked at; left out: the one of sticky."
    )
    canary: list[HeaderValue] = Field(default=[], max_length=1000, description="Values that go to the canary.")
    legacy: list[HeaderValue] = Field(default=[], max_length=1000, description="Values that go to legacy; they win.")


class Fallback(Strict):
    """Legacy answers when the canary's first try fails."""

    on: list[Literal["error", "timeout", "throttle"]] = Field(
        default=["error", "timeout", "throttle"], min_length=1, description="Which failures get a second try."
    )
    methods: list[Method] = Field(min_length=1, description="The methods that may be tried twice.")
    timeout: Duration = Field(
        default=1.0,
        description="How long the canary may take until its answer begins. One that has begun has the time of the route.",
    )
    idempotent: bool = Field(
        default=False, description="Says that a write that runs on both sides does no harm; needed for write methods."
    )


class CircuitBreaker(Strict):
    """A canary that fails again and again is left alone for a while; legacy answers meanwhile."""

    failures: int = Field(default=5, ge=1, le=1000, description="In a row, after which it is left alone.")
    open: Duration = Field(default=30.0, description="How long.")
    max_concurrent: int = Field(
        default=0, ge=0, le=20_000, description="Calls that the canary may have at once; 0 for no bound of its own."
    )


class Mirror(Strict):
    """Copies a share of the calls to the canary, whose answer nobody sees."""

    percent: Percent
    allow: list[ShadowEffect] = Field(default=[], description="Effects that a copied call may have; else refused.")


# Tags that are no keys of the file, so that a mistake's place can be told from them.
MIRROR_SHARE, MIRROR_DETAIL = "mirror share", "mirror detail"


def _mirror_kind(value: object) -> str:
    return MIRROR_DETAIL if isinstance(value, dict | Mirror) else MIRROR_SHARE


AnyMirror: TypeAlias = Annotated[
    Annotated[Percent, Tag(MIRROR_SHARE)] | Annotated[Mirror, Tag(MIRROR_DETAIL)], Discriminator(_mirror_kind)
]


class HttpRoute(Strict):
    """A route of HTTP calls."""

    name: Name
    match: Match
    legacy: Legacy | None = Field(default=None, description="Left out: the legacy system at the top of the file.")
    canary: Canary
    weight: Percent = Field(description="Percent of the calls that go to the canary.")
    not_above: list[Name] = Field(
        default=[], max_length=100, description="Routes whose weight this one's never exceeds."
    )
    sticky: Sticky | None = None
    overrides: Overrides | None = None
    fallback: Fallback | None = None
    circuit_breaker: CircuitBreaker | None = None
    timeout: Duration = Field(default=30.0, description="How long a side may take to answer.")
    mirror: AnyMirror = Field(default=0, description="Share of the calls that is copied to the canary.")
    priority: int = Field(
        default=0, ge=0, le=50_000, description="Of the load balancer's rule; 0 or left out: a free one."
    )
    metrics: Metrics | None = Field(default=None, description=METRICS_LEFT_OUT)
    rollout: Rollout | None = Field(default=None, description=ROLLOUT_LEFT_OUT)
