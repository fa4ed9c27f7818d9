"""The verdict and the confidence: the rules of the vocabulary as tables.

In: effects and unresolved calls. Out: one of four verdicts, one of three confidences.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from migrator.domain.assessments import Confidence, Unresolved, Verdict
from migrator.domain.effects import Effect


@dataclass(frozen=True, slots=True)
class Rule:
    """A candidate with any of the effects gets the verdict, unless an earlier rule applied."""

    verdict: Verdict
    any_of: frozenset[Effect]


RULES: tuple[Rule, ...] = (
    Rule(Verdict.KEEP, frozenset({Effect.UNBOUNDED})),
    Rule(
        Verdict.REFACTOR,
        frozenset(
            {
                Effect.PROCESS_STATE_WRITE,
                Effect.PROCESS_STATE_READ,
                Effect.LOCAL_DISK_WRITE,
                Effect.LOCAL_DISK_READ,
                Effect.BACKGROUND,
                Effect.REQUEST_CONTEXT,
            }
        ),
    ),
    Rule(Verdict.WITH_NETWORK, frozenset({Effect.DATABASE, Effect.CACHE})),
)

OTHERWISE = Verdict.READY

BLOCKERS: frozenset[Effect] = frozenset().union(
    *(rule.any_of for rule in RULES if rule.verdict in (Verdict.KEEP, Verdict.REFACTOR))
)
"""Effects that stop a move until the code changes."""


def verdict_of(effects: Iterable[Effect]) -> Verdict:
    """The first rule that applies; `ready` if none does."""
    present = frozenset(effects)
    return next((rule.verdict for rule in RULES if rule.any_of & present), OTHERWISE)


def confidence_of(unresolved: Sequence[Unresolved]) -> Confidence:
    """`proven` if nothing is unresolved, `likely` if a stated rule makes each unresolved call improbable to matter."""
    if not unresolved:
        return Confidence.PROVEN
    if all(call.harmless_because for call in unresolved):
        return Confidence.LIKELY
    return Confidence.UNPROVEN
