"""What other people's programs are told and asked about a rollout."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.gates import GateResult
from migrator.domain.rollouts import Phase


@dataclass(frozen=True, slots=True)
class GateQuestion:
    """What the webhook of a gate is asked.

    Attributes:
        name: of the gate.
        step: index into the plan's steps; -1 before the first one.
        weight: percent to the canary that was decided last.
    """

    name: str
    route: str
    revision: int
    phase: Phase
    step: int
    weight: float


@dataclass(frozen=True, slots=True)
class Notification:
    """One transition of a rollout: another phase, or another step.

    Attributes:
        id: `ROUTE/REVISION/NUMBER`: the same for the same transition, however often it is told.
        number: of the line of history, from 1.
        at: seconds since the epoch.
        step: index into the plan's steps; -1 before the first one.
        weight: percent to the canary that was decided.
        reason: why, in words for people.
        before: the phase that it came from, or None for the first line of a route.
        gates: what the gates said then.
    """

    id: str
    route: str
    revision: int
    number: int
    at: float
    phase: Phase
    step: int
    weight: float
    reason: str
    before: Phase | None = None
    gates: tuple[GateResult, ...] = ()
