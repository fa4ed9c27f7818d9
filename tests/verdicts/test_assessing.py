"""Assessments: put together, ranked, with hazards and advice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Assessment, Confidence, Hazard, HazardKind, Reach, Unresolved, Verdict
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.verdicts import assess
from migrator.verdicts.policy import BLOCKERS
from tests.support.assessed import HandModel, HandSummary, candidate, finding, unresolved

LARGE = Reach(9, 900)
ANY_EFFECTS = st.lists(st.sampled_from(Effect), unique=True, max_size=5)


def test_what_blocks_never_ranks_before_what_moves() -> None:
    model = HandModel(
        (candidate("a.keep"), HandSummary((finding(Effect.EMAIL), finding(Effect.UNBOUNDED)), reach=LARGE)),
        (candidate("a.refactor"), HandSummary((finding(Effect.EMAIL), finding(Effect.BACKGROUND)), reach=LARGE)),
        (candidate("a.trivial", kind=TriggerKind.COMMAND), HandSummary(unresolved=(unresolved(),) * 50)),
        (candidate("a.database"), HandSummary((finding(Effect.DATABASE),))),
        (candidate("a.ready"), HandSummary((finding(Effect.EMAIL),))),
    )
    assert [item.name for item in assess(model)] == ["a.ready", "a.database", "a.trivial", "a.refactor", "a.keep"]


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


@pytest.mark.parametrize("kind", HazardKind)
def test_each_hazard_costs_once_and_has_its_advice(kind: HazardKind) -> None:
    def assessed(times: int) -> Assessment:
        hazards = tuple(Hazard(kind, Location("shop/deep.py", 40 + number), "why") for number in range(times))
        return assess(HandModel((candidate("a.f"), HandSummary(hazards=hazards, reach=LARGE))))[0]

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


def test_each_call_to_look_at_costs_and_a_harmless_one_does_not() -> None:
    def scored(*calls: Unresolved) -> float:
        return assess(HandModel((candidate("a.f"), HandSummary(unresolved=calls, reach=LARGE))))[0].score

    doubtful, harmless = unresolved(), unresolved(harmless_because="plain data")
    assert scored() > scored(harmless) == scored(harmless, harmless) > scored(doubtful) > scored(doubtful, doubtful)
    assert scored(doubtful) == scored(doubtful, harmless)
