"""An analysis as a person wants to read it first: counts, verdicts, where to start, what is in the way, what to type.

In: an `Analysis`. Out: lines on a page. The whole table is `table`; JSON is `migrator.documents.analysis`.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from migrator.cli.formats.page import CONFIDENCE_STYLE, VERDICT_STYLE, Page, Part, count, listed, one_line, place
from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.effects import Effect, Evidence
from migrator.domain.locations import Location
from migrator.domain.trigger_text import trigger_text
from migrator.verdicts.advice import mend_for
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.reasons import reason_of

_FIRST_MOVES = 10
_BLOCKERS_SHOWN = 5
_SKIPPED_SHOWN = 5
_TRIGGERS_SHOWN = 2
_WIDEST_NAME = 60  # columns of the table; a longer name pushes the rest to the right

_MEANING: Mapping[Verdict, str] = {
    Verdict.READY: "movable as is",
    Verdict.WITH_NETWORK: "movable once it can reach its database or cache",
    Verdict.REFACTOR: "needs a change first",
    Verdict.KEEP: "belongs on a server that stays up",
}


def write_analysis(page: Page, analysis: Analysis, *, looked_for: Sequence[str], quiet: bool = False) -> None:
    """The default text.

    Args:
        looked_for: the frameworks whose registrations the analyzer knows, named where nothing was found.
        quiet: leave out the advice on what to type next.
    """
    _counts(page, analysis)
    _skipped(page, analysis)
    _findings(page, analysis)
    if not analysis.candidates:
        page.gap()
        page.line(f"No event-shaped function was found. Looked for: {listed(looked_for)}.")
        return
    _verdicts(page, analysis)
    moves = [item for item in analysis.candidates if item.verdict in (Verdict.READY, Verdict.WITH_NETWORK)]
    _first_moves(page, moves[:_FIRST_MOVES])
    _blockers(page, analysis.candidates)
    if not quiet:
        _next(page, analysis, moves[0] if moves else analysis.candidates[0])


def write_table(page: Page, analysis: Analysis) -> None:
    """Every candidate on a line of its own, by rank; folded to a second line where a terminal is too narrow."""
    _counts(page, analysis)
    _skipped(page, analysis)
    _findings(page, analysis)
    if not analysis.candidates:
        return
    page.gap()
    digits = len(str(len(analysis.candidates)))
    names = min(max(len(one_line(item.name)) for item in analysis.candidates), _WIDEST_NAME)
    head = f"{'':>{digits}}  {'VERDICT':<12}  {'CONFIDENCE':<10}  {'CANDIDATE':<{names}}  TRIGGERS -> EFFECTS"
    page.line((head, "dim"))
    for item in analysis.candidates:
        effects = ", ".join(finding.effect for finding in item.effects) or "none"
        triggers = ", ".join(sorted({trigger.kind for trigger in item.triggers}))
        page.line(
            f"{item.rank:>{digits}}  ",
            (f"{item.verdict:<12}", VERDICT_STYLE[item.verdict]),
            "  ",
            (f"{item.confidence:<10}", CONFIDENCE_STYLE[item.confidence]),
            "  ",
            f"{one_line(item.name):<{names}}  ",
            f"{triggers} -> {effects}",
            hang=" " * (digits + 2),
        )


def _counts(page: Page, analysis: Analysis) -> None:
    page.line(
        (analysis.root, "bold"),
        f": {count(analysis.files, 'file')}, {count(analysis.lines, 'line')}, "
        f"{count(len(analysis.candidates), 'candidate')}, {analysis.seconds:.1f} s",
    )


def _skipped(page: Page, analysis: Analysis) -> None:
    if not analysis.skipped:
        return
    page.heading("Not read", f"  {count(len(analysis.skipped), 'entry', 'entries')}: what stands there is unknown")
    for entry in analysis.skipped[:_SKIPPED_SHOWN]:
        at = Location(entry.path, entry.line, column=entry.column)
        page.line(place(at), f"  {entry.reason}", indent="  ", hang="      ")
    if len(analysis.skipped) > _SKIPPED_SHOWN:
        page.line(f"and {len(analysis.skipped) - _SKIPPED_SHOWN} more (--format json lists them)", indent="  ")


def _findings(page: Page, analysis: Analysis) -> None:
    if not analysis.findings:
        return
    page.heading("To mend", f"  {count(len(analysis.findings), 'finding')}")
    for finding in analysis.findings[:_SKIPPED_SHOWN]:
        page.line(place(finding.location), f"  {finding.reason}", indent="  ", hang="      ")
    if len(analysis.findings) > _SKIPPED_SHOWN:
        page.line(f"and {len(analysis.findings) - _SKIPPED_SHOWN} more (--format json lists them)", indent="  ")


def _verdicts(page: Page, analysis: Analysis) -> None:
    page.heading("Verdicts")
    total = Counter(item.verdict for item in analysis.candidates)
    unproven = Counter(item.verdict for item in analysis.candidates if item.confidence is Confidence.UNPROVEN)
    for verdict in reversed(Verdict):
        parts: list[Part] = [(f"{verdict:<12}", VERDICT_STYLE[verdict]), f" {total[verdict]:>5,}  {_MEANING[verdict]}"]
        if unproven[verdict]:
            parts.append((f" ({unproven[verdict]:,} unproven)", CONFIDENCE_STYLE[Confidence.UNPROVEN]))
        page.line(*parts, indent="  ", hang=" " * 22)


def _first_moves(page: Page, moves: Sequence[Assessment]) -> None:
    page.heading("Start here")
    if not moves:
        page.line("Nothing can move before something changes; the blockers below say what.", indent="  ")
    for item in moves:
        page.line((f"{item.rank:>2}  ", "dim"), (item.name, "bold"), indent="  ", hang=" " * 8)
        page.line(
            (str(item.verdict), VERDICT_STYLE[item.verdict]),
            ", ",
            (str(item.confidence), CONFIDENCE_STYLE[item.confidence]),
            f": {reason_of(item)}",
            indent=" " * 6,
            hang=" " * 8,
        )
        page.line(place(item.location), f"  {_triggers(item)}", indent=" " * 6, hang=" " * 8)


def _triggers(item: Assessment) -> str:
    texts = list(dict.fromkeys(trigger_text(trigger) for trigger in item.triggers))
    rest = len(texts) - _TRIGGERS_SHOWN
    return ", ".join(texts[:_TRIGGERS_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _blockers(page: Page, candidates: Sequence[Assessment]) -> None:
    blocked: Counter[Effect] = Counter()
    alone: Counter[Effect] = Counter()
    mends: dict[Effect, Counter[str]] = {}
    examples: dict[Effect, tuple[str, Evidence]] = {}
    clear: set[Effect] = set()
    for item in candidates:
        present = [finding for finding in item.effects if finding.effect in BLOCKERS]
        for finding in present:
            blocked[finding.effect] += 1
            alone[finding.effect] += len(present) == 1
            if not finding.evidence:
                continue
            # Candidates come by rank: the first that has nothing else in its way gains most from the mend.
            if finding.effect not in examples or (len(present) == 1 and finding.effect not in clear):
                examples[finding.effect] = item.name, finding.evidence[0]
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
        name, evidence = examples[effect]
        page.line(place(evidence.location), f"  {evidence.reason} (in {name})", indent=" " * 6, hang=" " * 8)


def _next(page: Page, analysis: Analysis, best: Assessment) -> None:
    page.heading("Next")
    page.command(f"migrator explain {shlex.quote(best.name)} --root {shlex.quote(analysis.root)}")
