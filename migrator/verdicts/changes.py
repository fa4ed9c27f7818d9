"""What has changed since a baseline, the worst first, and which of it a pipeline should stop at.

In: a `Baseline`, an `Analysis` of the same repository. Out: `Change`s. Lines do not count: what is moved within a file
has not changed, and what is moved to another one is `renamed`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.reports import Baseline, Change, ChangeKind, Known
from migrator.verdicts.baselines import known_of
from migrator.verdicts.policy import BLOCKERS, verdict_of
from migrator.verdicts.renames import paired

WORST_FIRST: tuple[ChangeKind, ...] = (
    ChangeKind.NEW_BLOCKER,
    ChangeKind.WORSE_VERDICT,
    ChangeKind.LESS_CONFIDENT,
    ChangeKind.NEW_EFFECT,
    ChangeKind.NEW_CANDIDATE,
    ChangeKind.RENAMED,
    ChangeKind.LOST_EFFECT,
    ChangeKind.BETTER_VERDICT,
    ChangeKind.MORE_CONFIDENT,
    ChangeKind.GONE,
)
"""Every kind, in the order in which a person should look."""

LOSSES: tuple[ChangeKind, ...] = WORST_FIRST[: WORST_FIRST.index(ChangeKind.RENAMED)]
"""The kinds that make the move harder: those that `--fail-on` takes."""

_VERDICTS = tuple(Verdict)  # from worst to best
_CONFIDENCES = tuple(Confidence)  # from best to worst
_EFFECTS = tuple(Effect)


def changes_between(baseline: Baseline | None, analysis: Analysis) -> tuple[Change, ...]:
    """Every difference, the worst first; equal kinds by the verdict that they lead to, then by name.

    Args:
        baseline: None where nothing was known of the repository: then everything is new.
    """
    before = baseline.candidates if baseline is not None else ()
    now = [(known_of(item), item) for item in analysis.candidates]
    found = [change for old, new in paired(before, now) for change in _told(analysis.root, old, new)]
    return in_order(found)


def in_order(changes: Collection[Change]) -> tuple[Change, ...]:
    """The worst first, whatever repositories they are of."""
    return tuple(sorted(changes, key=_order))


def failing(changes: Sequence[Change], kinds: Collection[ChangeKind]) -> tuple[Change, ...]:
    """The changes of these kinds, in their order."""
    return tuple(change for change in changes if change.kind in kinds)


def _told(root: str, old: Known | None, new: tuple[Known, Assessment] | None) -> Iterator[Change]:
    if new is None:
        if old is not None:
            yield Change(ChangeKind.GONE, root, old.name, was=old.verdict.value, path=old.path)
        return
    known, item = new
    if old is None:
        yield Change(ChangeKind.NEW_CANDIDATE, root, known.name, now=known.verdict.value, assessment=item)
        for effect in known.effects:
            if effect in BLOCKERS:
                yield Change(ChangeKind.NEW_BLOCKER, root, known.name, now=effect.value, assessment=item)
        return
    if old.name != known.name:
        yield Change(ChangeKind.RENAMED, root, known.name, was=old.name, now=known.name, assessment=item)
    for effect in _EFFECTS:
        if effect in known.effects and effect not in old.effects:
            kind = ChangeKind.NEW_BLOCKER if effect in BLOCKERS else ChangeKind.NEW_EFFECT
            yield Change(kind, root, known.name, now=effect.value, assessment=item)
        elif effect in old.effects and effect not in known.effects:
            yield Change(ChangeKind.LOST_EFFECT, root, known.name, was=effect.value, assessment=item)
    if old.verdict is not known.verdict:
        worse = _VERDICTS.index(known.verdict) < _VERDICTS.index(old.verdict)
        kind = ChangeKind.WORSE_VERDICT if worse else ChangeKind.BETTER_VERDICT
        yield Change(kind, root, known.name, old.verdict.value, known.verdict.value, item)
    if old.confidence is not known.confidence:
        less = _CONFIDENCES.index(known.confidence) > _CONFIDENCES.index(old.confidence)
        kind = ChangeKind.LESS_CONFIDENT if less else ChangeKind.MORE_CONFIDENT
        yield Change(kind, root, known.name, old.confidence.value, known.confidence.value, item)


def _order(change: Change) -> tuple[object, ...]:
    effect = next((effect for effect in _EFFECTS if effect.value == change.now), None)
    leads_to = verdict_of({effect}) if effect is not None else change.assessment.verdict if change.assessment else None
    badness = _VERDICTS.index(leads_to) if leads_to is not None else len(_VERDICTS)
    return WORST_FIRST.index(change.kind), badness, change.root, change.candidate, change.now, change.was
