"""The order once it is known what production runs: what moves up and down, and what stays where it was."""

from __future__ import annotations

from dataclasses import replace
from math import log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.cloud_facts.facts import most
from migrator.domain.assessments import Advice, Assessment, Verdict
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.domain.usage import Usage
from migrator.verdicts.ranking import BANDS
from migrator.verdicts.usage_limits import MEASURES, near_limits, room_of
from migrator.verdicts.usage_ranking import load_of, with_usages
from tests.support.traffic import PLACE, analyzed, assessed, http, queue

KB = 1024
BUSY = Usage(100_000, 100_000.0, 200.0, 400.0, 12 * KB, 0.0, ("combined",))
USAGES = st.builds(
    Usage,
    calls=st.integers(0, 10**9),
    calls_per_day=st.floats(0, 1e9),
    p50_ms=st.none() | st.floats(0, 1e7),
    p95_ms=st.none() | st.floats(0, 1e7),
    payload_bytes=st.none() | st.integers(0, 10**8),
)
PLACES = st.floats(0, 1)
VERDICTS = st.sampled_from(Verdict)


def placed(name: str, verdict: Verdict, place: float, *triggers: Trigger) -> Assessment:
    """A candidate at a place of its band."""
    band = next(number for number, members in enumerate(BANDS) if verdict in members)
    score = round((len(BANDS) - 1 - band + place) / len(BANDS), 6)
    return assessed(name, *(triggers or (http("/x", "GET"),)), score=score, verdict=verdict)


def order(usages: dict[str, Usage], *candidates: Assessment) -> list[str]:
    found = with_usages(analyzed(candidates), usages).candidates
    assert [item.rank for item in found] == [*range(1, len(found) + 1)]
    return [item.name for item in found]


@given(st.lists(st.tuples(VERDICTS, PLACES, st.none() | USAGES), max_size=6))
def test_scores_stay_in_their_bands_and_ranks_follow_them(made: list[tuple[Verdict, float, Usage | None]]) -> None:
    candidates = [placed(f"c{number}", verdict, place) for number, (verdict, place, _) in enumerate(made)]
    usages = {f"c{number}": usage for number, (*_, usage) in enumerate(made) if usage is not None}
    found = with_usages(analyzed(candidates), usages).candidates
    scores = [item.score for item in found]
    assert not usages or scores == sorted(scores, reverse=True)
    for item in found:
        band = next(number for number, members in enumerate(BANDS, start=1) if item.verdict in members)
        assert (3 - band) / 3 - 1e-6 <= item.score <= (4 - band) / 3 + 1e-6
        assert item.usage == usages.get(item.name)


def test_without_usages_nothing_changes() -> None:
    analysis = analyzed([placed("a", Verdict.READY, 0.2), placed("b", Verdict.READY, 0.9)])
    assert with_usages(analysis, {}) is analysis


def test_what_runs_often_and_long_with_small_payloads_moves_first() -> None:
    same = [placed(name, Verdict.READY, 0.5) for name in ("busy", "large", "quick", "rare", "slow")]
    usages = {
        "busy": BUSY,
        "slow": replace(BUSY, p95_ms=28_000.0),
        "quick": replace(BUSY, p50_ms=2.0),
        "rare": replace(BUSY, calls_per_day=3.0),
        "large": replace(BUSY, payload_bytes=6 * KB * KB),
    }
    assert order(usages, *same) == ["busy", "quick", "rare", "slow", "large"]


def test_the_code_still_counts() -> None:
    better, worse = placed("better", Verdict.READY, 0.9), placed("worse", Verdict.READY, 0.1)
    assert order({"better": BUSY, "worse": BUSY}, worse, better) == ["better", "worse"]


def test_what_blocks_never_comes_before_what_moves() -> None:
    keep, ready = placed("keep", Verdict.KEEP, 1.0), placed("ready", Verdict.READY, 0.0)
    assert order({"keep": BUSY, "ready": Usage(0, 0.0)}, keep, ready) == ["ready", "keep"]


def test_what_no_record_tells_of_stands_between_what_is_busy_and_what_never_runs() -> None:
    same = [placed(name, Verdict.READY, 0.6) for name in ("busy", "some", "idle", "unknown", "never")]
    usages = {
        "busy": BUSY, "some": replace(BUSY, calls_per_day=50.0), "idle": replace(BUSY, calls_per_day=0.1),
        "never": Usage(0, 0.0),
    }  # fmt: skip
    found = order(usages, *same)
    assert found.index("busy") < found.index("unknown") < found.index("idle") < found.index("never")


@given(USAGES, st.floats(1, 10))
def test_more_calls_and_longer_ones_never_lower_the_load(usage: Usage, times: float) -> None:
    assert 0 <= load_of(usage) <= load_of(replace(usage, calls_per_day=usage.calls_per_day * times)) <= 1
    if usage.p50_ms is not None:
        assert load_of(usage) <= load_of(replace(usage, p50_ms=usage.p50_ms * times)) + 1e-9
        assert load_of(usage) <= load_of(replace(usage, p95_ms=(usage.p95_ms or 0) * times)) + 1e-9


def test_a_long_tail_keeps_a_process_busier_than_its_median_says() -> None:
    plain = load_of(Usage(100, 100.0, 1_000.0, 1_000.0))
    assert plain == load_of(Usage(100, 100.0, 1_000.0)) == pytest.approx(log1p(100) / log1p(86_400))
    evenly = [1.0] * 50 + [1 + 4 * (step + 0.5) / 45 for step in range(45)] + [5.0] * 5
    tail = load_of(Usage(100, 100.0, 1_000.0, 5_000.0))
    assert tail == pytest.approx(log1p(sum(evenly)) / log1p(86_400))


@given(USAGES, st.integers(1, 10**7), st.sampled_from(TriggerKind))
def test_larger_payloads_and_longer_tails_never_make_room(usage: Usage, more: int, kind: TriggerKind) -> None:
    triggers = (Trigger(kind, "x", PLACE),)
    room = room_of(triggers, usage)
    assert 0 <= room <= 1
    assert room >= room_of(triggers, replace(usage, payload_bytes=(usage.payload_bytes or 0) + more))
    assert room >= room_of(triggers, replace(usage, p95_ms=(usage.p95_ms or 0) + more))


@pytest.mark.parametrize("kind", TriggerKind)
def test_each_kind_of_event_has_its_limits(kind: TriggerKind) -> None:
    triggers = (Trigger(kind, "x", PLACE),)
    payload, duration = (most(measure.limits[kind].fact) for measure in MEASURES)
    assert room_of(triggers, Usage(1, 1.0)) == 1
    assert near_limits(triggers, Usage(1, 1.0)) == ()
    for at, near, passed in ((0.5, 0, False), (0.75, 1, False), (1.0, 1, False), (1.1, 1, True)):
        for usage in (Usage(1, 1.0, payload_bytes=round(payload * at)), Usage(1, 1.0, p95_ms=duration * 1000 * at)):
            advice = near_limits(triggers, usage)
            assert len(advice) == near
            assert room_of(triggers, usage) == pytest.approx(max(0.0, min(1.0, 2 * (1 - at))), abs=1e-5)
            if near:
                assert ("passes" in advice[0].title) is passed


def said(*triggers: Trigger, usage: Usage) -> Advice:
    (advice,) = near_limits(triggers, usage)
    return advice


def test_advice_says_the_figure_and_the_limit() -> None:
    slow = said(http("/x", "GET"), usage=Usage(1, 1.0, p95_ms=34_000))
    assert slow.title == "A duration passes what the event allows"
    assert "34 s or more; 29 s is the most that API Gateway waits for an answer." in slow.detail
    assert "16 min or more; 15 min is the most" in said(queue("x"), usage=Usage(1, 1.0, p95_ms=960_000)).detail
    assert "7 MB or more; 6 MB" in said(http("/x"), usage=Usage(1, 1.0, payload_bytes=7 * KB * KB)).detail
    assert "600 kB or more; 1 MB" in said(queue("x"), http("/x"), usage=Usage(1, 1.0, payload_bytes=600 * KB)).detail


def test_advice_stands_in_the_analysis_behind_what_stood_there() -> None:
    before = replace(placed("a", Verdict.READY, 0.5), advice=(Advice("first", "said before"),))
    (found,) = with_usages(analyzed([before]), {"a": Usage(1, 1.0, p95_ms=34_000)}).candidates
    assert [advice.title for advice in found.advice] == ["first", "A duration passes what the event allows"]
