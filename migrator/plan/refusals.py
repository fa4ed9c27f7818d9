"""Which candidates are not planned, and what their owner can do instead.

In: an `Assessment` and the effects that the user takes on. Out: nothing, or a `Refused` that names the
lines in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.domain.assessments import Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused

# The effects that give each verdict, as the vocabulary of the analyzer has it.
_KEEPS = frozenset({Effect.UNBOUNDED})
_REFACTORS = frozenset(
    {
        Effect.PROCESS_STATE_WRITE,
        Effect.PROCESS_STATE_READ,
        Effect.LOCAL_DISK_WRITE,
        Effect.LOCAL_DISK_READ,
        Effect.BACKGROUND,
        Effect.REQUEST_CONTEXT,
    }
)
_NETWORK = frozenset({Effect.DATABASE, Effect.CACHE})
_MOST_LINES = 12


def refuse_unfit(assessment: Assessment, accepted: Mapping[Effect, str], accepted_unresolved: str = "") -> None:
    """Raise where the candidate cannot move as it is.

    Args:
        accepted: effects that the user takes on, each with a reason.
        accepted_unresolved: why the unresolved calls are harmless, for an `unproven` verdict.

    Raises:
        Refused: with the lines in the way and what to do.
    """
    name = assessment.name
    kinds = {trigger.kind for trigger in assessment.triggers}
    blocking = assessment.effect_names & (_KEEPS | _REFACTORS) - set(accepted)
    if blocking:
        flags = " ".join(f"--accept {effect.value}=REASON" for effect in Effect if effect in blocking)
        raise Refused(
            f"{name} is {assessment.verdict.value}: it must not move as it is\n"
            + "\n".join(_lines(assessment, blocking)),
            hint=f"change these lines first (migrator explain {name} says how), or take it on yourself: {flags}",
            location=str(assessment.location),
        )
    if assessment.verdict in (Verdict.KEEP, Verdict.REFACTOR) and not assessment.effect_names & set(accepted):
        raise Refused(f"{name} is {assessment.verdict.value}", location=str(assessment.location))
    if assessment.confidence is Confidence.UNPROVEN and not accepted_unresolved:
        calls = [
            f"  {call.location}: {call.call}: {call.reason}"
            for call in assessment.unresolved
            if not call.harmless_because
        ]
        raise Refused(
            f"{name} is {assessment.verdict.value}, but unproven: the analyzer could not follow\n"
            + "\n".join(_shortened(calls)),
            hint="look at these calls, and if they are harmless say so: --accept unresolved=REASON",
            location=str(assessment.location),
        )
    if network := assessment.effect_names & _NETWORK:
        raise Refused(
            f"{name} needs a network to its database or cache; templates with a VPC are not made yet\n"
            + "\n".join(_lines(assessment, network)),
            hint="move a ready function first (migrator analyze lists them), or split off the part "
            "that computes without the database",
            location=str(assessment.location),
        )
    if Effect.SUBPROCESS in assessment.effect_names and Effect.SUBPROCESS not in accepted:
        raise Refused(
            f"{name} runs another program, which needs a container image; images are not made yet\n"
            + "\n".join(_lines(assessment, frozenset({Effect.SUBPROCESS}))),
            hint="if the program is on the Lambda runtime anyway: --accept subprocess=REASON",
            location=str(assessment.location),
        )
    if TriggerKind.HTTP not in kinds:
        listed = ", ".join(sorted(kind.value for kind in kinds))
        raise Refused(
            f"{name} is triggered by {listed}; handlers are made for http triggers only as yet",
            hint="extract an http function, or keep this one where it is for now",
            location=str(assessment.location),
        )


def _lines(assessment: Assessment, effects: frozenset[Effect]) -> list[str]:
    return _shortened(
        [
            f"  {evidence.location}: {finding.effect.value}: {evidence.reason}"
            for finding in assessment.effects
            if finding.effect in effects
            for evidence in finding.evidence
        ]
    )


def _shortened(lines: list[str]) -> list[str]:
    return list(_first(lines)) + ([f"  and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else [])


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:_MOST_LINES]
