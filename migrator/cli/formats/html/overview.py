"""What stands above the table: figures, verdicts, where to start, what is in the way, what has changed, what is not known.

In: a `Report`. Out: values for the template, with every text ready. The table's own rows are `rows`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.cli.formats.html.rows import VERDICTS
from migrator.domain.assessments import Assessment, Confidence, Verdict
from migrator.domain.effects import Effect, Evidence
from migrator.domain.locations import Location
from migrator.domain.reports import Change, ChangeKind, Report
from migrator.domain.repositories import names_of
from migrator.domain.wording import count
from migrator.verdicts.advice import mend_for
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.reasons import reason_of

BAR: Final = 1000  # width of the bar of verdicts, in its own units
_FIRST_MOVES: Final = 6
_BLOCKERS_SHOWN: Final = 6

_MEANING: Final[Mapping[Verdict, str]] = {
    Verdict.READY: "movable as is",
    Verdict.WITH_NETWORK: "movable once it can reach its database or cache",
    Verdict.REFACTOR: "needs a change first",
    Verdict.KEEP: "belongs on a server that stays up",
}
_CHANGED: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.NEW_CANDIDATE: "new candidate",
    ChangeKind.GONE: "gone",
    ChangeKind.RENAMED: "renamed",
    ChangeKind.NEW_BLOCKER: "new blocker",
    ChangeKind.NEW_EFFECT: "new effect",
    ChangeKind.LOST_EFFECT: "effect lost",
    ChangeKind.WORSE_VERDICT: "worse verdict",
    ChangeKind.BETTER_VERDICT: "better verdict",
    ChangeKind.LESS_CONFIDENT: "less certain",
    ChangeKind.MORE_CONFIDENT: "more certain",
}
_BETTER: Final = frozenset(
    {ChangeKind.GONE, ChangeKind.LOST_EFFECT, ChangeKind.BETTER_VERDICT, ChangeKind.MORE_CONFIDENT}
)
_WORSE: Final = frozenset({ChangeKind.NEW_BLOCKER, ChangeKind.WORSE_VERDICT, ChangeKind.LESS_CONFIDENT})


@dataclass(frozen=True, slots=True)
class Share:
    """One verdict of the bar: how many have it, and where its part of the bar lies."""

    verdict: str
    meaning: str
    number: int
    unproven: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Move:
    """A candidate to begin with; `row` is its place in the table, from 0."""

    row: int
    name: str
    verdict: str
    confidence: str
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class Blocker:
    """An effect that is in the way of moves, with the mend that fits most of its places, and one of these."""

    effect: str
    number: int
    alone: int
    mend: str
    place: str
    reason: str
    row: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference to the baseline; `row` is None for a candidate that is gone."""

    kind: str
    tone: str
    repository: str
    name: str
    was: str
    now: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A place with a sentence: what was not read, or should be mended."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it.

    Attributes:
        title: names of the repositories.
        figures: what was analyzed, in words.
        changes: None where there was no baseline.
        failed: repositories that could not be analyzed.
    """

    title: str
    figures: tuple[str, ...]
    shares: tuple[Share, ...]
    moves: tuple[Move, ...]
    blockers: tuple[Blocker, ...]
    changes: tuple[Changed, ...] | None
    failed: tuple[Noted, ...]
    unread: tuple[Noted, ...]
    findings: tuple[Noted, ...]


@dataclass
class _Seen:
    """What is known of an effect that blocks, while candidates are read by rank."""

    number: int = 0
    alone: int = 0
    example: tuple[int, Evidence] | None = None
    mends: Counter[str] = field(default_factory=Counter)


def overview_of(report: Report) -> Overview:
    """What a person reads first."""
    names = names_of(analysis.root for analysis in report.analyses)
    several = len(names) > 1
    ranked = tuple(item for _, item in report.ranked)
    before = {root: f"{name}/" if several else "" for root, name in names.items()}
    places = [before[analysis.root] for analysis, _ in report.ranked]
    return Overview(
        title=", ".join(names.values()),
        figures=tuple(_figures(report)),
        shares=tuple(_shares(ranked)),
        moves=tuple(_moves(ranked, places)),
        blockers=tuple(_blockers(ranked, places)),
        changes=None if report.changes is None else tuple(_changes(report, names)),
        failed=tuple(Noted(each.root, each.reason) for each in report.failed),
        unread=tuple(
            Noted(f"{before[analysis.root]}{Location(entry.path, entry.line, column=entry.column)}", entry.reason)
            for analysis in report.analyses
            for entry in analysis.skipped
        ),
        findings=tuple(
            Noted(f"{before[analysis.root]}{finding.location}", finding.reason)
            for analysis in report.analyses
            for finding in analysis.findings
        ),
    )


def _figures(report: Report) -> Iterator[str]:
    if len(report.analyses) > 1:
        yield count(len(report.analyses), "repository", "repositories")
    yield count(sum(analysis.files for analysis in report.analyses), "file")
    yield count(sum(analysis.lines for analysis in report.analyses), "line")
    yield count(sum(len(analysis.candidates) for analysis in report.analyses), "candidate")


def _shares(ranked: Sequence[Assessment]) -> Iterator[Share]:
    total = Counter(item.verdict for item in ranked)
    unproven = Counter(item.verdict for item in ranked if item.confidence is Confidence.UNPROVEN)
    x = 0.0
    for verdict in VERDICTS:
        width = BAR * total[verdict] / max(1, len(ranked))
        yield Share(verdict.value, _MEANING[verdict], total[verdict], unproven[verdict], round(x, 2), round(width, 2))
        x += width


def _moves(ranked: Sequence[Assessment], before: Sequence[str]) -> Iterator[Move]:
    movable = (row for row, item in enumerate(ranked) if item.verdict in (Verdict.READY, Verdict.WITH_NETWORK))
    for _, row in zip(range(_FIRST_MOVES), movable, strict=False):
        item = ranked[row]
        yield Move(
            row,
            item.name,
            item.verdict.value,
            item.confidence.value,
            reason_of(item),
            f"{before[row]}{item.location}",
        )


def _blockers(ranked: Sequence[Assessment], before: Sequence[str]) -> Iterator[Blocker]:
    found: dict[Effect, _Seen] = {}
    for row, item in enumerate(ranked):
        present = [finding for finding in item.effects if finding.effect in BLOCKERS]
        for finding in present:
            seen = found.setdefault(finding.effect, _Seen())
            seen.number += 1
            first = not seen.alone and len(present) == 1  # gains most from the mend
            seen.alone += len(present) == 1
            if not finding.evidence:
                continue
            if seen.example is None or first:
                seen.example = row, finding.evidence[0]
            mend = mend_for(finding.effect, finding.evidence[0])
            if mend is not None:
                seen.mends[mend.title] += 1
    for effect, seen in sorted(found.items(), key=lambda each: (-each[1].number, each[0]))[:_BLOCKERS_SHOWN]:
        mend_title = seen.mends.most_common(1)[0][0] if seen.mends else ""
        row, place, reason = 0, "", ""
        if seen.example is not None:
            row, evidence = seen.example
            place, reason = f"{before[row]}{evidence.location}", evidence.reason
        yield Blocker(effect.value, seen.number, seen.alone, mend_title, place, reason, row)


def _changes(report: Report, names: Mapping[str, str]) -> Iterator[Changed]:
    rows = {(analysis.root, item.name): row for row, (analysis, item) in enumerate(report.ranked)}
    several = len(names) > 1
    for change in report.changes or ():
        yield Changed(
            _CHANGED[change.kind],
            _tone(change),
            names.get(change.root, change.root) if several else "",
            change.candidate,
            change.was,
            change.now,
            rows.get((change.root, change.candidate)),
        )


def _tone(change: Change) -> str:
    return "better" if change.kind in _BETTER else "worse" if change.kind in _WORSE else "even"
