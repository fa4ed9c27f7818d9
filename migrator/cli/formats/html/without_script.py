"""The table and the details for a browser that runs no script: no sorting, and the first evidence of what blocks.

In: a `Report`. Out: values for the template. Everything that is known of a candidate is in `details`.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.domain.effects import EffectFinding
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.trigger_text import trigger_text
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.reasons import reason_of

_TRIGGERS_SHOWN = 3
MOST_TOLD = 2_000  # so that the page stays one that can be sent by mail


@dataclass(frozen=True, slots=True)
class Blocking:
    """An effect that blocks, with the first place where it happens, and how many more there are."""

    effect: str
    place: str
    reason: str
    more: int


@dataclass(frozen=True, slots=True)
class Why:
    """What unfolds below a candidate."""

    place: str
    reason: str
    blocking: tuple[Blocking, ...]
    others: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate; `number` is its place in the report, from 1."""

    number: int
    repository: str
    name: str
    verdict: str
    confidence: str
    triggers: str
    why: Why | None


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows, and how many of them at the head tell why."""

    rows: tuple[Row, ...]
    told: int

    @property
    def bare(self) -> bool:
        """Whether some do not."""
        return self.told < len(self.rows)


def plain_rows(report: Report) -> PlainRows:
    """All candidates, in the order of `Report.ranked`."""
    names = names_of(analysis.root for analysis in report.analyses)
    several = len(names) > 1
    rows = tuple(
        Row(
            number,
            names[analysis.root] if several else "",
            item.name,
            item.verdict.value,
            item.confidence.value,
            ", ".join(list(dict.fromkeys(map(trigger_text, item.triggers)))[:_TRIGGERS_SHOWN]),
            _why(item) if number <= MOST_TOLD else None,
        )
        for number, (analysis, item) in enumerate(report.ranked, start=1)
    )
    return PlainRows(rows, min(MOST_TOLD, len(rows)))


def _why(item: Assessment) -> Why:
    return Why(
        str(item.location),
        reason_of(item),
        tuple(_blocking(finding) for finding in item.effects if finding.effect in BLOCKERS),
        ", ".join(finding.effect for finding in item.effects if finding.effect not in BLOCKERS),
        tuple(advice.title for advice in item.advice),
    )


def _blocking(finding: EffectFinding) -> Blocking:
    if not finding.evidence:
        return Blocking(finding.effect.value, "", "", 0)
    first = finding.evidence[0]
    return Blocking(finding.effect.value, str(first.location), first.reason, len(finding.evidence) - 1)
