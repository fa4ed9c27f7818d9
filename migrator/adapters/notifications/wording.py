"""A notification in words for people.

In: a notification. Out: plain text, which may hold whatever a route's name or a reason holds: each receiver makes it
harmless in its own way.
"""

from __future__ import annotations

from datetime import UTC, datetime

from migrator.domain.messages import Notification


def headline(told: Notification) -> str:
    """Such as `tax: rolled-back at 0 %`."""
    return f"{told.route}: {told.phase} at {told.weight:g} %"


def details(told: Notification) -> str:
    """What happened, when and why, and what the gates said; some lines."""
    at = datetime.fromtimestamp(told.at, UTC)
    came = f"{told.before} -> {told.phase}" if told.before is not None else str(told.phase)
    step = f", step {told.step + 1}" if told.step >= 0 else ""
    lines = [
        f"{came}{step}, {told.weight:g} % to the canary (revision {told.revision}, {at:%Y-%m-%d %H:%M:%S} UTC)",
        told.reason,
        *(f"{gate.name}: {gate.outcome} ({gate.evidence})" for gate in told.gates),
    ]
    return "\n".join(line for line in lines if line)
