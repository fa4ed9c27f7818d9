"""Fourth stage: what the model says of each candidate becomes an assessment: verdict, confidence, hazards, rank, advice.

In: a `Model` (candidates and a summary of each). Out: `Assessment`s in the order in which to move them.
How effects are found is the model's business, how an assessment is shown that of `migrator.cli.formats`.
"""

from migrator.verdicts.assessing import assess, ranked
from migrator.verdicts.finding import find
from migrator.verdicts.inputs import Candidate, Model, Summary

__all__ = ["Candidate", "Model", "Summary", "assess", "find", "ranked"]
