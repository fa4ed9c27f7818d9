"""A rollout as it is recorded first, with a line of history and an audit entry, for what keeps records."""

from __future__ import annotations

from migrator.domain.gates import ErrorRateGate, ParityGate
from migrator.domain.looks import AuditEntry, AuditEvent
from migrator.domain.rollouts import HistoryEntry, Phase, RolloutPlan, RolloutState, Step

PLAN = RolloutPlan(
    route="tax",
    steps=(Step(5, 60), Step(25, 60), Step(100, 60)),
    gates=(ErrorRateGate(worse_by_pp=1), ParityGate(different=0)),
)
STATE = RolloutState(
    route="tax",
    plan=PLAN,
    phase=Phase.PENDING,
    step=-1,
    weight=0.0,
    revision=1,
    started=1_700_000_000.25,
    since=1_700_000_000.25,
    reason="not started yet",
)
LINE = HistoryEntry(at=1.5, phase=Phase.PENDING, step=-1, weight=0.0, reason="why")
AUDIT = AuditEntry(at=1.5, event=AuditEvent.ASKED, version=0, digest="")
