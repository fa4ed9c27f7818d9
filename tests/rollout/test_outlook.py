"""What the operator is told to come next."""

from __future__ import annotations

from dataclasses import replace

from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase
from migrator.domain.routes import Weight
from migrator.rollout.outlook import next_of, status_of
from tests.support.fake_measures import observed
from tests.support.rollout_world import World


def test_every_phase_says_what_comes_next() -> None:
    world = World()
    world.start()
    world.tick()
    for phase in Phase:
        assert next_of(replace(world.state, phase=phase))


def test_next_names_the_weight_the_time_and_what_is_waited_for() -> None:
    world = World()
    world.start()
    assert next_of(world.state) == "5 %"
    world.comparisons.answer = NoData("none")
    world.tick()
    assert next_of(world.state) == "5 % once passing: parity"
    world = World()
    world.start()
    world.tick()
    assert next_of(world.state) == "25 % at 2023-11-14T22:14:20Z at the earliest, if all gates pass"
    world.metrics.answer = observed(canary=(3, 0))
    world.tick(60)
    assert next_of(world.state) == "25 % once passing: requests, error_rate"


def test_an_unknown_live_weight_is_none_with_its_reason() -> None:
    world = World()
    world.start()
    status = status_of(world.state, NoData("refused"))
    assert (status.weight.live, status.weight.unknown) == (None, "refused")
    assert status_of(world.state, Weight(5)).weight.live == 5
