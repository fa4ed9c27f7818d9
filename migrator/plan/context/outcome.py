"""What the analysis says of a candidate before and after its context is made explicit.

In: a model of the mended tree, a `Mend`, the assessment from before. Out: an `Outcome`. No verdict is made here: they
are those of `migrator.verdicts`, also for the function that has the candidate's work behind its edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.errors import Refused
from migrator.model import Candidate, ProgramModel, Summary
from migrator.plan.context.values import Mend
from migrator.verdicts import assess


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mend with its verdicts.

    Attributes:
        after: the candidate, as it is analyzed with the change.
        behind: the function that has its work then, assessed as if the same triggers started it; None for no such
            function.
    """

    mend: Mend
    before: Assessment
    after: Assessment
    behind: Assessment | None


def outcome(model: ProgramModel, mend: Mend, before: Assessment) -> Outcome:
    """The verdicts that a mended tree gets.

    Args:
        model: of the tree with the mend's texts.

    Raises:
        Refused: the analysis does not find the candidate any more.
    """
    after = next((each for each in assess(model) if each.name == before.name), None)
    if after is None:
        raise Refused(
            f"with the change the analysis would not find {before.name} any more; nothing was done",
            hint="report it with the function",
            location=str(before.location),
        )
    behind: Assessment | None = None
    if mend.behind in model.functions:
        candidate = Candidate(mend.behind, model.functions[mend.behind], before.triggers)
        (behind,) = assess(_Only(model, candidate))
    return Outcome(mend, before, after, behind)


class _Only:
    """A model of which one function is the only candidate."""

    def __init__(self, model: ProgramModel, candidate: Candidate) -> None:
        self._model = model
        self.candidates = (candidate,)

    def summary(self, name: str) -> Summary:
        return self._model.summary(name)
