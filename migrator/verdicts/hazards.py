"""The hazards that follow from effects alone: `double-run`.

In: the effects of a candidate. Out: one hazard for each line whose effect a retry, a shadow or a fallback would
repeat. Hazards that need the structure of the program (transactions, arguments of jobs) come from the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from migrator.domain.assessments import Hazard, HazardKind
from migrator.domain.effects import Effect, EffectFinding

REPEATED: Mapping[Effect, str] = {
    Effect.EMAIL: "a second run sends the e-mail again",
    Effect.ENQUEUE: "a second run sends the job again",
    Effect.HTTP_OUT: "a second run sends the request again",
    Effect.SUBPROCESS: "a second run runs the program again",
    Effect.DATABASE: "a second run writes to the database again",
    Effect.OBJECT_STORAGE: "a second run writes the object again",
}
"""Effects whose repetition somebody outside notices. A local file or temp file is written over by a second run."""


def double_runs(effects: Iterable[EffectFinding]) -> Iterator[Hazard]:
    """One hazard a line; only evidence that changes something outside counts (`Evidence.changes`)."""
    seen: set[tuple[str, int, str]] = set()
    for finding in effects:
        reason = REPEATED.get(finding.effect)
        if reason is None:
            continue
        for evidence in finding.evidence:
            key = (evidence.location.path, evidence.location.line, reason)
            if evidence.changes and key not in seen:
                seen.add(key)
                yield Hazard(HazardKind.DOUBLE_RUN, evidence.location, f"{reason} ({evidence.reason})")
