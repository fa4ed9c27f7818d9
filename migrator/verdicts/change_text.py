"""What a change is, in words, and where to look.

In: a `Change`. Out: a sentence about its candidate, a place. How it is shown is left to `migrator.cli.formats`.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.effects import Effect, Evidence
from migrator.domain.locations import Location
from migrator.domain.reports import Change, ChangeKind

HEADINGS: Mapping[ChangeKind, str] = {
    ChangeKind.NEW_BLOCKER: "New blockers",
    ChangeKind.WORSE_VERDICT: "Worse verdicts",
    ChangeKind.LESS_CONFIDENT: "Less certain",
    ChangeKind.NEW_EFFECT: "New effects",
    ChangeKind.NEW_CANDIDATE: "New candidates",
    ChangeKind.RENAMED: "Renamed",
    ChangeKind.LOST_EFFECT: "Effects gone",
    ChangeKind.BETTER_VERDICT: "Better verdicts",
    ChangeKind.MORE_CONFIDENT: "More certain",
    ChangeKind.GONE: "Gone",
}
"""What a list of changes of one kind is called."""


def change_text(change: Change) -> str:
    """What has happened, without the candidate's name: `now has background`, `was ready, is keep`."""
    match change.kind:
        case ChangeKind.NEW_BLOCKER | ChangeKind.NEW_EFFECT:
            return f"now has {change.now}"
        case ChangeKind.LOST_EFFECT:
            return f"no longer has {change.was}"
        case ChangeKind.NEW_CANDIDATE:
            return f"is new, and {change.now}"
        case ChangeKind.GONE:
            return f"is gone, was {change.was}"
        case ChangeKind.RENAMED:
            return f"was {change.was}"
        case (
            ChangeKind.WORSE_VERDICT | ChangeKind.BETTER_VERDICT | ChangeKind.LESS_CONFIDENT | ChangeKind.MORE_CONFIDENT
        ):
            return f"was {change.was}, is {change.now}"


def evidence_of(change: Change) -> Evidence | None:
    """The nearest evidence of the effect that is new; None for other changes."""
    if change.assessment is None or change.kind not in (ChangeKind.NEW_BLOCKER, ChangeKind.NEW_EFFECT):
        return None
    findings = [finding for finding in change.assessment.effects if finding.effect is Effect(change.now)]
    return next((evidence for finding in findings for evidence in finding.evidence), None)


def place_of(change: Change) -> Location | None:
    """Where to look: at the line that causes the new effect, else at the `def`; None for what is gone.

    A confidence is lost by the first call that nobody can follow.
    """
    evidence = evidence_of(change)
    if evidence is not None:
        return evidence.location
    if change.assessment is None:
        return None
    if change.kind is ChangeKind.LESS_CONFIDENT:
        doubtful = sorted(change.assessment.unresolved, key=lambda call: bool(call.harmless_because))
        if doubtful:
            return doubtful[0].location
    return change.assessment.location
