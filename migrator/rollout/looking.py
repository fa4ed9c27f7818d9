"""Reads the world for one look at a rollout.

In: a state, and the sources that the controller has. Out: a `Look`, in which everything that did not answer says so. What
is decided on it is `decide`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import ReadingGate, WebhookGate
from migrator.domain.looks import Answer, Asked, Health, Look
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import Phase, RolloutState
from migrator.domain.routes import Weight
from migrator.errors import InputError, RemoteError
from migrator.rollout.figures import is_measured
from migrator.rollout.gates import name_of
from migrator.rollout.ports import CanarySource, ComparisonSource, HealthSource, MetricSource, ReadingSource, StateStore

_NEEDS_OTHERS = frozenset({Phase.PENDING})
_NEVER_ASKED = frozenset({Phase.ROLLING_BACK, Phase.ROLLED_BACK, Phase.RETIRED})


@dataclass(frozen=True, slots=True)
class Unasked:
    """Answers for sources that a configuration does not name."""

    reason: str = "nobody is named who knows"

    def read(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        """No data."""
        return NoData(self.reason)

    def deployed(self, route: str) -> str | NoData:
        """No data."""
        return NoData(self.reason)

    def legacy(self, route: str) -> Health | NoData:
        """No data."""
        return NoData(self.reason)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom a look asks.

    Attributes:
        readings: for reading gates and webhooks.
        canaries: what the canary is.
        health: how legacy is.
    """

    metrics: MetricSource
    comparisons: ComparisonSource
    readings: ReadingSource = field(default_factory=Unasked)
    canaries: CanarySource = field(default_factory=Unasked)
    health: HealthSource = field(default_factory=Unasked)


def look_at(state: RolloutState, live: Weight | NoData, sources: Sources, store: StateStore, now: float) -> Look:
    """What the world says of a rollout now.

    Args:
        live: the weight that the plane has, which is asked for by who may have to make the route known to it.

    Raises:
        InputError, RemoteError: the store of rollouts is out of reach.
    """
    if state.phase in _NEVER_ASKED:
        quiet = NoData(f"nothing is asked while {state.phase}")
        return Look(now, live, quiet, quiet)
    seen, mark = observed(state, sources.metrics, now)
    return Look(
        now=now,
        live=live,
        observation=seen,
        comparison=_compared(state.route, sources.comparisons),
        mark=mark,
        lag_s=sources.metrics.about(state.route).lag_s,
        answers=_answers(state, sources.readings),
        deployed=sources.canaries.deployed(state.route),
        legacy=sources.health.legacy(state.route),
        others=_others(state, store),
    )


def observed(state: RolloutState, metrics: MetricSource, now: float) -> tuple[Observation | NoData, str]:
    """What both sides did since the last look, and the mark of a new beginning where one is needed."""
    if not is_measured(state, now):
        return NoData(f"nothing is measured while {state.phase}"), ""
    try:
        if not state.counted.mark:
            return NoData("counting begins now"), metrics.mark(state.route)
        seen = metrics.since(state.route, state.counted.mark)
        if isinstance(seen, NoData) and seen.mark_lost:
            return seen, metrics.mark(state.route)
        return seen, ""
    except RemoteError as error:
        return NoData(str(error)), ""


def mark_of(state: RolloutState, metrics: MetricSource) -> str:
    """Where the counting stands now, where none is known yet; empty where it is, or where the source does not answer."""
    if state.counted.mark:
        return ""
    try:
        return metrics.mark(state.route)
    except RemoteError:
        return ""


def _compared(route: str, comparisons: ComparisonSource) -> Comparison | NoData:
    try:
        found = comparisons.latest(route)
    except (RemoteError, InputError) as error:
        return NoData(str(error))
    # Its examples are answers to real calls: they are for people who look at them, not for the log of decisions.
    return replace(found, differences=()) if isinstance(found, Comparison) else found


def _answers(state: RolloutState, readings: ReadingSource) -> Mapping[str, Answer]:
    asked = Asked(state.route, state.revision, state.phase, state.step, state.weight)
    return {
        name_of(gate): readings.read(gate, asked)
        for gate in state.plan.gates
        if isinstance(gate, ReadingGate | WebhookGate)
    }


def _others(state: RolloutState, store: StateStore) -> Mapping[str, Phase]:
    if state.phase not in _NEEDS_OTHERS:
        return {}
    found = {name: store.load(name) for name in state.plan.after}
    return {name: other.phase for name, other in found.items() if other is not None}
