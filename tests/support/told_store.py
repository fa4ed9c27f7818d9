"""A store that a test records transitions in, and the ticks that tell of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from migrator.domain.observations import NoData
from migrator.domain.rollouts import HistoryEntry, Phase, RolloutState
from migrator.rollout.ports import StateStore
from migrator.rollout.ticks import Tick
from tests.support.fake_state_store import FakeStateStore
from tests.support.recorded import STATE


@dataclass
class Recorded:
    """A store, and what is recorded in it."""

    store: StateStore = field(default_factory=FakeStateStore)

    def add(
        self, phase: Phase, step: int = 0, *, route: str = "tax", reason: str = "why", weight: float = 5.0
    ) -> HistoryEntry:
        """Record another line."""
        before = self.store.load(route) or replace(STATE, route=route)
        begins = phase is Phase.PENDING and before.phase is Phase.ROLLED_BACK
        entry = HistoryEntry(1_700_000_000.0 + before.history_length, phase, step, weight, reason)
        state = replace(before, phase=phase, step=step, weight=weight, reason=reason, revision=before.revision + begins)
        self.store.save(state, expected_version=before.version, entry=entry)
        return entry

    def tick(self, *entries: HistoryEntry, route: str = "tax") -> Tick:
        """What the controller tells after it."""
        state = self.store.load(route)
        assert isinstance(state, RolloutState)
        return Tick(state.since, state, NoData("not asked"), None, None, entries)
