"""Which candidates are not planned, and what their owner can do instead.

In: an `Assessment` and the effects that the user takes on. Out: nothing, or a `Refused` that names the
lines in the way. What of the accepted is of no use is said too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from migrator.domain.assessments import Assessment, Confidence, Skipped, Verdict
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
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
# Effects that need a way into the private network.
NETWORK = frozenset({Effect.DATABASE, Effect.CACHE})
# Libraries that map rows to objects: their models are registered by import, so that all of them have to be loaded.
_OBJECT_MAPPERS = (
    "django",
    "flask_sqlalchemy",
    "mongoengine",
    "odoo",
    "peewee",
    "playhouse",
    "pony",
    "sqlalchemy.ext.automap",
    "sqlalchemy.ext.declarative",
    "sqlalchemy.orm",
    "sqlmodel",
    "tortoise",
)
_MOST_LINES = 12


def refuse_unfit(
    assessment: Assessment,
    accepted: Mapping[Effect, str],
    accepted_unresolved: str = "",
    unread: Callable[[Iterable[Location]], Sequence[Skipped]] = lambda _: (),
) -> None:
    """Raise where the candidate cannot move as it is.

    Args:
        accepted: effects that the user takes on, each with a reason.
        accepted_unresolved: why the unresolved calls are harmless, for an `unproven` verdict.
        unread: files that nobody could read and that modules with these places import.

    Raises:
        Refused: with the lines in the way and what to do.
    """
    name = assessment.name
    blocking = assessment.effect_names & (_KEEPS | _REFACTORS) - set(accepted)
    if blocking:
        flags = " ".join(f"--accept {effect.value}=REASON" for effect in Effect if effect in blocking)
        raise Refused(
            f"{name} is {assessment.verdict.value}: it must not move as it is\n"
            + "\n".join(_lines(assessment, blocking)),
            hint=f"change these lines first ({_how(assessment, blocking)}), or take it on yourself: {flags}"
            + _in_vain(assessment, accepted),
            location=str(assessment.location),
        )
    if assessment.verdict in (Verdict.KEEP, Verdict.REFACTOR) and not assessment.effect_names & set(accepted):
        raise Refused(
            f"{name} is {assessment.verdict.value}",
            hint=f"migrator explain {name} says why",
            location=str(assessment.location),
        )
    if assessment.confidence is Confidence.UNPROVEN and not accepted_unresolved:
        calls = [call for call in assessment.unresolved if not call.harmless_because]
        shown = _shortened([f"  {call.location}: {call.call}: {call.reason}" for call in calls])
        files = unread([call.location for call in calls])
        lines = [f"  {file.path}:{file.line}:{file.column}: {file.reason}" for file in files]
        raise Refused(
            f"{name} is {assessment.verdict.value}, but unproven: the analyzer could not follow\n"
            + "\n".join(
                [*shown, *(["and could not read what is imported there:", *_shortened(lines)] if lines else [])]
            ),
            hint="mend the files that could not be read, then plan again"
            if files
            else "look at these calls, and if they are harmless say so: --accept unresolved=REASON"
            + _in_vain(assessment, accepted),
            location=str(assessment.location),
        )
    if Effect.SUBPROCESS in assessment.effect_names and Effect.SUBPROCESS not in accepted:
        raise Refused(
            f"{name} runs another program, which needs a container image; images are not made yet\n"
            + "\n".join(_lines(assessment, frozenset({Effect.SUBPROCESS}))),
            hint="if the program is on the Lambda runtime anyway: --accept subprocess=REASON",
            location=str(assessment.location),
        )


def refuse_object_mapper(assessment: Assessment, accepted: Mapping[Effect, str], external: Iterable[str]) -> None:
    """Raise where a slice reaches the database through a mapper of objects.

    Args:
        external: dotted modules of other distributions that the slice imports.

    Raises:
        Refused: with the lines that ask the database.
    """
    if Effect.DATABASE not in assessment.effect_names or Effect.DATABASE in accepted:
        return
    for module in sorted(external):
        mapper = next((name for name in _OBJECT_MAPPERS if f"{module}.".startswith(f"{name}.")), None)
        if mapper is not None:
            raise Refused(
                f"{assessment.name} reaches its database through {mapper}, whose models find each other when all of "
                "them are imported; a slice of single functions has some of them only, and starting the whole "
                "application in a function is not done yet\n"
                + "\n".join(_lines(assessment, frozenset({Effect.DATABASE}))),
                hint="leave the strategy to the plan, which starts the application, or, where you know that the models "
                "in use stand alone: --accept database=REASON",
                location=str(assessment.location),
            )


def _how(assessment: Assessment, blocking: frozenset[Effect]) -> str:
    """Who says, or does, what has to be changed."""
    explains = f"migrator explain {assessment.name} says how"
    if Effect.REQUEST_CONTEXT not in blocking:
        return explains
    own = assessment.location
    http = any(trigger.kind is TriggerKind.HTTP for trigger in assessment.triggers)
    itself = all(
        evidence.location.path == own.path and own.line <= evidence.location.line <= own.end_line
        for finding in assessment.effects
        if finding.effect is Effect.REQUEST_CONTEXT
        for evidence in finding.evidence
    )
    if http and itself:
        return f"{explains}; what the function itself takes from the request, its handler gives it"
    return f"{explains}; migrator mend {assessment.name} hands over what is read of the request further down"


def unneeded(assessment: Assessment, accepted: Iterable[Effect]) -> tuple[Effect, ...]:
    """What was accepted and is not there to be taken on."""
    return tuple(effect for effect in accepted if effect not in assessment.effect_names)


def _in_vain(assessment: Assessment, accepted: Mapping[Effect, str]) -> str:
    needless = ", ".join(unneeded(assessment, accepted))
    return f"; {needless}, which was accepted, is not among its effects" if needless else ""


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
