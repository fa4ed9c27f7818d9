"""Assessments: put together, ranked, with hazards and advice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Assessment, Confidence, Hazard, HazardKind, Verdict
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.verdicts import assess
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.ranking import BANDS, WEIGHTS, score_of
from tests.support.assessed import HandModel, HandSummary, candidate, finding, unresolved

ANY_EFFECTS = st.lists(st.sampled_from(Effect), unique=True, max_size=5)


def test_bands_hold_each_verdict_and_confidence_once() -> None:
    members = [pair for band in BANDS for pair in band]
    assert len(members) == len(set(members)) == len(Verdict) * len(Confidence)
    assert abs(sum(WEIGHTS.values()) - 1) < 1e-9


@given(
    st.sampled_from(Verdict),
    st.sampled_from(Confidence),
    st.integers(0, 17),
    st.sets(st.sampled_from(HazardKind)),
    st.integers(1, 20_000),
    st.integers(0, 5_000),
    st.sampled_from(TriggerKind),
)
def test_a_score_stays_in_its_band(
    verdict: Verdict,
    confidence: Confidence,
    effects: int,
    hazards: set[HazardKind],
    lines: int,
    runs: int,
    kind: TriggerKind,
) -> None:
    band = next(number for number, members in enumerate(BANDS, start=1) if (verdict, confidence) in members)
    triggers = candidate("a.f", kind=kind).triggers
    score = score_of(
        "a.f", verdict, confidence, triggers=triggers, hazards=hazards, effects=effects, lines=lines, runs=runs
    )
    assert (4 - band) / 4 - 1e-6 <= score <= (5 - band) / 4 + 1e-6


def test_what_blocks_never_ranks_before_what_moves() -> None:
    model = HandModel(
        (candidate("a.keep", lines=1), HandSummary((finding(Effect.UNBOUNDED),))),
        (candidate("a.refactor", lines=1), HandSummary((finding(Effect.BACKGROUND),))),
        (
            candidate("a.unproven_database", lines=900),
            HandSummary(
                tuple(finding(effect) for effect in Effect if effect not in BLOCKERS), unresolved=(unresolved(),)
            ),
        ),
        (candidate("a.unproven", lines=900), HandSummary(unresolved=(unresolved(),))),
        (candidate("a.database", lines=900), HandSummary((finding(Effect.DATABASE),))),
        (candidate("a.ready", lines=900), HandSummary((finding(Effect.EMAIL),))),
    )
    assert [item.name for item in assess(model)] == [
        "a.ready",
        "a.database",
        "a.unproven",
        "a.unproven_database",
        "a.refactor",
        "a.keep",
    ]


@given(st.lists(ANY_EFFECTS, max_size=6), st.randoms(use_true_random=False))
def test_ranks_count_up_and_do_not_depend_on_the_order(sets: list[list[Effect]], random: object) -> None:
    pairs = [
        (candidate(f"app.f{number}"), HandSummary(tuple(finding(effect) for effect in effects)))
        for number, effects in enumerate(sets)
    ]
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = assess(HandModel(*pairs)), assess(HandModel(*shuffled))
    assert first == second
    assert [item.rank for item in first] == list(range(1, len(sets) + 1))
    assert [item.score for item in first] == sorted((item.score for item in first), reverse=True)


BETTER = {
    "a job than a command": (candidate("a.f", kind=TriggerKind.QUEUE), candidate("a.f", kind=TriggerKind.COMMAND)),
    "a route than a signal": (candidate("a.f"), candidate("a.f", kind=TriggerKind.SIGNAL)),
    "a command of its own than one that comes with a framework": (
        candidate("a.f", kind=TriggerKind.COMMAND),
        candidate("a.f", kind=TriggerKind.COMMAND, command="runserver"),
    ),
    "what production runs than what tests run": (candidate("a.f"), candidate("a.tests.f")),
    "some code than next to none": (candidate("a.f", lines=30), candidate("a.f", lines=3)),
}


@pytest.mark.parametrize("which", BETTER)
def test_what_is_the_better_first_move(which: str) -> None:
    first, second = (assess(HandModel((item, HandSummary())))[0].score for item in BETTER[which])
    assert first > second


def test_a_slice_of_hundreds_of_functions_comes_later() -> None:
    def scored(runs: int) -> float:
        reaches = tuple(f"a.g{number}" for number in range(runs + 1))
        return assess(HandModel((candidate("a.f"), HandSummary(reaches=reaches))))[0].score

    assert scored(10) > scored(0)
    assert scored(10) > scored(800)


@pytest.mark.parametrize("kind", HazardKind)
def test_each_hazard_costs_once_and_has_its_advice(kind: HazardKind) -> None:
    def assessed(times: int) -> Assessment:
        hazards = tuple(Hazard(kind, Location("shop/deep.py", 40 + number), "why") for number in range(times))
        return assess(HandModel((candidate("a.f"), HandSummary(hazards=hazards))))[0]

    assert assessed(0).score > assessed(1).score == assessed(3).score
    (advice,) = assessed(3).advice
    assert "shop/deep.py:40:1, shop/deep.py:41:1, shop/deep.py:42:1" in advice.detail
    assert advice.location == Location("shop/deep.py", 40)


def test_what_stays_gets_no_advice_about_hazards() -> None:
    hazards = (Hazard(HazardKind.ORDERING, Location("shop/deep.py", 40), "why"),)
    (item,) = assess(HandModel((candidate("a.f"), HandSummary((finding(Effect.UNBOUNDED),), hazards))))
    assert len(item.advice) == 1


def test_equal_candidates_rank_by_name() -> None:
    model = HandModel((candidate("b.same"), HandSummary()), (candidate("a.same"), HandSummary()))
    assert [item.name for item in assess(model)] == ["a.same", "b.same"]


def test_effects_come_in_the_order_of_the_vocabulary() -> None:
    model = HandModel(
        (candidate("a.f"), HandSummary((finding(Effect.ENVIRONMENT), finding(Effect.MEMOIZE), finding(Effect.CACHE))))
    )
    assert [found.effect for found in assess(model)[0].effects] == [Effect.MEMOIZE, Effect.CACHE, Effect.ENVIRONMENT]


def test_double_run_names_each_line_that_a_retry_repeats() -> None:
    effects = (
        finding(Effect.EMAIL, lines=(5, 9, 9), changes=True),
        finding(Effect.DATABASE, lines=(12,), changes=True),
        finding(Effect.CACHE, lines=(13,), changes=True),
        finding(Effect.HTTP_OUT, lines=(14,), changes=False),
    )
    (item,) = assess(HandModel((candidate("a.f"), HandSummary(effects))))
    assert {hazard.kind for hazard in item.hazards} == {HazardKind.DOUBLE_RUN}
    assert sorted(hazard.location.line for hazard in item.hazards) == [5, 9, 12]


def test_each_blocker_gets_its_mend_with_its_lines() -> None:
    effects = tuple(
        finding(effect, reason="does it", lines=(20, 21)) for effect in sorted(BLOCKERS - {Effect.UNBOUNDED})
    )
    (item,) = assess(HandModel((candidate("a.f"), HandSummary(effects))))
    assert item.verdict is Verdict.REFACTOR
    assert len(item.advice) == len(effects)
    for advice in item.advice:
        assert advice.location is not None and advice.location.line == 20
        assert "shop/deep.py:20:1, shop/deep.py:21:1" in advice.detail
    text = " ".join(f"{advice.title} {advice.detail}" for advice in item.advice)
    for noun in ("DynamoDB", "ElastiCache", "S3", "/tmp", "SQS", "arguments"):
        assert noun in text


def test_a_candidate_to_keep_is_told_where_to_run() -> None:
    for reason in ("loops for ever", "serves requests", "sleeps 90 s", "declares a time limit of 3600 s", "waits"):
        effects = (finding(Effect.UNBOUNDED, reason=reason), finding(Effect.REQUEST_CONTEXT))
        (item,) = assess(HandModel((candidate("a.f"), HandSummary(effects))))
        assert item.verdict is Verdict.KEEP
        assert len(item.advice) == 1
        assert "Fargate" in item.advice[0].detail


def test_an_unproven_move_is_told_what_to_look_at() -> None:
    calls = (unresolved(), unresolved(harmless_because="plain data"))
    (item,) = assess(HandModel((candidate("a.f"), HandSummary(unresolved=calls))))
    assert item.confidence is Confidence.UNPROVEN
    assert [advice.title for advice in item.advice] == ["Look at the 1 call that could not be followed"]
