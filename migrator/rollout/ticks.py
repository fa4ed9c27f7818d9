"""What one look at a rollout has seen and done: what views and logs are told."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.looks import Look
from migrator.domain.observations import NoData
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout.decisions import Decision


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick.

    Attributes:
        at: seconds since the epoch.
        state: as it is recorded after the tick.
        live: the weight that the plane was last seen to have, or why it could not be read.
        look: what was decided upon, or None where nothing was looked at.
        decision: None where another controller drives the rollout, or was faster, and nothing was decided.
        entries: the lines that the tick has added to the history, oldest first; empty where nothing changed.
        trouble: what did not work and will be tried again, or an empty string.
        unasked: why people could not be asked for a weight, which is tried again too and holds up nothing else.
    """

    at: float
    state: RolloutState
    live: Weight | NoData
    look: Look | None
    decision: Decision | None
    entries: tuple[HistoryEntry, ...] = ()
    trouble: str = ""
    unasked: str = ""
