"""The points of what a candidate does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Reach
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.verdicts.work import CRAFTS, OUTSIDE, work_of

LIBRARIES = sorted(name for craft in CRAFTS for name in craft.libraries)
REACHES = st.builds(
    Reach, st.integers(1, 500), st.integers(1, 9_000), st.dictionaries(st.sampled_from(LIBRARIES), st.integers(1, 9))
)


def found(effect: Effect, steps: int = 1) -> EffectFinding:
    chain = tuple(f"a.f{number}" for number in range(steps))
    return EffectFinding(effect, (Evidence(Location("a.py", 3), "does it", chain),))


EFFECTS = st.lists(st.builds(found, st.sampled_from(Effect), st.integers(1, 9)), max_size=6)


def test_no_library_has_two_crafts() -> None:
    assert len(LIBRARIES) == len(set(LIBRARIES))


@given(EFFECTS, REACHES, st.sampled_from(Effect))
def test_one_more_effect_never_takes_points_away(effects: list[EffectFinding], reach: Reach, more: Effect) -> None:
    before, after = work_of(effects, reach).points, work_of([*effects, found(more)], reach).points
    assert after > before if more in OUTSIDE else after == before


@given(EFFECTS, st.integers(1, 500), st.integers(1, 9_000))
def test_code_alone_never_makes_a_full_point(effects: list[EffectFinding], functions: int, lines: int) -> None:
    some, more = (work_of(effects, Reach(functions, size)).points for size in (lines, lines + 500))
    nothing = work_of(effects, Reach()).points
    assert nothing <= some <= more < nothing + 1


@pytest.mark.parametrize("effect", OUTSIDE)
def test_what_lies_deep_counts_less(effect: Effect) -> None:
    points = [work_of([found(effect, steps)], Reach()).points for steps in (1, 2, 5, 50)]
    assert points == sorted(set(points), reverse=True)
    assert points[2] == pytest.approx(points[0] / 2)


def test_the_nearest_place_decides() -> None:
    far, near = found(Effect.EMAIL, 7).evidence[0], found(Effect.EMAIL, 1).evidence[0]
    both = work_of([EffectFinding(Effect.EMAIL, (far, near))], Reach())
    assert both.points == work_of([found(Effect.EMAIL)], Reach()).points


def test_the_foremost_craft_counts_once() -> None:
    image = work_of((), Reach(1, 1, {"PIL": 1})).points
    assert work_of((), Reach(1, 1, {"PIL": 1, "csv": 1, "cv2": 1})).points == image
    assert work_of((), Reach(1, 1, {"csv": 1})).points < image
    assert work_of((), Reach(1, 1, {"PIL": 4, "csv": 1})).points < image
    assert work_of((), Reach(1, 1, {"flask": 1})).points == 0


def test_what_goes_to_the_outside_is_worth_more_than_what_asks_a_store() -> None:
    stores = [Effect.DATABASE, Effect.CACHE, Effect.ENQUEUE]
    outside = [Effect.EMAIL, Effect.HTTP_OUT, Effect.OBJECT_STORAGE, Effect.SUBPROCESS]
    together = work_of([found(effect) for effect in stores], Reach()).points
    assert all(work_of([found(effect)], Reach()).points > together for effect in outside)
