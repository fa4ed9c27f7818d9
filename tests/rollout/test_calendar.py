"""When weight may be raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.rollouts import Freeze, Phase, RolloutPlan, Window
from migrator.rollout.calendar import closed, is_open, opening
from tests.support.rollout_world import PLAN, World

OFFICE = Window((0, 1, 2, 3, 4), 9 * 60, 17 * 60, "Europe/Berlin")
NIGHT = Window((4,), 22 * 60, 2 * 60, "UTC")


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def test_a_window_is_of_its_own_zone() -> None:
    assert is_open(OFFICE, at("2026-11-26T09:00"))
    assert not is_open(OFFICE, at("2026-11-26T08:59"))
    assert not is_open(OFFICE, at("2026-11-26T17:00"))
    assert not is_open(OFFICE, at("2026-11-28T12:00")), "Saturday"
    assert is_open(OFFICE, at("2026-07-01T07:30", "UTC")), "in summer it opens an hour earlier by UTC"
    assert not is_open(OFFICE, at("2026-12-01T07:30", "UTC"))


def test_a_window_may_go_over_midnight() -> None:
    assert is_open(NIGHT, at("2026-11-27T23:00", "UTC"))
    assert is_open(NIGHT, at("2026-11-28T01:59", "UTC")), "the night after Friday"
    assert not is_open(NIGHT, at("2026-11-28T02:00", "UTC"))
    assert not is_open(NIGHT, at("2026-11-27T01:00", "UTC")), "the night after Thursday"


def plan(*windows: Window, freezes: tuple[Freeze, ...] = ()) -> RolloutPlan:
    return replace(PLAN, windows=windows, freezes=freezes)


def test_it_says_until_when_and_why() -> None:
    friday = at("2026-11-27T18:00")
    assert closed(plan(OFFICE), friday) == "no window is open until 2026-11-30T08:00:00Z"
    assert opening(plan(OFFICE), friday) == at("2026-11-30T09:00")
    frozen = plan(OFFICE, freezes=(Freeze(friday, at("2026-12-01T12:00"), "black friday"),))
    assert closed(frozen, friday) == "a freeze (black friday) lasts until 2026-12-01T11:00:00Z"
    assert opening(frozen, friday) == at("2026-12-01T12:00")
    assert closed(plan(), friday) == ""


def test_a_calendar_that_never_opens_says_so() -> None:
    now = at("2026-11-27T18:00")
    assert opening(plan(OFFICE, freezes=(Freeze(now, now + 400 * 86_400),)), now) is None


@given(
    st.lists(
        st.builds(
            Window,
            st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple),
            st.integers(0, 720),
            st.integers(721, 1440),
            st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
        ),
        max_size=3,
    ),
    st.integers(1_700_000_000, 1_800_000_000),
)
def test_what_opens_is_open_and_not_before(windows: list[Window], now: int) -> None:
    found = plan(*windows)
    opens = opening(found, now)
    assert opens is not None and not closed(found, opens)
    if opens > now:
        assert closed(found, now)
        assert closed(found, opens - 1)


def test_a_rollout_waits_for_its_window_and_rolls_back_without_one() -> None:
    world = World()
    now = datetime.fromtimestamp(world.clock.now(), UTC)
    today = now.hour * 60 + now.minute
    window = Window(tuple(range(7)), today, today + 30)
    world.plan = replace(PLAN, windows=(window,))
    world.start()
    world.tick()
    for _ in range(4):
        world.tick(600)
    assert world.plane.live["tax"] == 100
    world = World(plan=world.plan)
    world.start()
    world.tick(3600)
    assert world.state.phase is Phase.PENDING and "no window is open" in world.state.reason
    world = World(plan=world.plan)
    world.start()
    world.tick()
    world.tick(2400)
    assert world.state.phase is Phase.HOLDING and "25 % waits: no window is open" in world.state.reason
    assert world.controller.rollback("tax", "now").state.phase is Phase.ROLLED_BACK
