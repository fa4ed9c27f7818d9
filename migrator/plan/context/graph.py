"""Which functions behind a candidate reach ambient context, and where: what the analysis knows of it.

In: a `ProgramModel`, an assessment. Out: a `ContextGraph`. What the places look like in the text is `reads`.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.triggers import TriggerKind
from migrator.model import ProgramModel
from migrator.plan.context.values import ContextGraph, Function, Noted


def context_graph(model: ProgramModel, assessment: Assessment) -> ContextGraph:
    """The functions through which the candidate reaches ambient context, itself first, then nearest first."""
    name = assessment.name
    in_request = {trigger.kind for trigger in assessment.triggers} == {TriggerKind.HTTP}
    reached = [
        each
        for each in dict.fromkeys((name, *model.summary(name).reaches))
        if each == name or (each in model.functions and Effect.REQUEST_CONTEXT in model.effects(each))
    ]
    known = frozenset(reached)
    # Beside what runs without a request, the same function may read one where it has asked for it: only what the
    # analysis counts for this candidate is its own.
    counted = frozenset(noted.location for noted, _ in _noted(assessment.effects))
    functions = {
        each: Function(
            name=each,
            location=assessment.location if each == name else model.functions[each],
            callees=tuple(callee for callee in model.callees(each) if callee in known and callee != each),
            noted=tuple(
                noted
                for noted, holder in _noted(model.summary(each).effects)
                if holder == each and (in_request or noted.location in counted)
            ),
        )
        for each in reached
    }
    return ContextGraph(name, in_request, functions)


def _noted(effects: tuple[EffectFinding, ...]) -> Iterator[tuple[Noted, str]]:
    """Each place with the name of the function that holds it."""
    for finding in effects:
        if finding.effect is Effect.REQUEST_CONTEXT:
            for evidence in finding.evidence:
                subject = evidence.reason.split(" ", 1)[0]
                yield Noted(evidence.location, subject, evidence.reason), evidence.chain[-1]
