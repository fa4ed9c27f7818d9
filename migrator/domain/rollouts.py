"""The rollout of one route: its plan, its phases, its recorded state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from migrator.domain.observations import Sample


class Phase(StrEnum):
    """Where a rollout stands."""

    PENDING = "pending"
    SHIFTING = "shifting"
    HOLDING = "holding"
    AWAITING_APPROVAL = "awaiting-approval"
    PAUSED = "paused"
    PROMOTING = "promoting"
    PROMOTED = "promoted"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"
    RETIRED = "retired"


_UNDER_WAY = frozenset({Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL, Phase.PAUSED})

MOVES: Mapping[Phase, frozenset[Phase]] = {
    Phase.PENDING: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.SHIFTING: (_UNDER_WAY - {Phase.SHIFTING}) | {Phase.PROMOTING, Phase.ROLLING_BACK},
    Phase.HOLDING: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.AWAITING_APPROVAL: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.PAUSED: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.PROMOTING: frozenset({Phase.PROMOTED, Phase.ROLLING_BACK}),
    Phase.PROMOTED: frozenset({Phase.RETIRED, Phase.ROLLING_BACK}),
    Phase.ROLLING_BACK: frozenset({Phase.ROLLED_BACK}),
    Phase.ROLLED_BACK: frozenset({Phase.PENDING, Phase.ROLLING_BACK}),
    Phase.RETIRED: frozenset(),
}
"""The moves that exist; there are no others. To stay in a phase is no move and always allowed."""


@dataclass(frozen=True, slots=True)
class ErrorRateGate:
    """The canary's share of failed first tries may exceed legacy's by at most this much.

    Attributes:
        worse_by_pp: percentage points.
    """

    worse_by_pp: float


@dataclass(frozen=True, slots=True)
class ParityGate:
    """The last comparison of both sides may show at most this many different answers."""

    different: int


@dataclass(frozen=True, slots=True)
class LatencyGate:
    """A quantile of the canary's latency may be at most `ratio` times legacy's.

    Attributes:
        quantile: between 0 and 1.
    """

    quantile: float
    ratio: float


Gate: TypeAlias = ErrorRateGate | ParityGate | LatencyGate


@dataclass(frozen=True, slots=True)
class Step:
    """A weight and how long it must hold up before the next one.

    Attributes:
        weight: percent to the canary.
        bake_s: seconds.
        min_requests: canary requests that must have been seen before the step may end.
    """

    weight: float
    bake_s: float
    min_requests: int = 20


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """The steps of one route, in rising weight, and the gates that hold at every one of them."""

    route: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]


class Outcome(StrEnum):
    """What a gate says: `fail` rolls back, `pass` lets the step end, and both others hold."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate's answer with the figures it rests on."""

    name: str
    outcome: Outcome
    evidence: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One recorded decision.

    Attributes:
        at: seconds since the epoch.
        reason: why the decision was taken, in words for the operator.
    """

    at: float
    phase: Phase
    step: int
    weight: float
    reason: str
    gates: tuple[GateResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A weight that was read back from the plane.

    Attributes:
        weight: percent to the canary as the plane has it, which may be the rounded one.
        at: when it was read back, seconds since the epoch; what the gates measure begins here.
        mark: where the metric source stood then, or an empty string where it did not answer.
    """

    weight: float
    at: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class RolloutState:
    """What is recorded of a rollout; everything the controller needs after a crash.

    Attributes:
        step: index into the plan's steps; -1 before the first one.
        weight: the weight that was last decided, whether or not the plane has it yet.
        revision: number of rollouts of this route so far, from 1.
        started: seconds since the epoch.
        since: when the present phase and step began, seconds since the epoch.
        evidence: what the gates said last.
        history_length: lines of history recorded so far.
        version: of the record; a writer must name the version it has read.
        confirmed: that the plane has the weight, or None until it was read back.
        reason: why the rollout stands where it does, in words for the operator.
        baseline: what legacy did in the finished steps of this revision; the measure for a step at which legacy
            is hardly asked.
        silent_since: since when a gate of the present step has had no data, seconds since the epoch.
    """

    route: str
    plan: RolloutPlan
    phase: Phase
    step: int
    weight: float
    revision: int
    started: float
    since: float
    evidence: tuple[GateResult, ...] = ()
    history_length: int = 0
    version: int = 0
    confirmed: Confirmed | None = None
    reason: str = ""
    baseline: Sample | None = None
    silent_since: float | None = None


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """Percent to the canary.

    Attributes:
        configured: what the rollout has decided and recorded.
        live: what the data plane has, or None where it could not be read.
        unknown: why it could not be read, or an empty string.
    """

    configured: float
    live: float | None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    """How a rollout stands.

    Attributes:
        step: index of the present step; -1 before the first one.
        steps: how many there are.
        since: when the present phase and step began, ISO 8601 in UTC.
        next: what comes next and what it waits for.
    """

    route: str
    phase: Phase
    step: int
    steps: int
    weight: WeightStatus
    gates: tuple[GateResult, ...]
    since: str
    next: str
    reason: str
    revision: int
