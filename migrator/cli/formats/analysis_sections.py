"""Sections that the text of one analysis and the text of many have in common: verdicts, first moves, blockers, table.

In: candidates, each as it is named in that text. Out: lines on a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from migrator.cli.formats.page import CONFIDENCE_STYLE, VERDICT_STYLE, Page, Part, count, one_line, place
from migrator.domain.assessments import Assessment, Confidence, Verdict
from migrator.domain.effects import Effect, Evidence
from migrator.domain.locations import Location
from migrator.domain.quantity_text import time_text
from migrator.domain.trigger_text import trigger_text
from migrator.domain.usage import Usage
from migrator.domain.usage_text import usage_text
from migrator.verdicts.advice import mend_for
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.reasons import reason_of

FIRST_MOVES = 10
MOVABLE = frozenset({Verdict.READY, Verdict.WITH_NETWORK})

_BLOCKERS_SHOWN = 5
_TRIGGERS_SHOWN = 2
_WIDEST_NAME = 60  # columns of the table; a longer name pushes the rest to the right

_MEANING: Mapping[Verdict, str] = {
    Verdict.READY: "movable as is",
    Verdict.WITH_NETWORK: "movable once it can reach its database or cache",
    Verdict.REFACTOR: "needs a change first",
    Verdict.KEEP: "belongs on a server that stays up",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate as a text shows it.

    Attributes:
        rank: in this text.
        repository: what its name is led by, or an empty string where there is only one repository.
        folder: what its places are led by, so that an editor finds them; empty likewise.
    """

    rank: int
    item: Assessment
    repository: str = ""
    folder: str = ""

    @property
    def name(self) -> str:
        """The candidate's, led by the repository."""
        return f"{self.repository}: {self.item.name}" if self.repository else self.item.name

    def place(self, location: Location) -> Part:
        """A place in the candidate's repository."""
        root = PurePath(self.folder)
        if not self.folder:
            return place(location)
        if root.suffix == ".py" and root.name == location.path:  # the root is the one file that was analyzed
            return place(replace(location, path=self.folder))
        return place(replace(location, path=str(root / location.path)))


def write_verdicts(page: Page, candidates: Sequence[Assessment]) -> None:
    """How many candidates have which verdict."""
    page.heading("Verdicts")
    total = Counter(item.verdict for item in candidates)
    unproven = Counter(item.verdict for item in candidates if item.confidence is Confidence.UNPROVEN)
    for verdict in reversed(Verdict):
        parts: list[Part] = [(f"{verdict:<12}", VERDICT_STYLE[verdict]), f" {total[verdict]:>5,}  {_MEANING[verdict]}"]
        if unproven[verdict]:
            parts.append((f" ({unproven[verdict]:,} unproven)", CONFIDENCE_STYLE[Confidence.UNPROVEN]))
        page.line(*parts, indent="  ", hang=" " * 22)


def write_first_moves(page: Page, moves: Sequence[Entry]) -> None:
    """Where to start, with a reason each."""
    page.heading("Start here")
    if not moves:
        page.line("Nothing can move before something changes; the blockers below say what.", indent="  ")
    for entry in moves:
        item = entry.item
        page.line((f"{entry.rank:>2}  ", "dim"), (entry.name, "bold"), indent="  ", hang=" " * 8)
        page.line(
            (str(item.verdict), VERDICT_STYLE[item.verdict]),
            ", ",
            (str(item.confidence), CONFIDENCE_STYLE[item.confidence]),
            f": {reason_of(item)}",
            indent=" " * 6,
            hang=" " * 8,
        )
        if item.usage is not None:
            page.line(f"in production: {usage_text(item.usage)}", indent=" " * 6, hang=" " * 8)
        page.line(entry.place(item.location), f"  {_triggers(item)}", indent=" " * 6, hang=" " * 8)


def _triggers(item: Assessment) -> str:
    texts = list(dict.fromkeys(trigger_text(trigger) for trigger in item.triggers))
    rest = len(texts) - _TRIGGERS_SHOWN
    return ", ".join(texts[:_TRIGGERS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def write_blockers(page: Page, entries: Sequence[Entry]) -> None:
    """The most frequent blockers, each with its mend and a place.

    Args:
        entries: by rank.
    """
    blocked: Counter[Effect] = Counter()
    alone: Counter[Effect] = Counter()
    mends: dict[Effect, Counter[str]] = {}
    examples: dict[Effect, tuple[Entry, Evidence]] = {}
    clear: set[Effect] = set()
    for entry in entries:
        present = [finding for finding in entry.item.effects if finding.effect in BLOCKERS]
        for finding in present:
            blocked[finding.effect] += 1
            alone[finding.effect] += len(present) == 1
            if not finding.evidence:
                continue
            # Candidates come by rank: the first that has nothing else in its way gains most from the mend.
            if finding.effect not in examples or (len(present) == 1 and finding.effect not in clear):
                examples[finding.effect] = entry, finding.evidence[0]
            clear.update({finding.effect} if len(present) == 1 else ())
            mend = mend_for(finding.effect, finding.evidence[0])
            if mend is not None:
                mends.setdefault(finding.effect, Counter())[mend.title] += 1
    if not blocked:
        return
    page.heading("In the way")
    width = max(len(effect) for effect in blocked)
    for effect, times in blocked.most_common(_BLOCKERS_SHOWN):
        only = f", the only blocker of {alone[effect]:,}" if alone[effect] else ""
        page.line((f"{effect:<{width}}", "bold"), f"  {count(times, 'candidate')}{only}", indent="  ", hang=" " * 8)
        if effect not in examples:
            continue
        if effect in mends:
            page.line(mends[effect].most_common(1)[0][0], indent=" " * 6, hang=" " * 8)
        entry, evidence = examples[effect]
        page.line(
            entry.place(evidence.location), f"  {evidence.reason} (in {entry.name})", indent=" " * 6, hang=" " * 8
        )


def write_entries(page: Page, entries: Sequence[Entry]) -> None:
    """Every candidate on a line of its own, by rank; folded to a second line where a terminal is too narrow."""
    if not entries:
        return
    page.gap()
    digits = len(str(len(entries)))
    names = min(max(len(one_line(entry.name)) for entry in entries), _WIDEST_NAME)
    recorded = any(entry.item.usage is not None for entry in entries)
    usage = f"{'CALLS/DAY':>10}  {'P95':>8}  " if recorded else ""
    head = f"{'':>{digits}}  {'VERDICT':<12}  {'CONFIDENCE':<10}  {usage}{'CANDIDATE':<{names}}  TRIGGERS -> EFFECTS"
    page.line((head, "dim"))
    for entry in entries:
        item = entry.item
        effects = ", ".join(finding.effect for finding in item.effects) or "none"
        triggers = ", ".join(sorted({trigger.kind for trigger in item.triggers}))
        page.line(
            f"{entry.rank:>{digits}}  ",
            (f"{item.verdict:<12}", VERDICT_STYLE[item.verdict]),
            "  ",
            (f"{item.confidence:<10}", CONFIDENCE_STYLE[item.confidence]),
            "  ",
            _usage_columns(item.usage) if recorded else "",
            f"{one_line(entry.name):<{names}}  ",
            f"{triggers} -> {effects}",
            hang=" " * (digits + 2),
        )


def _usage_columns(usage: Usage | None) -> str:
    """Calls a day and the 95th percentile of their durations; a dash where it is not told."""
    calls = (
        "-"
        if usage is None
        else f"{usage.calls_per_day:,.0f}"
        if usage.calls_per_day >= 10
        else f"{usage.calls_per_day:,.1f}"
    )
    p95 = "-" if usage is None or usage.p95_ms is None else time_text(usage.p95_ms / 1000)
    return f"{calls:>10}  {p95:>8}  "
