"""Why a candidate is an early move, in one line: the event, the amount of code, what it does, what to mind.

In: an `Assessment`. Out: text. The order of moves is `migrator.verdicts.ranking`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from migrator.cli.formats.page import count, listed
from migrator.domain.assessments import Assessment, HazardKind
from migrator.domain.effects import Effect
from migrator.domain.triggers import TriggerKind
from migrator.verdicts.ranking import EVENTS

_EVENT: Mapping[TriggerKind, str] = {
    TriggerKind.QUEUE: "a job",
    TriggerKind.SCHEDULE: "a scheduled job",
    TriggerKind.HTTP: "a route",
    TriggerKind.STREAM: "a stream consumer",
    TriggerKind.OBJECT: "a handler of stored files",
    TriggerKind.SIGNAL: "a signal handler",
    TriggerKind.COMMAND: "a command",
}
_DOES: Mapping[Effect, str] = {
    Effect.MEMOIZE: "keeps a memo",
    Effect.TEMP_DISK: "uses temp files",
    Effect.SUBPROCESS: "runs another program",
    Effect.DATABASE: "uses the database",
    Effect.CACHE: "uses the cache",
    Effect.OBJECT_STORAGE: "uses object storage",
    Effect.ENQUEUE: "sends jobs or messages",
    Effect.EMAIL: "sends e-mail",
    Effect.HTTP_OUT: "calls other services",
    Effect.ENVIRONMENT: "reads environment variables",
}


def reason_of(assessment: Assessment) -> str:
    """Why this one early, and what to mind."""
    kind = max((trigger.kind for trigger in assessment.triggers), key=EVENTS.__getitem__)
    lines = assessment.location.end_line - assessment.location.line + 1
    does = [_DOES[finding.effect] for finding in assessment.effects if finding.effect in _DOES]
    said = [
        f"{_EVENT[kind]} of {count(lines, 'line')} that "
        + (listed(does) if does else "depends on nothing but its arguments"),
        *_minds(assessment),
    ]
    doubtful = sum(not call.harmless_because for call in assessment.unresolved)
    if doubtful:
        said.append(f"{count(doubtful, 'call')} could not be followed")
    return "; ".join(said)


def _minds(assessment: Assessment) -> list[str]:
    """A phrase for each kind of hazard that it has."""
    times = Counter(hazard.kind for hazard in assessment.hazards)
    phrases = {
        HazardKind.IN_TRANSACTION: f"runs or is sent inside a transaction at {count(times[HazardKind.IN_TRANSACTION], 'place')}",
        HazardKind.NON_SERIALIZABLE_ARGUMENT: "gets arguments that cannot be sent",
        HazardKind.ORDERING: "relies on the order of events",
        HazardKind.DOUBLE_RUN: f"a retry repeats {count(times[HazardKind.DOUBLE_RUN], 'line')}",
        HazardKind.SHARED_TABLE: f"shares {count(times[HazardKind.SHARED_TABLE], 'table')} with other writers",
        HazardKind.IMPORT_EFFECT: "its modules do something on import",
    }
    return [phrase for kind, phrase in phrases.items() if times[kind]]
