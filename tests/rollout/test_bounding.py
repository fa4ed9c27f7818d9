"""A pipeline that applies a file gives what people agreed to, and nothing that a rollout has taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.cli.commands.router.applying import _set_weights as set_weights
from migrator.domain.rollouts import Phase, Proposal, Proposing, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout.bounding import bounded, fence_of
from migrator.rollout.by_route import Bonds, PlaneByRoute
from migrator.rollout.ports import Fence, Fenced
from migrator.rollout.transitions import begun
from migrator.router.changes import Change, State
from migrator.router.config import RouterConfig
from tests.support.fake_plane import FakePlane
from tests.support.rollout_world import PLAN, ROUTE


def state(phase: Phase, weight: float, proposing: Proposing | None = None) -> RolloutState:
    return replace(begun(PLAN, 1.5), phase=phase, weight=weight, proposing=proposing, version=7)


ASKED = Proposing(Proposal(25.0, 25.0, 1, 0.0))
DECLINED = Proposing(Proposal(25.0, 25.0, 1, 0.0, declined=True))


@pytest.mark.parametrize(
    ("recorded", "said", "given"),
    [
        (state(Phase.HOLDING, 5.0, ASKED), 25.0, 25.0),
        (state(Phase.HOLDING, 5.0, ASKED), 10.0, 5.0),
        (state(Phase.HOLDING, 5.0, ASKED), 3.0, 3.0),
        (state(Phase.PAUSED, 5.0, DECLINED), 25.0, 5.0),
        (state(Phase.SHIFTING, 25.0, Proposing()), 25.0, 25.0),
        (state(Phase.SHIFTING, 25.0, Proposing()), 100.0, 25.0),
        (state(Phase.ROLLED_BACK, 0.0, Proposing(lowered=True)), 25.0, 0.0),
        (state(Phase.ROLLING_BACK, 0.0), 25.0, 0.0),
        (state(Phase.ROLLED_BACK, 0.0), 25.0, 0.0),
        (state(Phase.PENDING, 0.0), 5.0, 0.0),
        (state(Phase.PENDING, 0.0, Proposing(Proposal(5.0, 5.0, 0, 0.0))), 5.0, 5.0),
        (state(Phase.SHIFTING, 5.0), 25.0, 25.0),
        (state(Phase.RETIRED, 100.0, Proposing()), 100.0, 100.0),
    ],
)
def test_what_a_file_may_give(recorded: RolloutState, said: float, given: float) -> None:
    assert bounded(recorded, said) == given


def test_the_fence_is_of_the_record_that_was_looked_at() -> None:
    assert fence_of(state(Phase.HOLDING, 5.0)) == Fence(1.5, 7)


def test_a_weight_moves_its_group_and_what_must_not_be_above() -> None:
    bonds = Bonds({"tax": ("vat",), "vat": ("tax",)}, {"mail": ("vat",), "pdf": ("mail",), "log": ("tax",)})
    there = {"tax": 25.0, "vat": 25.0, "mail": 20.0, "pdf": 10.0, "log": 3.0, "other": 50.0}
    assert bonds.moved("tax", 5.0, there) == {"tax": 5.0, "vat": 5.0, "mail": 5.0, "pdf": 5.0}


def test_a_weight_that_was_taken_away_since_the_record_was_read_is_not_given() -> None:
    plane = FakePlane(live={"tax": 5.0}, noted={"tax": 5.0}, fences={"tax": Fence(1.5, 7)})
    planes = PlaneByRoute({"tax": plane}, plane)
    route = replace(ROUTE, weight=25.0)
    changes = [Change(State.SAME, route, 25.0, 5.0, 5.0)]
    read = state(Phase.HOLDING, 5.0, ASKED)
    plane.shift("tax", Weight(0.0), overwrite=True, fence=Fence(1.5, 8))
    with pytest.raises(Fenced):
        set_weights(RouterConfig(None, (), ""), planes, changes, {"tax": read})
    assert plane.live["tax"] == 0
    set_weights(RouterConfig(None, (), ""), planes, changes, {"tax": replace(read, version=9)})
    assert plane.live["tax"] == 25
