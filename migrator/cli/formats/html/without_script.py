"""The table and the details for a browser that runs no script: less to sort, and the first evidence of each effect.

In: a `Report`. Out: values for the template. Everything that is known of a candidate is in `details`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from migrator.cli.formats.html.rows import EFFECTS
from migrator.domain.assessments import Assessment
from migrator.domain.effects import EffectFinding
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.trigger_text import trigger_text
from migrator.domain.wording import count
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.reasons import reason_of

_TRIGGERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Effects:
    """An effect with the first place where it happens, and how many more there are; the reason of one that blocks."""

    effect: str
    blocks: bool
    place: str
    reason: str
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate; `number` is its place in the report, from 1."""

    number: int
    repository: str
    name: str
    place: str
    verdict: str
    confidence: str
    triggers: str
    reason: str
    effects: tuple[Effects, ...]
    hazards: str
    advice: tuple[str, ...]
    unresolved: int


def plain_rows(report: Report) -> Iterator[Row]:
    """One after the other, in the order of `Report.ranked`."""
    names = names_of(analysis.root for analysis in report.analyses)
    several = len(names) > 1
    for number, (analysis, item) in enumerate(report.ranked, start=1):
        yield Row(
            number,
            names[analysis.root] if several else "",
            item.name,
            str(item.location),
            item.verdict.value,
            item.confidence.value,
            ", ".join(list(dict.fromkeys(map(trigger_text, item.triggers)))[:_TRIGGERS_SHOWN]),
            reason_of(item),
            tuple(_effect(finding) for finding in sorted(item.effects, key=lambda each: EFFECTS.index(each.effect))),
            _hazards(item),
            tuple(advice.title for advice in item.advice),
            len(item.unresolved),
        )


def _effect(finding: EffectFinding) -> Effects:
    blocks = finding.effect in BLOCKERS
    if not finding.evidence:
        return Effects(finding.effect.value, blocks, "", "", 0)
    first = finding.evidence[0]
    return Effects(finding.effect.value, blocks, str(first.location), first.reason if blocks else "", len(finding.evidence) - 1)


def _hazards(item: Assessment) -> str:
    times = Counter(hazard.kind for hazard in item.hazards)
    return ", ".join(f"{kind} ({count(number, 'place')})" for kind, number in times.items())
