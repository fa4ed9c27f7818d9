"""A plan whose slice cannot become a service as yet: planned all the same, with what stands in the way.

In: the error that says so. Out: what is told of it, or the plan with it at its head.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.plans import Dropped, Plan, Target
from migrator.errors import MigratorError


def told(error: MigratorError, what: str, place: str = "") -> Dropped:
    """An error as something that is left behind.

    Args:
        what: that cannot be made.
        place: where the error names none.
    """
    reason = error.message.splitlines()[0] + (f"; {error.hint}" if error.hint else "")
    return Dropped(f"{error.location or place}: {what}", reason)


def undelivered(plan: Plan, error: MigratorError) -> Plan:
    """The plan of a function for which no handler can be made."""
    return replace(plan, dropped=(told(error, "a handler"), *plan.dropped), target=Target.NONE, seam="none")
