"""What each effect, hazard and kind of finding is, in a sentence, and what is to be done about it.

In: a `Rule` of `migrator.verdicts.places`. Out: text of this program alone, without a name from analyzed code. The tables of
`docs/reference/vocabulary.md` say the same to readers.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.assessments import FindingKind, HazardKind
from migrator.domain.effects import Effect
from migrator.verdicts.advice import cares, mends
from migrator.verdicts.places import Rule
from migrator.verdicts.policy import BLOCKERS, verdict_of

_MEANINGS: Mapping[Rule, str] = {
    Effect.UNBOUNDED: "Loops for ever, listens, waits without a bound, sleeps a minute or more, or declares a limit above "
    "15 minutes",
    Effect.PROCESS_STATE_WRITE: "Changes memory of the process that outlives the call",
    Effect.PROCESS_STATE_READ: "Reads memory of the process that other calls have changed",
    Effect.LOCAL_DISK_WRITE: "Writes local paths outside of the system's temp folder",
    Effect.LOCAL_DISK_READ: "Reads local files that the code's own package does not ship",
    Effect.BACKGROUND: "Starts a thread, a pool or a task that can outlive the call",
    Effect.REQUEST_CONTEXT: "Reads ambient request, session, login or thread-local context that is not an argument",
    Effect.DATABASE: "Reads or writes a database",
    Effect.CACHE: "Talks to Redis, memcached or a framework's cache",
    Effect.MEMOIZE: "Fills a memo of the process",
    Effect.TEMP_DISK: "Uses the system's temp folder",
    Effect.SUBPROCESS: "Runs another program",
    Effect.OBJECT_STORAGE: "Uses S3 or its like",
    Effect.ENQUEUE: "Sends a job or a message",
    Effect.EMAIL: "Sends e-mail",
    Effect.HTTP_OUT: "Makes another call over the network",
    Effect.ENVIRONMENT: "Reads the environment when it is called",
    HazardKind.IN_TRANSACTION: "Runs, or is sent, while a transaction is open",
    HazardKind.NON_SERIALIZABLE_ARGUMENT: "Gets arguments that cannot be sent as a message",
    HazardKind.ORDERING: "Relies on the order of events",
    HazardKind.DOUBLE_RUN: "Does something again when it runs a second time, as a retry or a fallback makes it",
    HazardKind.SHARED_TABLE: "Writes a table that others write too",
    HazardKind.IMPORT_EFFECT: "Its module does something when it is imported",
    FindingKind.OVERRIDE: "A comment or a setting overrides the analysis, and is wrong",
    FindingKind.MODULE_NAME: "Two files have one dotted name, and only one of them can be meant",
}


def rules() -> tuple[Rule, ...]:
    """All of them, effects first."""
    return tuple(_MEANINGS)


def meaning_of(rule: Rule) -> str:
    """What it is, one sentence without a period."""
    return _MEANINGS[rule]


def consequence_of(rule: Rule) -> str:
    """What it means for a move, one sentence."""
    if isinstance(rule, Effect):
        verdict = verdict_of({rule})
        if rule in BLOCKERS:
            return f"A function that does it cannot move as it is: its verdict is {verdict}."
        return f"It does not stand in the way of a move: the verdict is {verdict}."
    if isinstance(rule, HazardKind):
        return "It is no effect of its own, and makes a move risky."
    return "It should be mended, so that the analysis says what is meant."


def remedies_of(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Title and detail of each thing that can be done about it; which one fits depends on the code."""
    found: list[tuple[str, str]] = []
    if isinstance(rule, Effect):
        found = [(mend.title, mend.detail) for mend in mends() if mend.effect is rule]
    elif isinstance(rule, HazardKind):
        found = [(care.title, care.detail) for care in cares() if care.kind is rule]
    return tuple(dict.fromkeys(found))
