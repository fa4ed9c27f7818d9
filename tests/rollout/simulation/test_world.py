"""The simulated world: counts come out as they are drawn, once; faults are read as they are written."""

from __future__ import annotations

from math import inf, sqrt
from random import Random

import pytest

from migrator.domain.looks import Health
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.traffic import Lognormal, Traffic, flat
from migrator.errors import UsageError
from migrator.rollout.simulation.dice import binomial, multinomial, poisson
from migrator.rollout.simulation.faults import Fault, parse_fault
from migrator.rollout.simulation.ports import MemoryPlane, VirtualClock
from migrator.rollout.simulation.world import LegacyHealth, World
from migrator.rollout.statistics.buckets import above, number_of

DRAWS = 4000


@pytest.mark.parametrize(("tries", "share"), [(40, 0.02), (40, 0.9), (500, 0.05), (5000, 0.05), (3, 0.5)])
def test_a_binomial_has_its_mean_and_its_spread(tries: int, share: float) -> None:
    dice = Random(4)
    drawn = [binomial(dice, tries, share) for _ in range(DRAWS)]
    mean, variance = tries * share, tries * share * (1 - share)
    assert sum(drawn) / DRAWS == pytest.approx(mean, abs=5 * sqrt(variance / DRAWS))
    assert sum((each - mean) ** 2 for each in drawn) / DRAWS == pytest.approx(variance, rel=0.15)
    assert min(drawn) >= 0 and max(drawn) <= tries


@pytest.mark.parametrize("mean", [0.1, 7.0, 300.0])
def test_a_poisson_has_its_mean_and_its_spread(mean: float) -> None:
    dice = Random(4)
    drawn = [poisson(dice, mean) for _ in range(DRAWS)]
    assert sum(drawn) / DRAWS == pytest.approx(mean, abs=5 * sqrt(mean / DRAWS))
    assert sum((each - mean) ** 2 for each in drawn) / DRAWS == pytest.approx(mean, rel=0.15)


def test_a_multinomial_places_every_try() -> None:
    shares = ((3, 0.5), (4, 0.3), (9, 0.2))
    drawn = multinomial(Random(4), 10_000, shares)
    assert sum(drawn.values()) == 10_000
    assert all(drawn[number] == pytest.approx(10_000 * share, rel=0.1) for number, share in shares)
    assert binomial(Random(1), 5, 0.0) == 0 and binomial(Random(1), 5, 1.0) == 5 and poisson(Random(1), 0.0) == 0


def world(*faults: str, weight: float = 20.0) -> World:
    clock = VirtualClock(0.0)
    traffic = Traffic(flat(6000), errors=0.01, times=Lognormal(50, 0.6), cold=0.05)
    return World(traffic, tuple(map(parse_fault, faults)), clock, MemoryPlane("tax", live=weight))


def test_looks_in_a_chain_count_every_request_once() -> None:
    made = world("metrics silent from 100s for 100s")
    mark = made.mark("tax")
    legacy = canary = Sample(0, 0)
    window = 0.0
    for _ in range(60):
        made.pass_time(5.0)
        seen = made.since("tax", mark)
        # Who did not record the look asks again with the same mark, and is told the same.
        assert made.since("tax", mark) == seen
        if isinstance(seen, Observation):
            mark, window = seen.mark, window + seen.window_s
            legacy, canary = legacy + seen.legacy, canary + seen.canary
        else:
            assert isinstance(seen, NoData) and 100 <= made.clock.now() < 200
    assert window == 300 and (legacy, canary) == (made.legacy, made.canary)
    assert canary.requests == pytest.approx(6000, rel=0.1) and legacy.requests == pytest.approx(24_000, rel=0.05)


def test_both_sides_answer_as_described() -> None:
    made = world()
    made.pass_time(3600.0)
    canary, legacy = made.canary, made.legacy
    assert legacy.error_rate == pytest.approx(0.01, rel=0.1) and canary.error_rate == pytest.approx(0.01, rel=0.15)
    assert canary.cold_starts == pytest.approx(0.05 * canary.requests, rel=0.05)
    assert sum(legacy.times.values()) == legacy.requests - legacy.first_try_errors
    # Half are above the median, which lies within its bucket.
    share = above(legacy.times, number_of(50) - 1) / sum(legacy.times.values())
    assert 0.5 <= share < 0.57


def test_a_slower_canary_is_slower_by_its_ratio() -> None:
    made = world("canary slower 2x")
    made.pass_time(3600.0)
    share = above(made.canary.times, number_of(100) - 1) / sum(made.canary.times.values())
    assert 0.5 <= share < 0.57
    assert above(made.legacy.times, number_of(100) - 1) / sum(made.legacy.times.values()) < 0.2


def test_legacy_says_itself_when_it_is_down() -> None:
    made = world("legacy down from 10s for 10s")
    said = []
    for _ in range(3):
        said.append(LegacyHealth(made).legacy("tax"))
        made.pass_time(10.0)
    assert said == [Health(True), Health(False, "it does not answer"), Health(True)]


def test_a_day_has_its_curve() -> None:
    traffic = Traffic(tuple(60.0 * hour for hour in range(24)))
    made = World(traffic, (), VirtualClock(0.0), MemoryPlane("tax"))
    made.pass_time(3600.0)
    assert made.legacy.requests == 0
    made.pass_time(3600.0)
    assert made.legacy.requests == pytest.approx(3600, rel=0.1)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("canary errors 2% from 10m for 1h", Fault("", "canary errors", 0.02, 600, 4200)),
        ("legacy down from 5m for 2m", Fault("", "legacy down", 1.0, 300, 420)),
        ("metrics silent from 20m", Fault("", "metrics silent", 1.0, 1200, inf)),
        ("canary slower 1.5x", Fault("", "canary slower", 1.5)),
        ("canary cold 30% from 25%", Fault("", "canary cold", 0.3, from_weight=25)),
        ("traffic 0.1x for 1h", Fault("", "traffic", 0.1, 0, 3600)),
        ("controller  dead from 1h for 30m", Fault("", "controller dead", 1.0, 3600, 5400)),
    ],
)
def test_a_fault_is_read_as_it_is_written(text: str, fault: Fault) -> None:
    read = parse_fault(text)
    assert (read.kind, read.value, read.begins_s, read.ends_s, read.from_weight) == (
        fault.kind,
        fault.value,
        fault.begins_s,
        fault.ends_s,
        fault.from_weight,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("canary error 2%", "did you mean canary errors?"),
        ("fire", "there are canary errors"),
        ("", "there are canary errors"),
        ("canary errors", "canary errors needs a number"),
        ("canary errors 2", "expected a share such as 10%"),
        ("canary slower 150%", "expected a ratio such as 1.5x"),
        ("canary slower 0x", "expected a ratio such as 1.5x"),
        ("legacy down at 5m", "expected from TIME"),
        ("legacy down from", "expected from TIME"),
        ("legacy down from 5", "expected a duration"),
        ("legacy down from 5m from 6m", "expected from TIME"),
        ("canary down from 25% for 5m", "leave `for` out"),
    ],
)
def test_what_is_no_fault_is_refused_with_examples(text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_fault(text)
    assert message in str(raised.value) and "canary errors 2% from 10m for 1h" in raised.value.hint
