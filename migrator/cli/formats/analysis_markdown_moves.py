"""Where to start, in Markdown: a table of the first moves, then each with its reason and the evidence.

In: candidates in the order of their ranks. Out: a section of a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from migrator.cli.formats.places import linked_file
from migrator.domain.assessments import Analysis, Assessment, Verdict
from migrator.domain.effects import EffectFinding
from migrator.domain.locations import Location
from migrator.domain.quantity_text import rate_text, share_text, size_text, time_text
from migrator.domain.trigger_text import trigger_text
from migrator.domain.usage import Usage
from migrator.domain.wording import count
from migrator.markdown import cell_code, file_link, inline_code, inline_text, table
from migrator.verdicts.reasons import reason_of

MOVABLE: Final = frozenset({Verdict.READY, Verdict.WITH_NETWORK})

_MOVES: Final = 10
_EVENTS: Final = 2
_PLACES: Final = 3  # of one effect
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate in the ranking of a report.

    Attributes:
        rank: across all repositories, from 1.
        repository: what it is called; empty where there is only one.
    """

    rank: int
    analysis: Analysis
    item: Assessment
    repository: str = ""

    def link(self, location: Location, *, cell: bool = False) -> str:
        """A place in the candidate's repository."""
        return file_link(linked_file(self.analysis.root, location.path), location.line, cell=cell)


def moves_section(entries: Sequence[Named]) -> str:
    """The section; empty where there are no candidates."""
    if not entries:
        return ""
    movable = [entry for entry in entries if entry.item.verdict in MOVABLE]
    lines = ["## Where to start", ""]
    if not movable:
        return "\n".join([*lines, "Nothing can move before something changes; what is in the way says what."])
    moves = movable[:_MOVES]
    lines.append(_table(moves))
    rest = len(movable) - len(moves)
    if rest > 0:
        lines += [f"And {rest:,} more that can move.", ""]
    return "\n".join([*lines, *(line for entry in moves for line in _details(entry))])


def _table(moves: Sequence[Named]) -> str:
    several = any(entry.repository for entry in moves)
    recorded = any(entry.item.usage is not None for entry in moves)
    head = (
        "rank",
        *(("repository",) if several else ()),
        "candidate",
        "verdict",
        "confidence",
        "runs on",
        *(("calls", "median", "p95", "payload (p95)", "failed") if recorded else ()),
    )
    rows = (
        (
            str(entry.rank),
            *((cell_code(entry.repository),) if several else ()),
            cell_code(entry.item.name),
            entry.item.verdict.value,
            entry.item.confidence.value,
            _events(entry.item),
            *(_usage(entry.item.usage) if recorded else ()),
        )
        for entry in moves
    )
    return table(head, rows)


def _events(item: Assessment) -> str:
    texts = list(dict.fromkeys(trigger_text(trigger) for trigger in item.triggers))
    rest = len(texts) - _EVENTS
    return ", ".join(map(cell_code, texts[:_EVENTS])) + (f" and {rest} more" if rest > 0 else "")


def _usage(usage: Usage | None) -> tuple[str, ...]:
    """A cell a figure; what no record tells has a dash."""
    if usage is None:
        return (_NOTHING,) * 5
    return (
        rate_text(usage.calls_per_day) if usage.calls else "none",
        time_text(usage.p50_ms / 1000) if usage.p50_ms is not None else _NOTHING,
        time_text(usage.p95_ms / 1000) if usage.p95_ms is not None else _NOTHING,
        size_text(usage.payload_bytes) if usage.payload_bytes is not None else _NOTHING,
        share_text(usage.failed) if usage.failed is not None else _NOTHING,
    )


def _details(entry: Named) -> Iterator[str]:
    item = entry.item
    where = f" in {inline_code(entry.repository)}" if entry.repository else ""
    yield f"### {entry.rank}. {inline_code(item.name)}{where}"
    yield ""
    said = inline_text(reason_of(item))
    yield f"{said[:1].upper()}{said[1:]}. It stands at {entry.link(item.location)}."
    yield ""
    for finding in item.effects:
        yield from _evidence(entry, finding)
    if item.effects:
        yield ""


def _evidence(entry: Named, finding: EffectFinding) -> Iterator[str]:
    places = [
        f"{inline_text(evidence.reason)} at {entry.link(evidence.location)}" for evidence in finding.evidence[:_PLACES]
    ]
    rest = len(finding.evidence) - _PLACES
    more = f"; and at {count(rest, 'more place')}" if rest > 0 else ""
    yield f"- {finding.effect.value}: {'; '.join(places)}{more}"
