"""What the demo does by default, and what may be set: an hour's rollout in half a minute."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from migrator.domain.gates import ErrorRateGate, ParityGate
from migrator.domain.rollouts import RolloutPlan, Step

CANDIDATE = "shop.api.tax.quote"
"""The tax engine: pure, hot, and worth money when wrong."""

WEIGHTS = (5, 25, 50, 100)

WORSE_BY_PP = 3.0
"""Shown of a canary without a failure within some 160 of its requests; a point would take 500, over a minute."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a demo is played.

    Attributes:
        root: the sample monolith.
        output: where everything is written; the demo's own folder.
        per_second: requests of the clients, a second.
        bake_s: seconds that each step has to hold up.
        tick_s: seconds between two looks of the controller.
        questions: distinct requests.
        seed: of the requests.
        limit_s: a rollout that has not ended by then is given up.
    """

    root: Path
    output: Path
    per_second: float = 150.0
    bake_s: float = 4.0
    tick_s: float = 0.5
    questions: int = 400
    seed: int = 20
    limit_s: float = 90.0

    @property
    def state_url(self) -> str:
        """Where the demo's rollouts are recorded."""
        return f"sqlite:///{self.output / 'rollouts.sqlite3'}"

    def rollout(self, route: str) -> RolloutPlan:
        """The steps and gates of the demo's rollouts."""
        return RolloutPlan(
            route=route,
            steps=tuple(Step(weight, self.bake_s, min_requests=20) for weight in WEIGHTS),
            gates=(ErrorRateGate(worse_by_pp=WORSE_BY_PP), ParityGate(different=0)),
        )
