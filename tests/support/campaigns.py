"""Rollouts from start to end, by a controller that remembers nothing: what is done next follows from the record alone.

So whoever goes on after a controller was killed does the same as it would have done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from migrator.domain.looks import Request
from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.rollouts import Phase, RolloutPlan, RolloutState, Step
from migrator.domain.routes import Weight
from migrator.rollout.controller import Controller
from migrator.rollout.ports import Clock
from tests.support.fake_measures import observed
from tests.support.rollout_world import PLAN

BETWEEN_S = 61.0
_MOST_ROUNDS = 60


@dataclass(frozen=True)
class FiguresByWeight:
    """Figures that follow from the live weight and the time alone, so that the same is seen whenever one looks.

    Attributes:
        bad_from: the canary fails half of its calls from this weight on.
        silent_from: there are none from this weight on, but below it.
    """

    plane: Any
    clock: Clock
    bad_from: float = 101.0
    silent_from: float = 101.0

    def about(self, route: str) -> Measuring:
        return Measuring("by weight")

    def mark(self, route: str) -> str:
        return str(self.clock.now())

    def since(self, route: str, mark: str) -> Observation | NoData:
        live, now = (self.plane.weights(route) or Weight(0)).canary, self.clock.now()
        if live >= self.silent_from:
            return NoData("silent")
        seen = observed(canary=(40, 20)) if live >= self.bad_from else observed()
        return replace(seen, window_s=now - float(mark), until=now, mark=str(now))


@dataclass(frozen=True)
class Campaign:
    """A rollout and what people do in it.

    Attributes:
        asks: what a person does, seeing the record; None for a look.
        over: whether nothing more is to be done.
    """

    plan: RolloutPlan = PLAN
    bad_from: float = 101.0
    silent_from: float = 101.0
    asks: Callable[[RolloutState, Controller], Request | None] = lambda state, controller: None
    over: Callable[[RolloutState, Controller], bool] = lambda state, controller: (
        state.phase in (Phase.PROMOTED, Phase.ROLLED_BACK)
    )

    def go_on(self, controller: Controller, pass_time: Callable[[float], object]) -> None:
        """To the end, from wherever the record stands."""
        for _ in range(_MOST_ROUNDS):
            state = controller.store.load("tax")
            if state is None:
                controller.start(self.plan)
                continue
            if self.over(state, controller) and state.confirmed is not None:
                return
            match self.asks(state, controller):
                case None:
                    controller.tick("tax")
                    pass_time(BETWEEN_S)
                case Request.ROLLBACK:
                    controller.rollback("tax", "by hand")
                case request:
                    controller.ask("tax", request, "")
        raise AssertionError(f"never ended: {controller.store.load('tax')}")


def _pauses_once(state: RolloutState, controller: Controller) -> Request | None:
    if state.phase is Phase.PAUSED:
        return Request.RESUME
    paused = any(entry.phase is Phase.PAUSED for entry in controller.store.history("tax"))
    return Request.PAUSE if state.phase is Phase.SHIFTING and not paused else None


def _agrees(state: RolloutState, controller: Controller) -> Request | None:
    return Request.PROMOTE if state.phase is Phase.AWAITING_APPROVAL else None


def _has_gone_back(state: RolloutState, controller: Controller) -> bool:
    return state.step == 0 and any("back to 5 %" in entry.reason for entry in controller.store.history("tax"))


def _retires(state: RolloutState, controller: Controller) -> Request | None:
    return Request.RETIRE if state.phase is Phase.PROMOTED else None


def _rolls_back(state: RolloutState, controller: Controller) -> Request | None:
    return Request.ROLLBACK if state.weight == 25 and state.confirmed is not None else None


CAMPAIGNS: Mapping[str, Campaign] = {
    "promoted": Campaign(),
    "bad from 5 %": Campaign(bad_from=5.0),
    "bad from 25 %": Campaign(bad_from=25.0),
    "bad from 100 %": Campaign(bad_from=100.0),
    "silent at 25 %, rolled back": Campaign(silent_from=25.0),
    "silent at 25 %, back to 5 %": Campaign(
        plan=replace(PLAN, safe_weight=5.0, silence_s=100.0),
        silent_from=25.0,
        over=_has_gone_back,
    ),
    "paused and resumed": Campaign(asks=_pauses_once),
    "agreed to": Campaign(
        plan=replace(PLAN, steps=(Step(5, 60), Step(25, 60, approval=True), Step(100, 60))), asks=_agrees
    ),
    "rolled back by hand": Campaign(asks=_rolls_back),
    "retired": Campaign(asks=_retires, over=lambda state, controller: state.phase is Phase.RETIRED),
}
