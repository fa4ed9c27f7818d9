"""Rollouts in the file: steps and gates.

In: plain values. Out: models.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag

from migrator.router.models.words import Percent, Strict
from migrator.router.quantities import Duration, Points, Quantile


class Step(Strict):
    """A weight, and how long it must hold up before the next one."""

    weight: Percent
    bake: Duration = Field(description="How long the weight holds before the next step.")
    min_requests: int = Field(default=20, ge=0, description="Canary requests that must have been seen.")


class ErrorRate(Strict):
    """The canary's share of failed first tries against legacy's."""

    worse_by: Points


class Latency(Strict):
    """A quantile of the canary's answer time against legacy's."""

    quantile: Quantile
    ratio: float = Field(gt=0, le=1000)


class Parity(Strict):
    """How many different answers the last comparison may show."""

    different: int = Field(ge=0)


class ErrorRateGate(Strict):
    """Rolls back when the canary fails more often than legacy by over this many points."""

    error_rate: ErrorRate


class LatencyGate(Strict):
    """Rolls back when the canary is slower than legacy by over this ratio."""

    latency: Latency


class ParityGate(Strict):
    """No weight unless the last comparison is good enough."""

    parity: Parity


GATES = ("error_rate", "latency", "parity")


def _gate_kind(value: object) -> str | None:
    if isinstance(value, dict):
        return next((kind for kind in GATES if kind in value), next(iter(value), ""))
    return next((kind for kind in GATES if hasattr(value, kind)), None)


AnyGate: TypeAlias = Annotated[
    Annotated[ErrorRateGate, Tag("error_rate")]
    | Annotated[LatencyGate, Tag("latency")]
    | Annotated[ParityGate, Tag("parity")],
    Discriminator(_gate_kind),
]


class Rollout(Strict):
    """The steps of the rollout and the gates that hold at each of them."""

    steps: list[Step] = Field(min_length=1, max_length=100)
    gates: list[AnyGate] = Field(default=[], max_length=20)


ROLLOUT_LEFT_OUT = "Left out: 5 % for 5m, 25 % for 15m, 100 % for 1h, and an error-rate gate of 1pp."
