"""What is kept of an analysis, so that a later one can be compared with it.

In: an `Analysis`, the hour, the commit. Out: a `Baseline`. Reading and writing it is left to `migrator.bootstrap`, the
comparison to `migrator.verdicts.changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from migrator.domain.assessments import Analysis, Assessment, Verdict
from migrator.domain.effects import Effect
from migrator.domain.reports import Baseline, Known, Totals
from migrator.domain.trigger_text import trigger_text
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.verdicts.places import kept_files, places_of

_ANSWERED_ONCE = frozenset(
    {TriggerKind.HTTP, TriggerKind.QUEUE, TriggerKind.COMMAND, TriggerKind.STREAM, TriggerKind.OBJECT}
)
"""Kinds of events that one function answers. A signal and an hour have any number of receivers."""


def known_of(assessment: Assessment) -> Known:
    """What a baseline keeps of a candidate."""
    return Known(
        name=assessment.name,
        verdict=assessment.verdict,
        confidence=assessment.confidence,
        effects=tuple(effect for effect in Effect if effect in assessment.effect_names),
        triggers=tuple(sorted({trigger.kind for trigger in assessment.triggers})),
        path=assessment.location.path,
        events=tuple(sorted(set(_events(assessment.triggers)))),
    )


def totals_of(analysis: Analysis, at: str, commit: str) -> Totals:
    """The figures of a repository.

    Args:
        at: ISO 8601, UTC, to the second.
        commit: that was analyzed, or an empty string.
    """
    verdicts = Counter(item.verdict for item in analysis.candidates)
    own = {
        (item.location.path, line)
        for item in analysis.candidates
        for line in range(item.location.line, item.location.end_line + 1)
    }
    return Totals(
        at=at,
        commit=commit,
        files=analysis.files,
        lines=analysis.lines,
        candidates=len(analysis.candidates),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
        candidate_lines=len(own),
    )


def baseline_of(
    analysis: Analysis, at: str, commit: str, before: Baseline | None = None, *, root: str = ""
) -> Baseline:
    """What is kept of an analysis from now on, with the figures of those before it.

    Args:
        before: the one that it takes the place of.
        root: what the repository is called; the name of `before` goes first, and that of the analysis is the last.
    """
    history = before.history if before is not None else ()
    return Baseline(
        root=before.root if before is not None else root or analysis.root,
        candidates=tuple(sorted(map(known_of, analysis.candidates), key=lambda known: (known.name, known.path))),
        history=continued(history, totals_of(analysis, at, commit)),
        files=kept_files(places_of(analysis)),
    )


def continued(history: Sequence[Totals], totals: Totals) -> tuple[Totals, ...]:
    """The history with these figures at its end, unless they are there: the same commit counted again is one entry."""
    if history and replace(history[-1], at=totals.at) == totals:
        return tuple(history)
    return (*history, totals)


def summed(histories: Iterable[Sequence[Totals]]) -> tuple[Totals, ...]:
    """The figures of several repositories as one history, oldest first.

    At each hour at which any of them was counted stands the sum of what was last known of each. A commit is named only
    where there is one repository.
    """
    each = [sorted(history, key=lambda totals: totals.at) for history in histories if history]
    if len(each) == 1:
        return tuple(each[0])
    hours = sorted({totals.at for history in each for totals in history})
    return tuple(_sum(hour, [_last(history, hour) for history in each]) for hour in hours)


def for_root(baselines: Sequence[Baseline], path: str, *, only: bool) -> Baseline | None:
    """The baseline of a repository; None where there is none, or where more than one may be meant.

    Args:
        path: of the repository, as a whole: it ends in what its baseline calls it.
        only: whether it is the only repository of the run: then the only baseline is its, whatever its name.
    """
    parts = PurePath(path).parts
    ends = [(len(end), baseline) for baseline in baselines if (end := PurePath(baseline.root).parts)]
    longest = max((length for length, baseline in ends if _ends(parts, baseline.root)), default=0)
    found = [baseline for length, baseline in ends if length == longest and _ends(parts, baseline.root)]
    found = found or (list(baselines) if only and len(baselines) == 1 else [])
    return found[0] if len(found) == 1 else None


def _events(triggers: Sequence[Trigger]) -> Iterable[str]:
    for trigger in triggers:
        text = trigger_text(trigger)
        if trigger.kind in _ANSWERED_ONCE and " " in text:  # else the detail is not known
            yield text


def _last(history: Sequence[Totals], hour: str) -> Totals | None:
    return next((totals for totals in reversed(history) if totals.at <= hour), None)


def _sum(hour: str, parts: Sequence[Totals | None]) -> Totals:
    there = [part for part in parts if part is not None]
    return Totals(
        at=hour,
        commit="",
        files=sum(part.files for part in there),
        lines=sum(part.lines for part in there),
        candidates=sum(part.candidates for part in there),
        verdicts={verdict: sum(part.verdicts.get(verdict, 0) for part in there) for verdict in Verdict},
        candidate_lines=sum(part.candidate_lines for part in there),
    )


def _ends(parts: Sequence[str], root: str) -> bool:
    end = PurePath(root).parts
    return tuple(parts[-len(end) :]) == end
