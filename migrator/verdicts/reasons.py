"""Why a candidate is an early move, in one line: the event, what it does and with what, how much code, what to mind.

In: an `Assessment`. Out: text. The order of moves is `migrator.verdicts.ranking`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from migrator.domain.assessments import Assessment, HazardKind, Verdict
from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.triggers import TriggerKind
from migrator.domain.wording import count, listed
from migrator.verdicts.ranking import EVENTS
from migrator.verdicts.work import OUTSIDE, Craft, crafts_of

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
    Effect.EMAIL: "sends e-mail",
    Effect.HTTP_OUT: "calls other services",
    Effect.OBJECT_STORAGE: "uses object storage",
    Effect.SUBPROCESS: "runs another program",
    Effect.TEMP_DISK: "uses temp files",
    Effect.DATABASE: "uses the database",
    Effect.ENQUEUE: "sends jobs or messages",
    Effect.CACHE: "uses the cache",
    Effect.ENVIRONMENT: "reads environment variables",
    Effect.MEMOIZE: "keeps a memo",
}
_WRITES = "writes to the database"
_NAMED = frozenset({Effect.EMAIL, Effect.HTTP_OUT, Effect.OBJECT_STORAGE, Effect.SUBPROCESS})
"""Effects of which one wants to know by which call."""

_NAME_PARTS = 2  # of a dotted name: the class and the method, or the module and the function


def reason_of(assessment: Assessment) -> str:
    """Why this one early, and what to mind."""
    kind = max((trigger.kind for trigger in assessment.triggers), key=EVENTS.__getitem__)
    does = _deeds(assessment)
    reach = assessment.reach
    said = [f"{_EVENT[kind]} that " + (listed(does) if does else "depends on nothing but its arguments")]
    if reach.functions:
        said.append(f"runs {count(reach.lines, 'line')} in {count(reach.functions, 'function')}")
    if does and assessment.verdict is Verdict.READY:
        said.append("needs no database or cache")
    said.extend(_minds(assessment))
    doubtful = sum(not call.harmless_because for call in assessment.unresolved)
    if doubtful:
        said.append(f"{count(doubtful, 'call')} unresolved")
    return "; ".join(said)


def _deeds(assessment: Assessment) -> list[str]:
    """What it does, the weightiest first."""
    deeds = [(_worth(finding.effect), _deed(finding)) for finding in assessment.effects if finding.effect in _DOES]
    deeds.extend((craft.points, _done_with(craft, assessment)) for craft in crafts_of(assessment.reach))
    return [text for _, text in sorted(deeds, key=lambda deed: -deed[0])]


def _worth(effect: Effect) -> float:
    return OUTSIDE.get(effect, 0.0)


def _deed(finding: EffectFinding) -> str:
    if finding.effect is Effect.DATABASE and any(evidence.changes for evidence in finding.evidence):
        return _WRITES
    name = _called(finding) if finding.effect in _NAMED else ""
    return f"{_DOES[finding.effect]} ({name})" if name else _DOES[finding.effect]


def _called(finding: EffectFinding) -> str:
    """The end of the name of the library call that does it: reasons begin with it.

    Evidence comes nearest first. What changes something says more than what only asks.
    """
    telling = min(finding.evidence, key=lambda evidence: not evidence.changes, default=None)
    name, _, _ = (telling.reason if telling is not None else "").partition(" ")
    parts = name.split(".")
    return ".".join(parts[-_NAME_PARTS:]) if len(parts) > 1 and all(map(str.isidentifier, parts)) else ""


def _done_with(craft: Craft, assessment: Assessment) -> str:
    return f"{craft.does} ({listed([name for name in assessment.reach.libraries if name in craft.libraries])})"


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
