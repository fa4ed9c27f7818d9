"""The rows of the page's table: what it sorts and filters by, column by column.

In: a `Report`. Out: a value for JSON. What only the details of a candidate show is `details`.

Names of verdicts, effects and triggers stand once each; a row has their numbers, or a set of them as bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from migrator.cli.formats.html.numbering import Numbers
from migrator.cli.formats.html.texts import shown
from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.trigger_text import trigger_text
from migrator.domain.triggers import TriggerKind
from migrator.domain.usage import Usage
from migrator.verdicts.policy import BLOCKERS

VERDICTS: Final = tuple(reversed(Verdict))
CONFIDENCES: Final = tuple(Confidence)
EFFECTS: Final = tuple(Effect)
KINDS: Final = tuple(TriggerKind)

_USAGE: Final[Mapping[str, Callable[[Usage], float | None]]] = {
    "calls": lambda usage: round(usage.calls_per_day, 1),
    "p50": lambda usage: usage.p50_ms,
    "p95": lambda usage: usage.p95_ms,
    "payload": lambda usage: usage.payload_bytes,
    "failed": lambda usage: usage.failed,
}
_TRIGGERS_SHOWN: Final = 2


def rows_of(report: Report) -> Mapping[str, object]:
    """Everything that the table knows."""
    pairs = report.ranked
    roots = [analysis.root for analysis in report.analyses]
    names = names_of(roots)
    paths: Numbers[str] = Numbers()
    number = {root: index for index, root in enumerate(names)}
    items = [item for _, item in pairs]
    return {
        "roots": [shown(root) for root in names],
        "repositories": [shown(name) for name in names.values()],
        "verdicts": [each.value for each in VERDICTS],
        "confidences": [each.value for each in CONFIDENCES],
        "effects": [each.value for each in EFFECTS],
        "blockers": bits(EFFECTS, BLOCKERS),
        "kinds": [each.value for each in KINDS],
        "columns": {
            "name": [shown(item.name) for item in items],
            "root": [number[analysis.root] for analysis, _ in pairs],
            "path": [paths.of(shown(item.location.path)) for item in items],
            "line": [item.location.line for item in items],
            "verdict": [VERDICTS.index(item.verdict) for item in items],
            "confidence": [CONFIDENCES.index(item.confidence) for item in items],
            "effects": [bits(EFFECTS, item.effect_names) for item in items],
            "kinds": [bits(KINDS, {trigger.kind for trigger in item.triggers}) for item in items],
            "trigger": [shown(_triggers(item)) for item in items],
            "score": [round(item.score, 3) for item in items],
            "hazards": [len(item.hazards) for item in items],
            "functions": [item.reach.functions for item in items],
            "lines": [item.reach.lines for item in items],
            **_usage(pairs),
        },
        "paths": list(paths.values),
    }


def bits(of: Iterable[object], present: Iterable[object]) -> int:
    """The set as a number: bit 0 for the first of `of`."""
    there = frozenset(present)
    return sum(1 << index for index, each in enumerate(of) if each in there)


def has_usage(report: Report) -> bool:
    """Whether production has told of any candidate."""
    return any(item.usage is not None for analysis in report.analyses for item in analysis.candidates)


def _usage(pairs: Iterable[tuple[Analysis, Assessment]]) -> Mapping[str, list[float | None]]:
    usages = [item.usage for _, item in pairs]
    if not any(usages):
        return {}
    return {key: [read(usage) if usage else None for usage in usages] for key, read in _USAGE.items()}


def _triggers(item: Assessment) -> str:
    texts = list(dict.fromkeys(trigger_text(trigger) for trigger in item.triggers))
    rest = len(texts) - _TRIGGERS_SHOWN
    return ", ".join(texts[:_TRIGGERS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
