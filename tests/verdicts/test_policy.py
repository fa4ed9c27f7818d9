"""Verdict and confidence are the rules of the vocabulary, over every set of effects."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.verdicts.policy import BLOCKERS, confidence_of, verdict_of
from tests.support.assessed import unresolved

ALL = frozenset(Effect)
KEEP = {Effect.UNBOUNDED}
REFACTOR = {
    Effect.PROCESS_STATE_WRITE,
    Effect.PROCESS_STATE_READ,
    Effect.LOCAL_DISK_WRITE,
    Effect.LOCAL_DISK_READ,
    Effect.BACKGROUND,
    Effect.REQUEST_CONTEXT,
}
NETWORK = {Effect.DATABASE, Effect.CACHE}
FREE = ALL - KEEP - REFACTOR - NETWORK
ORDER = list(Verdict)  # worst first


@given(st.frozensets(st.sampled_from(Effect)))
def test_the_first_rule_that_applies(effects: frozenset[Effect]) -> None:
    if effects & KEEP:
        expected = Verdict.KEEP
    elif effects & REFACTOR:
        expected = Verdict.REFACTOR
    elif effects & NETWORK:
        expected = Verdict.WITH_NETWORK
    else:
        expected = Verdict.READY
    assert verdict_of(effects) is expected


@given(st.frozensets(st.sampled_from(Effect)), st.sampled_from(Effect))
def test_one_more_effect_never_makes_a_verdict_better(effects: frozenset[Effect], more: Effect) -> None:
    assert ORDER.index(verdict_of(effects | {more})) <= ORDER.index(verdict_of(effects))


def test_blockers_are_what_keeps_or_needs_a_change() -> None:
    assert BLOCKERS == KEEP | REFACTOR
    assert verdict_of(FREE) is Verdict.READY


def test_confidence() -> None:
    doubtful, improbable = unresolved(), unresolved(harmless_because="the name says so")
    assert confidence_of([]) is Confidence.PROVEN
    assert confidence_of([improbable]) is Confidence.LIKELY
    assert confidence_of([improbable, improbable]) is Confidence.LIKELY
    assert confidence_of([improbable, doubtful]) is Confidence.UNPROVEN
    assert confidence_of([doubtful]) is Confidence.UNPROVEN
