"""Fifth stage: a candidate becomes a `PlannedSlice`: what travels, what stays behind, and where it will run.

In: a `SourceTree` and the assessments of the analysis. Out: a `PlannedSlice` (a `Plan` and the text of
each module of the slice). Nothing of the monolith is imported or run. Writing files is left to
`migrator.artifacts`.
"""

from migrator.plan.planning import make_plan
from migrator.plan.slices import EntryPoint, PlannedSlice, Registration, plan_hash
from migrator.plan.undelivered import undelivered
from migrator.plan.unreached import unreached

__all__ = ["EntryPoint", "PlannedSlice", "Registration", "make_plan", "plan_hash", "undelivered", "unreached"]
