"""What goes from a monolith when a candidate has moved for good, proven by names and by what the model resolved.

In: a tree, its model, a candidate. Out: `plan_removal` gives a `Removal`; `refuse_unless_promoted` guards it. How files
read afterwards is `migrator.artifacts.removal`.
"""

from migrator.plan.removal.deciding import plan_removal
from migrator.plan.removal.guard import accepted_questions, refuse_unless_promoted
from migrator.plan.removal.values import Gone, Kept, Obstacle, Question, Removal

__all__ = [
    "Gone",
    "Kept",
    "Obstacle",
    "Question",
    "Removal",
    "accepted_questions",
    "plan_removal",
    "refuse_unless_promoted",
]
