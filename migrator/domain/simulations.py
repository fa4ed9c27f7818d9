"""What a simulated rollout came to."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.rollouts import Phase


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One line of it.

    Attributes:
        after_s: seconds from the beginning.
        at: ISO 8601 in UTC.
        phase: of the record; None for a fault that begins or ends.
        weight: percent to the canary that is live.
        reason: why the rollout stands there, or which fault begins or ends.
    """

    after_s: float
    at: str
    phase: Phase | None
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class SimulatedRollout:
    """A whole one.

    Attributes:
        seed: gives the same rollout again.
        traffic: where its figures are from, in words.
        end: the phase that it ended in.
        lasted_s: seconds from the beginning to the end.
        ended: whether it came to its end; False where it was still under way when the simulation was over.
        canary_requests, canary_failed: first tries of the canary, and those of them that failed.
        legacy_requests, legacy_failed: the same of legacy.
        weight: percent that is live at the end.
    """

    route: str
    seed: int
    traffic: str
    events: tuple[SimulatedEvent, ...]
    end: Phase
    ended: bool
    reason: str
    lasted_s: float
    weight: float
    canary_requests: int
    canary_failed: int
    legacy_requests: int
    legacy_failed: int
