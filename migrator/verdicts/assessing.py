"""Puts the parts of an assessment together and ranks the lot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect, EffectFinding
from migrator.verdicts.advice import advise
from migrator.verdicts.hazards import double_runs
from migrator.verdicts.inputs import Candidate, Model, Summary
from migrator.verdicts.policy import confidence_of, verdict_of
from migrator.verdicts.ranking import score_of
from migrator.verdicts.work import work_of

_UNRANKED = 0
_ORDER = {effect: position for position, effect in enumerate(Effect)}


def assess(model: Model) -> tuple[Assessment, ...]:
    """One assessment a candidate, the one to move first at the head; ties go by name, so the order is total."""
    return ranked(_assess_one(candidate, model.summary(candidate.name)) for candidate in model.candidates)


def ranked(assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """Assessments by their scores, each with its rank."""
    ordered = sorted(assessments, key=lambda assessment: (-assessment.score, assessment.name))
    return tuple(replace(assessment, rank=rank) for rank, assessment in enumerate(ordered, start=1))


def _assess_one(candidate: Candidate, summary: Summary) -> Assessment:
    effects = tuple(sorted(summary.effects, key=_position))
    hazards = (*summary.hazards, *double_runs(effects))
    unresolved = tuple(summary.unresolved)
    verdict = verdict_of(finding.effect for finding in effects)
    confidence = confidence_of(unresolved)
    return Assessment(
        name=candidate.name,
        location=candidate.location,
        triggers=tuple(candidate.triggers),
        effects=effects,
        hazards=hazards,
        unresolved=unresolved,
        verdict=verdict,
        confidence=confidence,
        rank=_UNRANKED,
        score=score_of(
            candidate.name,
            verdict,
            confidence,
            triggers=candidate.triggers,
            hazards={hazard.kind for hazard in hazards},
            doubtful=sum(not call.harmless_because for call in unresolved),
            points=work_of(effects, summary.reach).points,
            functions=summary.reach.functions,
        ),
        advice=advise(verdict, effects, unresolved, hazards),
        overrides=tuple(summary.overrides),
        reach=summary.reach,
    )


def _position(finding: EffectFinding) -> int:
    return _ORDER[finding.effect]
