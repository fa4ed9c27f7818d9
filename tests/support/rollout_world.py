"""A controller with every port owned by the test."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.domain.gates import ErrorRateGate, ParityGate
from migrator.domain.rollouts import RolloutPlan, RolloutState, Step
from migrator.domain.routes import HttpMatch, Route
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from tests.support.fake_clock import FakeClock
from tests.support.fake_measures import FakeAnswers, FakeComparisons, FakeMetrics, Recorder
from tests.support.fake_plane import FakePlane
from tests.support.fake_state_store import FakeStateStore

ROUTE = Route(
    name="tax",
    match=HttpMatch(methods=("POST",), path="/api/tax/{country}"),
    legacy_url="http://127.0.0.1:8000",
    canary_url="http://127.0.0.1:9000/tax",
    weight=5.0,
)

PLAN = RolloutPlan(
    route="tax",
    steps=(Step(5, 60), Step(25, 60), Step(100, 60)),
    gates=(ErrorRateGate(worse_by_pp=5), ParityGate(different=0)),
)


@dataclass
class World:
    """Everything around one controller."""

    plane: FakePlane = field(default_factory=FakePlane)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    comparisons: FakeComparisons = field(default_factory=FakeComparisons)
    answers: FakeAnswers = field(default_factory=FakeAnswers)
    store: FakeStateStore = field(default_factory=FakeStateStore)
    clock: FakeClock = field(default_factory=FakeClock)
    recorder: Recorder = field(default_factory=Recorder)
    plan: RolloutPlan = PLAN

    def __post_init__(self) -> None:
        self.plane.live.setdefault("tax", 0.0)
        self.metrics.clock = self.clock

    @property
    def controller(self) -> Controller:
        """A controller that remembers nothing, as after a restart."""
        return Controller(
            plane=self.plane,
            sources=Sources(self.metrics, self.comparisons, self.answers, self.answers, self.answers),
            store=self.store,
            clock=self.clock,
            routes={"tax": ROUTE},
            observers=(self.recorder,),
        )

    @property
    def state(self) -> RolloutState:
        return self.store.states["tax"]

    def start(self) -> None:
        self.controller.start(self.plan)

    def tick(self, seconds: float = 0.0) -> RolloutState:
        """Let time pass, then tick."""
        self.clock.pass_time(seconds)
        return self.controller.tick("tax").state
