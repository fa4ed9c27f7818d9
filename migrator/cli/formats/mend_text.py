"""What making ambient context explicit gains, as lines for a person and as a document.

In: an `Outcome`. Out: lines, or JSON values. The verdicts are those of the analysis; nothing here judges.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrator.domain.assessments import Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.triggers import TriggerKind

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue
    from migrator.plan.context import Mend, Outcome


def gains(outcome: Outcome) -> Iterator[str]:
    """What the verdict is now, and what remains in the way."""
    mend, before = outcome.mend, outcome.before
    if Effect.REQUEST_CONTEXT not in before.effect_names:
        yield f"{before.name} reads no ambient context: nothing to mend"
        return
    if not mend.texts:
        yield f"{before.name}: nothing to mend"
        return
    if outcome.behind is not None:
        yield f"{outcome.behind.name}: {_from_to(before, outcome.behind)}: {_counts(mend)}"
        yield from _remaining(outcome.behind)
        yield (
            f"{before.name} is {outcome.after.verdict.value}: it takes the values from the context, as before, "
            "and hands them over"
        )
    else:
        yield f"{before.name}: {_from_to(before, outcome.after)}: {_counts(mend)}"
        yield from _remaining(outcome.after)


def next_step(outcome: Outcome, root: str) -> str:
    """What to type when the files are changed; an empty text where there is nothing to go on with."""
    behind = outcome.behind
    if not outcome.mend.texts or behind is None or behind.verdict in _BLOCKING:
        return ""
    if all(trigger.kind is not TriggerKind.HTTP for trigger in outcome.before.triggers):
        return f"make a task or a command of {behind.name}, and extract that"
    where = "" if root == "." else f" --root {shlex.quote(root)}"
    reason = '--accept request-context="the handler makes the request"'
    return f"migrator plan {outcome.before.name}{where} {reason}"


def _from_to(before: Assessment, after: Assessment) -> str:
    doubt = "" if after.confidence is Confidence.PROVEN else f" ({after.confidence.value})"
    if before.verdict is after.verdict:
        return f"still {after.verdict.value}{doubt}"
    return f"{before.verdict.value} -> {after.verdict.value}{doubt}"


def _counts(mend: Mend) -> str:
    functions = sum(bool(each.reads) for each in mend.mended)
    sources = {(each.source.root, each.source.suffix) for mended in mend.mended[:1] for each in mended.parameters}
    sources = sources or {(each.source.root, each.source.suffix) for m in mend.mended for each in m.parameters}
    return (
        f"{_number(mend.reads, 'read')} in {_number(functions, 'function')} "
        f"{'becomes' if mend.reads == 1 else 'become'} {_number(len(sources), 'parameter')}"
    )


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


_BLOCKING = (Verdict.KEEP, Verdict.REFACTOR)


def _remaining(assessment: Assessment) -> Iterator[str]:
    """The nearest place of each effect that is still in the way."""
    from migrator.verdicts.policy import BLOCKERS

    if assessment.verdict not in _BLOCKING:
        return
    for finding in assessment.effects:
        if finding.effect in BLOCKERS:
            places = finding.evidence
            yield f"  {places[0].location}: {finding.effect.value}: {places[0].reason}"
            if len(places) > 1:
                yield f"    and {len(places) - 1} more: migrator explain {assessment.name}"


def document(outcome: Outcome, *, diff: str, written: bool) -> dict[str, JsonValue]:
    """The result as JSON."""
    mend = outcome.mend
    return {
        "schema": "migrator.mend/1",
        "candidate": outcome.before.name,
        "written": written,
        "before": _verdict(outcome.before),
        "after": _verdict(outcome.after),
        "behind": _verdict(outcome.behind) if outcome.behind is not None else None,
        "mended": [
            {
                "function": each.function,
                "name": each.name,
                "reads": each.reads,
                "parameters": [
                    {
                        "name": parameter.name,
                        "hint": parameter.hint,
                        "from": f"{parameter.source.root}{parameter.source.suffix}",
                    }
                    for parameter in each.parameters
                ],
            }
            for each in mend.mended
        ],
        "left": [
            {
                "path": each.location.path,
                "line": each.location.line,
                "column": each.location.column,
                "reason": each.reason,
            }
            for each in mend.left
        ],
        "files": sorted(mend.texts),
        "diff": diff,
    }


def _verdict(assessment: Assessment) -> dict[str, JsonValue]:
    return {
        "name": assessment.name,
        "verdict": assessment.verdict.value,
        "confidence": assessment.confidence.value,
        "effects": [effect.value for effect in Effect if effect in assessment.effect_names],
    }
