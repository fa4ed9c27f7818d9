"""Whether legacy may lose a candidate at all: only when nobody is sent to it any more.

In: how the rollouts of its routes stand, what a person takes on. Out: nothing, or a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.rollouts import Phase
from migrator.errors import Refused, UsageError
from migrator.plan.removal.values import Question

_OVER = frozenset({Phase.PROMOTED, Phase.RETIRED})


def refuse_unless_promoted(phases: Mapping[str, Phase | None], accepted: Mapping[Question, str]) -> None:
    """Refuse while a route of the candidate can still send calls to legacy.

    Args:
        phases: route to the phase of its rollout; None for one without a record.
        accepted: what a person takes on, each with a reason.

    Raises:
        Refused: a route is not promoted, or there is none, and nobody takes it on.
    """
    if Question.NOT_PROMOTED in accepted:
        return
    hint = f"promote it first; or, if you know that legacy is not asked: --accept {Question.NOT_PROMOTED}=REASON"
    if not phases:
        raise Refused("no rollout of this candidate is recorded, so that legacy may still be asked", hint=hint)
    for route, phase in sorted(phases.items()):
        if phase is None:
            raise Refused(f"no rollout of the route {route} is recorded, so that legacy may still be asked", hint=hint)
        if phase not in _OVER:
            raise Refused(f"the rollout of the route {route} is {phase}, so that legacy may still be asked", hint=hint)


def accepted_questions(accept: Mapping[str, str]) -> dict[Question, str]:
    """The words of `--accept` that are about a removal, each with its reason.

    Raises:
        UsageError: there is no such word, or no reason.
    """
    known = {question.value: question for question in Question}
    for word, reason in accept.items():
        if word not in known:
            raise UsageError(f"--accept {word}: there is no such question", hint=f"one of: {', '.join(sorted(known))}")
        if not reason.strip():
            raise UsageError(f"--accept {word} has no reason", hint=f"write --accept {word}=REASON")
    return {known[word]: reason for word, reason in accept.items()}
