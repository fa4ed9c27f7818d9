"""The gates of a rollout in the file.

In: plain values. Out: models. Which limits one figure has stands here; what ties gates together in `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, Discriminator, Field, Tag, model_validator

from migrator.router.models.words import Alias, FunctionName, Name, Region, Strict
from migrator.router.quantities import BaseUrl, Duration, Points, Quantile, Share

_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"
_LEAST_RATIO = 1.1
_QUANTILES = (0.95, 0.99)


def _margin(points: float) -> float:
    if points == 0:
        raise ValueError("a margin of 0 can never be shown: give the margin that users would tolerate, such as 1pp")
    if points >= 100:
        raise ValueError("with a margin of 100pp everything is within it; give the one that users would tolerate")
    return points


def _tested(quantile: float) -> float:
    if quantile not in _QUANTILES:
        raise ValueError(f"p95 and p99 are what is tested, found p{quantile * 100:g}")
    return quantile


def _ratio(ratio: float) -> float:
    if ratio <= _LEAST_RATIO:
        raise ValueError(f"times are told apart in steps of a tenth: give a ratio above 1.1, found {ratio:g}")
    return ratio


def _budget(percent: float) -> float:
    if not 0 < percent < 100:
        raise ValueError(f"a share here lies above 0% and below 100%, found {percent:g}%")
    return percent


def _longer_than_none(seconds: float) -> float:
    if seconds == 0:
        raise ValueError("expected a duration above 0")
    return seconds


Budget = Annotated[Share, AfterValidator(_budget)]
Positive = Annotated[Duration, AfterValidator(_longer_than_none)]
Variable = Annotated[str, Field(pattern=_VARIABLE, examples=["METRICS_TOKEN"])]
Word = Annotated[str, Field(min_length=1, max_length=255)]
_STATISTIC = r"^(Sum|Average|Minimum|Maximum|SampleCount|p[0-9]{1,2}(\.[0-9]+)?)$"


class ErrorRate(Strict):
    """The canary's share of failed first tries against legacy's."""

    worse_by: Annotated[Points, AfterValidator(_margin)]


class Latency(Strict):
    """A quantile of the canary's answer time against legacy's."""

    quantile: Annotated[Quantile, AfterValidator(_tested)]
    ratio: Annotated[float, Field(le=1000, json_schema_extra={"exclusiveMinimum": 1.1}), AfterValidator(_ratio)]


class Parity(Strict):
    """How many different answers the last comparison may show."""

    different: int = Field(ge=0)
    fresh: Positive | None = Field(default=None, description="How old the comparison may be; left out: any age.")


class ColdStarts(Strict):
    """The share of the canary's requests that may begin with a cold start."""

    at_most: Budget
    free: int = Field(default=20, ge=0, le=100_000, description="Not counted each time the weight is raised.")


class Throttles(Strict):
    """The share of the canary's first tries that may be throttled."""

    at_most: Budget


class Availability(Strict):
    """How available the canary must have been, and for how long, before it is promoted."""

    at_least: Budget
    over: Positive


class Limits(Strict):
    """Between what a figure must lie, and how long it may be beyond."""

    at_most: float | None = Field(default=None, allow_inf_nan=False)
    at_least: float | None = Field(default=None, allow_inf_nan=False)
    beyond_for: Duration = Field(
        default=0.0, alias="for", description="How long it must be beyond them before that rolls back."
    )

    @model_validator(mode="after")
    def _has_one(self) -> Limits:
        if self.at_most is None and self.at_least is None:
            raise ValueError("what is a good figure? say at_most, at_least, or both")
        if self.at_most is not None and self.at_least is not None and self.at_most < self.at_least:
            raise ValueError(f"no figure is at least {self.at_least:g} and at most {self.at_most:g}")
        return self


class Cost(Limits):
    """What the canary costs, in USD per million requests."""

    name: Name = "cost"
    function: FunctionName
    alias: Alias = ""
    region: Region = ""


class DeadLetters(Limits):
    """How many messages lie in a dead-letter queue, named or by its URL."""

    name: Name = "dead_letters"
    queue: Word
    region: Region = ""


class Prometheus(Strict):
    """A query of the Prometheus HTTP API that gives one number."""

    url: BaseUrl
    query: Annotated[str, Field(min_length=1, max_length=10_000)]
    token_env: Variable | None = Field(default=None, description="The environment variable with a bearer token.")


class CloudWatch(Strict):
    """A statistic of a CloudWatch metric."""

    namespace: Word
    metric: Word
    dimensions: dict[Word, Annotated[str, Field(min_length=1, max_length=1024)]] = Field(default={}, max_length=30)
    statistic: Annotated[str, Field(pattern=_STATISTIC, examples=["Sum", "p99"])]
    period: Positive | None = None
    region: Region = ""


class Metric(Limits):
    """A figure of your own."""

    name: Name
    prometheus: Prometheus | None = None
    cloudwatch: CloudWatch | None = None

    @model_validator(mode="after")
    def _has_a_source(self) -> Metric:
        if (self.prometheus is None) == (self.cloudwatch is None):
            raise ValueError("who is asked? name one of prometheus and cloudwatch")
        return self


class Webhook(Strict):
    """A program of your own that says whether to go on."""

    name: Name
    url: BaseUrl
    secret_env: Variable | None = Field(
        default=None, description="The environment variable with the key of the signature."
    )


class ErrorRateGate(Strict):
    """Rolls back when the canary fails more often than legacy; passes when it is shown within so many points."""

    error_rate: ErrorRate


class LatencyGate(Strict):
    """Rolls back when the canary is slower than legacy; passes when it is shown within the ratio."""

    latency: Latency


class ParityGate(Strict):
    """No weight unless the last comparison is good enough."""

    parity: Parity


class ColdStartGate(Strict):
    """Rolls back when more of the canary's requests start cold."""

    cold_starts: ColdStarts


class ThrottleGate(Strict):
    """Rolls back when more of the canary's first tries are throttled."""

    throttles: Throttles


class AvailabilityGate(Strict):
    """No promotion before the canary was so available for so long."""

    availability: Availability


class CostGate(Strict):
    """Rolls back when a request costs too much."""

    cost: Cost


class DeadLetterGate(Strict):
    """Rolls back when messages pile up that nobody could handle."""

    dead_letters: DeadLetters


class MetricGate(Strict):
    """Rolls back when a figure of your own is beyond its limits."""

    metric: Metric


class WebhookGate(Strict):
    """Goes on, holds or rolls back as a program of yours says."""

    webhook: Webhook


GATE_MODELS: Mapping[str, type[BaseModel]] = {
    next(iter(kind.model_fields)): kind
    for kind in (
        ErrorRateGate,
        LatencyGate,
        ParityGate,
        ColdStartGate,
        ThrottleGate,
        AvailabilityGate,
        CostGate,
        DeadLetterGate,
        MetricGate,
        WebhookGate,
    )
}
"""By the key that a gate has in the file."""

GATES = tuple(GATE_MODELS)


def _gate_kind(value: object) -> str | None:
    if isinstance(value, dict):
        return next((kind for kind in GATES if kind in value), next(iter(value), ""))
    return next((kind for kind in GATES if hasattr(value, kind)), None)


AnyGate: TypeAlias = Annotated[
    Annotated[ErrorRateGate, Tag("error_rate")]
    | Annotated[LatencyGate, Tag("latency")]
    | Annotated[ParityGate, Tag("parity")]
    | Annotated[ColdStartGate, Tag("cold_starts")]
    | Annotated[ThrottleGate, Tag("throttles")]
    | Annotated[AvailabilityGate, Tag("availability")]
    | Annotated[CostGate, Tag("cost")]
    | Annotated[DeadLetterGate, Tag("dead_letters")]
    | Annotated[MetricGate, Tag("metric")]
    | Annotated[WebhookGate, Tag("webhook")],
    Discriminator(_gate_kind),
]


def gate_name(gate: AnyGate) -> str:
    """What a gate is called in reports: its own name, or its kind's, with the quantile where there is one."""
    match gate:
        case LatencyGate():
            return f"latency_p{gate.latency.quantile * 100:g}"
        case CostGate():
            return gate.cost.name
        case DeadLetterGate():
            return gate.dead_letters.name
        case MetricGate():
            return gate.metric.name
        case WebhookGate():
            return gate.webhook.name
        case _:
            return next(iter(type(gate).model_fields))
